import { Button } from '../../components/button.tsx'
import { Section } from '../../components/panel.tsx'
import { useWords } from '../../i18n/words.tsx'
import type { TreeChoice } from '../../store/documents-state.ts'
import { useDocument } from '../../store/hooks.ts'
import { showTree } from '../../store/tree-actions.ts'
import type { GraphView } from '../../worker/graph-view.ts'
import { treeOf } from './ensemble-of.ts'

interface TreesEntryProps {
  /** The document. */
  id: string
  graph: GraphView
  /** The source node that is looked at; all of the model's trees while there is none. */
  node: string | null
}

/** The way from an operator to the trees behind it; nothing where there are none. */
export function TreesEntry({ id, graph, node }: TreesEntryProps) {
  const { t, integer } = useWords()
  const ensembles = useDocument(id, (document) => document.lowered?.ensembles) ?? []
  const choices: (TreeChoice | undefined)[] =
    node === null ? ensembles.map((ensemble) => ({ node: ensemble.node, index: 0 })) : [treeOf(graph, ensembles, node)]
  return choices.map((choice) => {
    const ensemble = choice && ensembles.find((candidate) => candidate.node === choice.node)
    if (!choice || !ensemble) return null
    const { trees, nodes } = ensemble
    return (
      <Section key={choice.node} title={t.trees.title} aside={t.trees.count(trees, integer(trees), integer(nodes))}>
        <Button onClick={() => showTree(id, choice)}>
          {trees === 1
            ? t.trees.showOnly
            : choice.index === 0
              ? t.trees.show
              : t.trees.showNth(integer(choice.index + 1))}
        </Button>
      </Section>
    )
  })
}
