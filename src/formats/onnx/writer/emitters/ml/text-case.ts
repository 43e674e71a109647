import type { ValueName } from '../../../../../core/ir/builder.ts'
import type { EmitContext } from '../../emitter.ts'
import { joined, matches, substituted } from './text-characters.ts'

type Action = 'UPPER' | 'LOWER'

/** Letters beyond this have no case. */
const LAST_CASED = 0x1e943

/** Letters whose case ONNX Runtime 1.30 for the web does not know: circled ones, and those that came to Unicode late. */
const UNKNOWN_CASE: readonly (readonly [number, number])[] = [
  [0x19b, 0x19b],
  [0x264, 0x264],
  [0x1c89, 0x1c8a],
  [0x24b6, 0x24e9],
  [0x2c2f, 0x2c2f],
  [0x2c5f, 0x2c5f],
  [0xa7c0, 0xa7ff],
  [0x10570, 0x105bc],
  [0x10d50, 0x10d85],
  [0x16ea0, 0x16ed3],
]

const tables = new Map<Action, ReadonlyMap<string, string>>()

/** What becomes of the characters that ONNX Runtime, which changes letters one by one, gets wrong: ß → SS. */
function exceptions(action: Action): ReadonlyMap<string, string> {
  const known = tables.get(action)
  if (known) return known
  const table = new Map<string, string>()
  for (let code = 0x80; code <= LAST_CASED; code++) {
    if (code === 0xd800) code = 0xe000
    const c = String.fromCodePoint(code)
    const changed = action === 'UPPER' ? c.toUpperCase() : c.toLowerCase()
    if (changed === c) continue
    const isUnknown = UNKNOWN_CASE.some(([first, last]) => code >= first && code <= last)
    if (isUnknown || [...changed].length > 1) table.set(c, changed)
  }
  tables.set(action, table)
  return table
}

/** A vector [N] of texts in upper or lower case. */
export function changeCase(ctx: EmitContext, text: ValueName, action: Action): ValueName {
  if (action === 'LOWER') {
    ctx.note('approximate', 'text-case', 'ONNX Runtime makes σ of every Σ, at the end of a word too')
  }
  const table = exceptions(action)
  const letters = [...table.keys()].join('')
  const parts = matches(ctx, text, `[${letters}]|[^${letters}]+`)
  const plain = joined(ctx, substituted(ctx, parts, table), text)
  return ctx.graph.op('StringNormalizer', [plain], { case_change_action: action, is_case_sensitive: 1 })
}
