import type { XmlElement } from '../../../../encodings/xml/parse-xml.ts'
import type { LowerContext } from '../context.ts'
import { childrenNamed } from '../elements.ts'
import { defineDerivedFields } from '../fields/derived-field.ts'
import { defineInnerSchema } from '../fields/mining-schema.ts'
import { Scope } from '../fields/scope.ts'

/** The scope of a model: its own derived fields and, inside another model, its schema's treatments; the document's inputs have theirs. */
export function modelScope(ctx: LowerContext, outer: Scope, model: XmlElement): Scope {
  const scope = new Scope(outer)
  if (model !== ctx.document.model) defineInnerSchema(ctx, scope, model)
  defineDerivedFields(
    ctx,
    scope,
    childrenNamed(model, 'LocalTransformations').flatMap((each) => childrenNamed(each, 'DerivedField')),
  )
  return scope
}
