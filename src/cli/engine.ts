import { blockedError, lowerModel, type OpenedModel, writeModel } from '../core/pipeline.ts'
import type { WriteOptions } from '../core/writer.ts'
import { formats } from '../formats/registry.ts'
import { type Engine, onnxEngine, referenceEngine } from '../runtime/predict.ts'
import type { ChoiceOf } from './options.ts'

/** An engine for an opened model: ONNX Runtime on the converted model (an ONNX file runs as it is), or the reference evaluator. */
export async function engineFor(
  { source }: OpenedModel,
  name: ChoiceOf<'engine'>,
  options: WriteOptions = {},
): Promise<Engine> {
  if (name === 'onnx' && source.runnable && Object.keys(options).length === 0) {
    const { parts, signature, companions } = source.runnable
    return onnxEngine(parts, signature, { companions })
  }
  const lowered = await lowerModel(source)
  if (name === 'reference') {
    if (!lowered.model) throw blockedError('the reference form', lowered.diagnostics)
    return referenceEngine(lowered.model)
  }
  const { parts, companions, signature, diagnostics } = await writeModel(formats, lowered, 'onnx', options)
  if (!parts || !signature) throw blockedError('ONNX', diagnostics)
  return onnxEngine(parts, signature, { companions })
}
