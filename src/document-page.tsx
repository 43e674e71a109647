import { Tabs } from '@base-ui/react/tabs'
import { Button } from './components/button.tsx'
import styles from './document-page.module.css'
import { CompareView } from './features/compare/compare-view.tsx'
import { ConvertView } from './features/convert/convert-view.tsx'
import { GraphView } from './features/graph/graph-view.tsx'
import { Inspector } from './features/inspect/inspector.tsx'
import { ReadingPage, UnreadablePage } from './features/open/reading-page.tsx'
import { TestView } from './features/test/test-view.tsx'
import { TreesEntry } from './features/trees/trees-entry.tsx'
import { TreesView } from './features/trees/trees-view.tsx'
import { useWords } from './i18n/words.tsx'
import { OverviewPage } from './overview-page.tsx'
import { type StudioDocument, type View, views } from './store/documents-state.ts'
import { selectNodes, showView } from './store/open-actions.ts'
import { resultOf } from './store/task.ts'
import type { ModelSummary } from './worker/model-service.ts'

/** An open file: being read, unreadable, or ready to be looked at from all sides. */
export function DocumentPage({ document }: { document: StudioDocument }) {
  const { id, name, summary } = document
  if (summary.status === 'done') return <ModelPage document={document} summary={summary.value} />
  if (summary.status === 'failed') return <UnreadablePage id={id} name={name} error={summary.error} />
  return <ReadingPage id={id} name={name} />
}

function ModelPage({ document, summary }: { document: StudioDocument; summary: ModelSummary }) {
  const { t } = useWords()
  const { id, name, view } = document
  return (
    <Tabs.Root className={styles.page} value={view} onValueChange={(next) => showView(id, next as View)}>
      <div className={styles.bar}>
        <h1 className={styles.name}>{name}</h1>
        <Tabs.List className={styles.tabs} aria-label={t.views.label} activateOnFocus>
          {views.map((tab) => (
            <Tabs.Tab key={tab} value={tab} className={styles.tab}>
              {t.views[tab]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </div>
      <Tabs.Panel className={styles.panel} value={view}>
        <ViewContent document={document} summary={summary} />
      </Tabs.Panel>
    </Tabs.Root>
  )
}

const none: readonly string[] = []

/** Room for the list of nodes beside the drawing. */
const WIDE = '(width >= 56rem)'

function ViewContent({ document, summary }: { document: StudioDocument; summary: ModelSummary }) {
  const { id, view, selection, conversion } = document
  const show = (nodes: readonly string[]) => selectNodes(id, nodes, 'graph')
  const select = (nodes: readonly string[]) => selectNodes(id, nodes)
  switch (view) {
    case 'overview':
      return <OverviewPage document={document} summary={summary} />
    case 'graph':
      if (document.tree) return <TreesView id={id} tree={document.tree} hasSheet />
      return (
        <div className={styles.chart}>
          <GraphView
            graph={summary.graph}
            selected={selection}
            highlighted={none}
            onSelect={select}
            isListOpen={matchMedia(WIDE).matches}
          />
          <Inspector
            id={id}
            graphName="source"
            graph={summary.graph}
            selected={selection}
            onSelect={select}
            renderMore={(node) => <TreesEntry id={id} graph={summary.graph} node={node} />}
          />
        </div>
      )
    case 'convert':
      return <ConvertView id={id} onShow={show} />
    case 'compare': {
      const converted = resultOf(conversion.task)
      return converted?.graph ? (
        <CompareView
          source={{ graph: summary.graph, name: document.name, size: document.size }}
          target={{ graph: converted.graph, name: converted.fileName, size: converted.blob?.size ?? null }}
          selected={selection}
          onSelect={select}
          renderGraph={(graph, marks) => <GraphView graph={graph} {...marks} />}
        />
      ) : (
        <NothingConverted id={id} />
      )
    }
    case 'test':
      return <TestView id={id} />
  }
}

function NothingConverted({ id }: { id: string }) {
  const { t } = useWords()
  return (
    <div className={styles.nothing}>
      <p>{t.compare.empty}</p>
      <Button look="primary" onClick={() => showView(id, 'convert')}>
        {t.compare.goConvert}
      </Button>
    </div>
  )
}
