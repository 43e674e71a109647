import { Facts } from '../../components/facts.tsx'
import { Section } from '../../components/panel.tsx'
import { useWords } from '../../i18n/words.tsx'
import type { TreeView } from '../../worker/tree-view.ts'
import { pathTo } from './tree-path.ts'
import styles from './trees-view.module.css'

interface TreeSheetProps {
  tree: TreeView | undefined
  /** The id of the selected split or leaf. */
  selected: string | undefined
}

/** What there is to know of a split or a leaf: the rule that leads there above all. */
export function TreeSheet({ tree, selected }: TreeSheetProps) {
  const { t } = useWords()
  const node = tree?.graph.nodes.find(({ id }) => id === selected)
  const path = tree && node ? pathTo(tree, node.id) : []
  return (
    <aside className={styles.sheet} aria-label={t.inspect.title}>
      {!node && <p className={styles.empty}>{t.trees.empty}</p>}
      {node && (
        <>
          <header>
            <p className={styles.kind}>{node.op === 'tree.leaf' ? t.trees.leaf : t.trees.split}</p>
            <h2 className={styles.title}>{node.title}</h2>
          </header>
          <Facts
            facts={node.attributes.flatMap((attribute) =>
              attribute.kind === 'text' ? [{ name: t.factName(attribute.name), value: attribute.text }] : [],
            )}
          />
          {path.length > 0 && (
            <Section title={t.trees.path}>
              <ol className={styles.path}>
                {path.map((condition, i) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a condition can stand on the way twice
                  <li key={i}>
                    <code>{condition}</code>
                  </li>
                ))}
              </ol>
            </Section>
          )}
        </>
      )}
    </aside>
  )
}
