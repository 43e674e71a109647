import type { Diagnostic } from '../../../core/diagnostics.ts'
import { MalformedFileError } from '../../../core/errors.ts'
import { GraphBuilder } from '../../../core/ir/builder.ts'
import type { DType } from '../../../core/ir/dtype.ts'
import type { Model } from '../../../core/ir/model.ts'
import type { Dim, ValueType } from '../../../core/ir/types.ts'
import { hubOps } from '../../../core/ops/hub-ops.ts'
import type { LowerResult } from '../../../core/source-model.ts'
import { type FlatCall, type FlatModel, flatten, SourceValue } from '../reader/flatten.ts'
import { type KerasLayer, type KerasModel, mapTensors, tensorsIn } from '../reader/keras-layer.ts'
import type { KerasVersion } from '../reader/keras-version.ts'
import { dtypePolicy } from '../reader/model-facts.ts'
import { operatorOf } from '../reader/source-graph.ts'
import { Blocked } from './blocked.ts'
import { BlockedLayers, withoutConversion } from './blocked-layers.ts'
import { KerasTensor, LayerContext, type ModelScope } from './context.ts'
import type { KerasLowering } from './lowering.ts'
import { LOWERINGS } from './registry.ts'
import type { ComputeType } from './weight-tensors.ts'

export interface LoweredModel {
  readonly result: LowerResult
  /** Types of the source graph's values, as far as its layers could be lowered. */
  readonly types: ReadonlyMap<string, ValueType>
}

/** Lowers a model that this version of Keras wrote, layer by layer. What blocks is reported for all layers at once. */
export function lowerKeras(name: string, model: FlatModel, version: KerasVersion): LoweredModel {
  const hub = new GraphBuilder(name, hubOps)
  const diagnostics: Diagnostic[] = []
  const scope: ModelScope = {
    hub,
    keras: version.major,
    isMultiBackend: version.isMultiBackend,
    constants: new Map(),
    diagnostics,
    lowerLayer,
  }
  const values = new Map<string, KerasTensor>()
  const inputs = model.inputs.map(({ value, layer }) => {
    const input = hub.input(value, inputType(layer))
    values.set(value, new KerasTensor(input))
    return { value: input }
  })
  const reasons = new BlockedLayers()
  for (const call of model.calls) {
    try {
      hub.at(call.id, () => lowerCall(call, values, scope))
    } catch (error) {
      reasons.add(call, error)
    }
  }
  diagnostics.push(...reasons.diagnostics())
  diagnostics.push(...halfPrecision(model))
  const types = new Map([...values].map(([value, tensor]) => [value, hub.type(tensor.value)]))
  if (diagnostics.some(({ severity }) => severity === 'blocked')) return { result: { diagnostics }, types }
  const outputs = model.outputs.map(({ value, name: output }) => {
    const origin = model.calls.find((call) => call.outputs.includes(value))?.id
    const tensor = values.get(value) as KerasTensor
    return hub.at(origin === undefined ? [] : origin, () =>
      hub.op('Identity', [tensor.value], {}, { names: [hub.freeName(output)] }),
    )
  })
  const lowered: Model = {
    graph: hub.build(outputs),
    inputs,
    outputs: outputs.map((value) => ({ value, role: 'other' })),
    metadata: {},
  }
  return { result: { model: lowered, diagnostics }, types }
}

/** Layers that Keras computes in 16 bits. */
function halfPrecision(model: FlatModel): Diagnostic[] {
  const calls = model.calls.filter(({ layer }) => !layer.model && /float16/.test(dtypePolicy(layer) ?? ''))
  if (calls.length === 0) return []
  const message = `${calls.length} layers compute in 16 bits (float16 or bfloat16); the converted model does in float32, which is more exact`
  return [{ severity: 'approximate', code: 'half-precision', message, origin: calls.map(({ id }) => id) }]
}

function lowerCall(call: FlatCall, values: Map<string, KerasTensor>, scope: ModelScope): void {
  const given = [...call.args, ...Object.values(call.kwargs)].flatMap((argument) => tensorsIn(argument, SourceValue))
  // Layers behind a blocked one are not looked at; what blocks them is known.
  if (!given.every(({ name }) => values.has(name))) {
    if (!call.isModel) checkOperator(call.layer)
    return
  }
  const resolve = (value: SourceValue) => values.get(value.name) as KerasTensor
  const results = call.isModel
    ? given.map(resolve)
    : lowerLayer(
        new LayerContext(
          scope,
          call.layer,
          call.id,
          computeType(
            call.layer,
            given.map((value) => scope.hub.type(resolve(value).value).dtype),
          ),
          {
            args: call.args.map((argument) => mapTensors(argument, SourceValue, resolve)),
            kwargs: Object.fromEntries(
              Object.entries(call.kwargs).map(([key, argument]) => [key, mapTensors(argument, SourceValue, resolve)]),
            ),
          },
        ),
      )
  for (const [i, output] of call.outputs.entries()) {
    const result = results[i]
    if (!result) throw new Blocked(`its output ${i} is read, but it has ${results.length}`, 'Save the model again.')
    values.set(output, result)
  }
}

/** A model inside a wrapper, over the wrapper's inputs. What blocks in it is the wrapper's reason. */
function lowerInnerModel(ctx: LayerContext, model: KerasModel): KerasTensor[] {
  const flat = flatten(model)
  const values = new Map(
    flat.inputs.map(({ value }, i) => [value, ctx.tensors[i] ?? ctx.block(`its model ${model.name} has more inputs`)]),
  )
  for (const call of flat.calls) {
    try {
      lowerCall({ ...call, id: `${ctx.id}/${call.id}` }, values, ctx.scope)
    } catch (error) {
      if (error instanceof Blocked)
        throw new Blocked(`in its model ${model.name}, ${call.id}: ${error.message}`, error.hint)
      throw error
    }
  }
  return flat.outputs.map(({ value }) => values.get(value) as KerasTensor)
}

function checkOperator(layer: KerasLayer): KerasLowering {
  const operator = operatorOf(layer)
  const lowering = layer.isCustom ? undefined : LOWERINGS.get(operator)
  if (lowering) return lowering
  throw withoutConversion(layer)
}

function lowerLayer(ctx: LayerContext): KerasTensor[] {
  if (ctx.layer.model) return lowerInnerModel(ctx, ctx.layer.model)
  const lowering = checkOperator(ctx.layer)
  const results = lowering.lower(ctx)
  const { mask } = ctx
  if (!lowering.passesMask || mask === undefined) return [...results]
  return results.map((result) => (result.mask === undefined ? new KerasTensor(result.value, mask) : result))
}

/** What a layer computes in: float64 as such, and the half precisions in float32. A function computes in what it is given. */
function computeType(layer: KerasLayer, inputs: readonly (DType | null)[]): ComputeType {
  const policy = /^ops\./.test(layer.className) ? undefined : dtypePolicy(layer)
  if (policy === undefined) return inputs.includes('float64') ? 'float64' : 'float32'
  return /float64/.test(policy) ? 'float64' : 'float32'
}

const INPUT_TYPES: ReadonlySet<string> = new Set<DType>([
  ...(['float32', 'float64', 'int8', 'int16', 'int32', 'int64'] as const),
  ...(['uint8', 'uint16', 'uint32', 'uint64', 'bool', 'string'] as const),
])

/** Half precisions arrive as float32. */
function inputType(layer: KerasLayer): ValueType {
  const { config } = layer
  const shape = config.get('batch_shape') ?? config.get('batch_input_shape')
  const policy = dtypePolicy(layer) ?? 'float32'
  const dtype = (INPUT_TYPES.has(policy) ? policy : 'float32') as DType
  if (!Array.isArray(shape)) return { dtype, shape: null }
  const dims = shape.map((dim, i): Dim => {
    if (typeof dim !== 'number') return i === 0 ? 'N' : `${layer.name}_${i}`
    if (Number.isSafeInteger(dim) && dim >= 0) return dim
    throw new MalformedFileError(`The shape of the input ${layer.name} has the size ${dim}`)
  })
  return { dtype, shape: dims }
}
