import type { ByteSource } from '../../../core/bytes/byte-source.ts'
import type { Diagnostic } from '../../../core/diagnostics.ts'
import { MalformedFileError } from '../../../core/errors.ts'
import type { Reader, ReadOptions } from '../../../core/format.ts'
import type { Graph } from '../../../core/ir/graph.ts'
import type { Model, ModelInput, ModelOutput } from '../../../core/ir/model.ts'
import { raisedOperators, raiseToEstimators } from '../../../core/raise/raise.ts'
import type { LowerOptions, LowerResult, SourceModel } from '../../../core/source-model.ts'
import type { Signature } from '../../../core/writer.ts'
import { dialectName } from '../ops/operator-name.ts'
import { decodeInputs, decodeOutputs, INPUTS_KEY, OUTPUTS_KEY } from '../portolan-metadata.ts'
import { readModelProto } from '../proto/onnx-codec.ts'
import type { ModelProto } from '../proto/onnx-types.ts'
import { withOutputNames } from '../rename-values.ts'
import { openExternalFiles } from './external-files.ts'
import { FunctionTable } from './functions.ts'
import { inferInputs, inferOutputs } from './hub-signature.ts'
import { lowerToHub } from './lower-model.ts'
import { LOWERINGS } from './lowerings/registry.ts'
import { countParameters, inputColumns, modelFacts, signature, versionFacts } from './model-facts.ts'
import { opsetMap } from './opsets.ts'
import { SourceGraphReader } from './source-graph.ts'
import { TensorReader } from './tensors.ts'
import { unzipped } from './unzipped.ts'

/** What one file says that lowering needs. */
interface OpenedModel {
  readonly proto: ModelProto
  readonly graph: Graph
  readonly functions: FunctionTable
  readonly inputs: ReadonlyMap<string, ModelInput> | undefined
  readonly outputs: ReadonlyMap<string, ModelOutput> | undefined
  readonly diagnostics: readonly Diagnostic[]
}

const metadataOf = (proto: ModelProto, key: string) => proto.metadataProps.find((entry) => entry.key === key)?.value

/** Free facts to carry along: the file's own metadata, Portolan's aside. */
function carriedMetadata(proto: ModelProto): Record<string, string> {
  const entries = proto.metadataProps
    .filter(({ key }) => !key.startsWith('portolan.'))
    .map(({ key, value }) => [key, value])
  return { ...Object.fromEntries(entries), ...(proto.docString ? { description: proto.docString } : {}) }
}

const ML = 'ai.onnx.ml'

/** A domain that ONNX Runtime declares, among all that it knows, when it saves a model that it optimised. */
const OPTIMISED = 'com.microsoft.nchwc'

/**
 * Whether the file was written as a classical model over a table: it says so, or declares ai.onnx.ml, used or not. ONNX Runtime
 * declares it for any model.
 */
function isTabular({ proto, inputs }: OpenedModel): boolean {
  if ([...(inputs?.values() ?? [])].some(({ features }) => features !== undefined)) return true
  const domains = new Set(proto.opsetImport.map(({ domain }) => domain))
  return domains.has(ML) && (!domains.has(OPTIMISED) || (proto.graph?.node ?? []).some(({ domain }) => domain === ML))
}

/** A table's rows have one symbol, where the file has none: all inputs have as many. */
function withRowSymbol(graph: Graph): Graph {
  const types = new Map(graph.types)
  for (const input of graph.inputs) {
    const type = types.get(input)
    if (type?.shape?.length === 2 && typeof type.shape[0] !== 'number')
      types.set(input, { ...type, shape: ['N', type.shape[1] ?? null] })
  }
  return { ...graph, types }
}

/** The signature that the file carries for its inputs, or what can be seen. */
function modelInputs(opened: OpenedModel, hub: Graph, tabular: boolean): ModelInput[] {
  const inferred = inferInputs(hub, tabular)
  // Hub inputs are the file's, under the same names.
  return inferred.map((input) => {
    const known = opened.inputs?.get(input.value)
    return known ? { ...known, value: input.value } : opened.inputs ? { value: input.value } : input
  })
}

function modelOutputs(opened: OpenedModel, hub: Graph, tabular: boolean): ModelOutput[] {
  const names = opened.graph.outputs
  return inferOutputs(hub, tabular).map((output, i) => {
    const known = opened.outputs?.get(names[i] ?? '')
    return known ? { ...known, value: output.value } : output
  })
}

async function lower(opened: OpenedModel, options: LowerOptions): Promise<LowerResult> {
  const diagnostics: Diagnostic[] = [...opened.diagnostics]
  const settings = { opsets: opsetMap(opened.proto.opsetImport), functions: opened.functions, signal: options.signal }
  const tabular = isTabular(opened)
  const lowered = await lowerToHub(tabular ? withRowSymbol(opened.graph) : opened.graph, settings, diagnostics)
  if (diagnostics.some((diagnostic) => diagnostic.severity === 'blocked')) return { diagnostics }
  const graph = withOutputNames(raiseToEstimators(lowered, { tabular }), opened.graph.outputs)
  const model: Model = {
    graph,
    inputs: modelInputs(opened, graph, tabular),
    outputs: modelOutputs(opened, graph, tabular),
    metadata: carriedMetadata(opened.proto),
  }
  return { model, diagnostics }
}

/**
 * What the file's own names take and give: as Portolan's metadata say, else as lowering finds out for a model over a
 * table, else plain tensors.
 */
async function ownSignature(opened: OpenedModel, lowerOnce: () => Promise<LowerResult>): Promise<Signature> {
  const { graph, inputs, outputs } = opened
  const isComplete = inputs !== undefined && outputs !== undefined
  const lowered = !isComplete && isTabular(opened) ? (await lowerOnce()).model : undefined
  if (lowered) return { inputs: lowered.inputs, outputs: lowered.outputs }
  return {
    inputs: graph.inputs.map((name) => inputs?.get(name) ?? { value: name }),
    outputs: graph.outputs.map((name) => outputs?.get(name) ?? { value: name, role: 'other' }),
  }
}

async function read(file: ByteSource, given: ReadOptions): Promise<SourceModel> {
  const { source, options } = await unzipped(file, given)
  const proto = await readModelProto(source)
  if (!proto.graph) {
    throw new MalformedFileError('The ONNX file has no graph')
  }
  options.signal?.throwIfAborted()
  const external = await openExternalFiles(proto, options.sibling)
  const tensors = new TensorReader((location) => external.files.get(location))
  const graphs = new SourceGraphReader(tensors, proto.functions)
  const graph = graphs.read(proto.graph)
  const opened: OpenedModel = {
    proto,
    graph,
    functions: new FunctionTable(proto.functions, graphs),
    inputs: decodeInputs(metadataOf(proto, INPUTS_KEY)),
    outputs: decodeOutputs(metadataOf(proto, OUTPUTS_KEY)),
    diagnostics: tensors.diagnostics,
  }
  // The signature may need the lowering already: it is kept for whoever asks next.
  let kept: LowerResult | undefined
  const lowerOnce = async (lowerOptions: LowerOptions = {}) => {
    kept ??= await lower(opened, lowerOptions)
    return kept
  }
  return {
    format: 'onnx',
    formatName: 'ONNX',
    versions: versionFacts(proto),
    ...(proto.producerName ? { producer: proto.producerName } : {}),
    facts: modelFacts(proto),
    graph,
    inputs: signature(graph, graph.inputs, (name) => inputColumns(opened.inputs, name)),
    outputs: signature(graph, graph.outputs, (name) => opened.outputs?.get(name)?.columns),
    parameterCount: countParameters(graph),
    diagnostics: tensors.diagnostics,
    lower: lowerOnce,
    ...(external.isComplete && {
      runnable: {
        parts: [source],
        companions: Array.from(external.files, ([name, file]) => ({ name, parts: [file] })),
        signature: await ownSignature(opened, () => lowerOnce(options.signal ? { signal: options.signal } : {})),
      },
    }),
  }
}

/** Reads any .onnx file: shown whatever its operators, lowered where each of them has a lowering. */
export const onnxReader: Reader = {
  read,
  lowerings: [...LOWERINGS.values()].map(({ name, produces }) => ({
    operator: dialectName(name),
    produces: raisedOperators(produces),
  })),
}
