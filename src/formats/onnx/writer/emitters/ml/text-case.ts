import type { ValueName } from '../../../../../core/ir/builder.ts'
import type { EmitContext } from '../../emitter.ts'

/** A vector [N] of texts in upper or lower case. */
export function changeCase(ctx: EmitContext, text: ValueName, action: 'UPPER' | 'LOWER'): ValueName {
  ctx.note(
    'approximate',
    'text-case',
    `ONNX Runtime changes the case of letters one by one: the few that become two letters, such as ß and İ, come out differently`,
  )
  return ctx.graph.op('StringNormalizer', [text], { case_change_action: action, is_case_sensitive: 1 })
}
