import { Button } from './components/button.tsx'
import { Panel } from './components/panel.tsx'
import { CompatibilityView } from './features/compatibility/compatibility-view.tsx'
import { GraphView } from './features/graph/graph-view.tsx'
import { SummaryView } from './features/summary/summary-view.tsx'
import { TreesView } from './features/trees/trees-view.tsx'
import { useWords } from './i18n/words.tsx'
import styles from './overview-page.module.css'
import { setTarget } from './store/convert-actions.ts'
import type { StudioDocument } from './store/documents-state.ts'
import { selectNodes, showView } from './store/open-actions.ts'
import { showTree } from './store/tree-actions.ts'
import type { ModelSummary } from './worker/model-service.ts'

interface OverviewPageProps {
  document: StudioDocument
  summary: ModelSummary
}

const none: readonly string[] = []

/** The three questions: what it is, where it can go, what it looks like. */
export function OverviewPage({ document, summary }: OverviewPageProps) {
  const { t } = useWords()
  const { id, compatibility, convertedFrom, selection, tree, lowered } = document
  const show = (nodes: readonly string[]) => selectNodes(id, nodes, 'graph')
  const ensemble = lowered?.ensembles[0]
  return (
    <div className={styles.overview}>
      <SummaryView summary={summary} lowered={lowered} convertedFrom={convertedFrom} onShow={show} />
      <CompatibilityView
        rows={compatibility}
        own={summary.detection.format}
        onShow={show}
        onConvert={(format) => {
          setTarget(id, format)
          showView(id, 'convert')
        }}
      />
      <Panel
        title={t.graph.looksLike}
        className={styles.graph}
        actions={
          <div className={styles.ways}>
            {ensemble && !tree && (
              <Button look="quiet" onClick={() => showTree(id, { node: ensemble.node, index: 0 })}>
                {t.trees.show}
              </Button>
            )}
            <Button look="quiet" onClick={() => showView(id, 'graph')}>
              {t.graph.open}
            </Button>
          </div>
        }
      >
        <div className={styles.drawing}>
          {tree ? (
            <TreesView id={id} tree={tree} hasSheet={false} />
          ) : (
            <GraphView
              graph={summary.graph}
              selected={selection}
              highlighted={none}
              onSelect={(nodes) => selectNodes(id, nodes)}
              isListOpen={false}
            />
          )}
        </div>
      </Panel>
    </div>
  )
}
