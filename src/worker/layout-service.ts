import { arrange } from '../layout/arrange.ts'
import type { Layout, LayoutInput } from '../layout/layout.ts'

/** Arranges graphs, so that the page never waits for a layout. */
export class LayoutService {
  arrange = async (input: LayoutInput): Promise<Layout> => arrange(input)
}
