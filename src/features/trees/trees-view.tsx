import { useEffect, useMemo, useState } from 'react'
import { Button } from '../../components/button.tsx'
import { ErrorNotice } from '../../components/notice.tsx'
import { Diagram } from '../../diagram/diagram.tsx'
import { useWords } from '../../i18n/words.tsx'
import type { TreeChoice } from '../../store/documents-state.ts'
import { useDocument } from '../../store/hooks.ts'
import { arrangeTree } from '../../store/layout-session.ts'
import { running, settle, type Task } from '../../store/task.ts'
import { readTree, showTree } from '../../store/tree-actions.ts'
import type { GraphView } from '../../worker/graph-view.ts'
import type { TreeView } from '../../worker/tree-view.ts'
import { openAtFirst, opened, shownBranches } from './branches.ts'
import { TreeSheet } from './tree-sheet.tsx'
import { TreeStepper } from './tree-stepper.tsx'
import styles from './trees-view.module.css'

interface TreesViewProps {
  /** The document. */
  id: string
  tree: TreeChoice
  /** With what there is to know of a selected node beside the drawing. */
  hasSheet: boolean
}

const none: readonly string[] = []

/** A tree of the model: its splits and leaves, and any other tree of the same ensemble a step away. */
export function TreesView({ id, tree, hasSheet }: TreesViewProps) {
  const { t, integer } = useWords()
  const ensemble = useDocument(id, (document) => document.lowered?.ensembles.find(({ node }) => node === tree.node))
  const view = useTree(id, tree)
  const shown = view.status === 'done' ? view.value : undefined
  const branches = useBranches(shown?.graph)
  const [selected, setSelected] = useState<readonly string[]>(none)
  const step = (index: number) => {
    setSelected(none)
    showTree(id, { ...tree, index })
  }
  if (!ensemble) return null
  return (
    <div className={styles.view} data-sheet={hasSheet}>
      <div className={styles.bar}>
        <Button look="quiet" onClick={() => showTree(id, null)}>
          {t.trees.back}
        </Button>
        {ensemble.trees > 1 && <TreeStepper index={tree.index} count={ensemble.trees} onStep={step} />}
        {shown && (
          <p className={styles.facts} role="status">
            {t.trees.facts(integer(shown.depth), integer(shown.leaves))} · {t.trees.branches}
            {shown.omitted > 0 && ` · ${t.trees.omitted(integer(shown.omitted))}`}
          </p>
        )}
      </div>
      <div className={styles.drawing}>
        {view.status === 'failed' && <ErrorNotice error={view.error} />}
        {branches && (
          <Diagram
            key={`${tree.node} ${tree.index}`}
            graph={branches.shown}
            name={t.trees.nth(integer(tree.index + 1))}
            arrange={arrangeTree}
            selected={selected}
            highlighted={none}
            onSelect={setSelected}
            isListOpen={false}
            onUnfold={branches.open}
          />
        )}
      </div>
      {hasSheet && <TreeSheet tree={shown} selected={selected[0]} />}
    </div>
  )
}

/** The part of a tree that is shown, and what shows more. */
function useBranches(tree: GraphView | undefined) {
  const [state, setState] = useState<{ tree: GraphView; open: ReadonlySet<string> }>()
  const open = useMemo(() => {
    if (!tree) return undefined
    return state?.tree === tree ? state.open : openAtFirst(tree)
  }, [tree, state])
  const shown = useMemo(() => tree && open && shownBranches(tree, open), [tree, open])
  return tree && open && shown && { shown, open: (id: string) => setState({ tree, open: opened(tree, open, id) }) }
}

function useTree(id: string, { node, index }: TreeChoice): Task<TreeView> {
  const [view, setView] = useState<Task<TreeView>>(running())
  useEffect(() => {
    let isCurrent = true
    void settle(readTree(id, { node, index })).then((task) => {
      if (isCurrent) setView(task)
    })
    return () => {
      isCurrent = false
    }
  }, [id, node, index])
  return view
}
