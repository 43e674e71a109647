import type { ValueName } from '../../../core/ir/builder.ts'
import type { Model, ModelInput } from '../../../core/ir/model.ts'
import type { LowerResult } from '../../../core/source-model.ts'
import type { XmlElement } from '../../../encodings/xml/parse-xml.ts'
import { asDiagnostic, Blocked } from './blocked.ts'
import { LowerContext } from './context.ts'
import type { PmmlDocument } from './document.ts'
import { metadataOf } from './facts.ts'
import { defineDerivedFields } from './fields/derived-field.ts'
import { defineInputs, unreadInput } from './fields/input-fields.ts'
import { Scope } from './fields/scope.ts'
import { lowerModel } from './models/lower-model.ts'
import { modelOutputs } from './outputs/model-outputs.ts'
import { verificationRows } from './verification.ts'

/** Lowers the document's model to the hub; `origins` are the source nodes of its elements. */
export function lowerDocument(document: PmmlDocument, origins: ReadonlyMap<XmlElement, string>): LowerResult {
  const inputs: ModelInput[] = []
  const anyInput = (): ValueName => {
    if (inputs.length === 0) inputs.push(unreadInput(ctx))
    return (inputs[0] as ModelInput).value
  }
  const isInput = (value: ValueName) => inputs.some((input) => input.value === value)
  const ctx: LowerContext = new LowerContext(document, origins, anyInput, isInput)
  const { model: element } = document
  try {
    // Fields of the dictionary are seen by the model's own; its schema decides how values are treated.
    const scope = new Scope()
    inputs.push(...ctx.at(element, () => defineInputs(ctx, scope)))
    defineDerivedFields(ctx, scope, document.derivedFields)
    const outputs = ctx.at(element, () => modelOutputs(ctx, lowerModel(ctx, scope, element)))
    const verification = verificationRows(element)
    const model: Model = {
      graph: ctx.hub.build(outputs.map(({ value }) => value)),
      inputs,
      outputs,
      metadata: metadataOf(document),
      ...(verification ? { verification } : {}),
    }
    return { model, diagnostics: ctx.diagnostics }
  } catch (error) {
    const about = error instanceof Blocked ? error.element : element
    const origin = origins.get(about) ?? origins.get(element)
    const diagnostic = asDiagnostic(error, origin === undefined ? [] : [origin], `pmml.${about.name}`)
    return { diagnostics: [...ctx.diagnostics, diagnostic] }
  }
}
