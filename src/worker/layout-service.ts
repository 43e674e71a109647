import { arrange } from '../layout/arrange.ts'
import type { Layout, LayoutInput } from '../layout/layout.ts'
import { arrangeTree } from '../layout/tree.ts'

/** Arranges graphs, so that the page never waits for a layout. */
export class LayoutService {
  /** A graph of any shape. */
  arrange = async (input: LayoutInput): Promise<Layout> => arrange(input)

  /** A graph that is a tree, its branches in their order. */
  arrangeTree = async (input: LayoutInput): Promise<Layout> => arrangeTree(input)
}
