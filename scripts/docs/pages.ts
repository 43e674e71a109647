import { COMMANDS } from '../../src/cli/commands/all-commands.ts'
import { supportMatrix } from '../../src/core/support-matrix.ts'
import { formats } from '../../src/formats/registry.ts'
import { commandLinePage } from './command-line-page.ts'
import { compatibilityPage } from './compatibility-page.ts'

/** The generated pages by their file names in docs/. */
export async function generatedPages(): Promise<Map<string, string>> {
  return new Map([
    ['compatibility.md', compatibilityPage(await supportMatrix(formats), formats)],
    ['command-line.md', commandLinePage(COMMANDS)],
  ])
}
