import packageFacts from '../../../../package.json' with { type: 'json' }
import { partsSize } from '../../../core/bytes/parts.ts'
import type { Diagnostic } from '../../../core/diagnostics.ts'
import { GraphBuilder, type TypeRules } from '../../../core/ir/builder.ts'
import type { Graph } from '../../../core/ir/graph.ts'
import type { Model, ModelInput, ModelOutput } from '../../../core/ir/model.ts'
import { opTable } from '../../../core/ops/registry.ts'
import { tensorOps } from '../../../core/ops/tensor/index.ts'
import { mergeConstants } from '../../../core/passes/merge-constants.ts'
import { mergeNodes } from '../../../core/passes/merge-nodes.ts'
import type { WriteOptions, Writer, Written } from '../../../core/writer.ts'
import { MICROSOFT_OPSET, microsoftDomainRules } from '../ops/microsoft-domain.ts'
import { mlDomainRules } from '../ops/ml-domain.ts'
import { fromDialectName } from '../ops/operator-name.ts'
import { encodeInputs, encodeOutputs, INPUTS_KEY, OUTPUTS_KEY } from '../portolan-metadata.ts'
import { encodeModelProto, MAX_MESSAGE } from '../proto/onnx-codec.ts'
import type { GraphProto, ModelProto } from '../proto/onnx-types.ts'
import { withOutputNames } from '../rename-values.ts'
import { bindInputs } from './boundary-inputs.ts'
import { bindOutputs } from './boundary-outputs.ts'
import { EMITTERS } from './emitters/registry.ts'
import { withExternalData } from './external-data.ts'
import { float32SensitiveInputs } from './float-sensitivity.ts'
import { graphProto } from './graph-proto.ts'
import { graphSizes } from './graph-sizes.ts'
import { lowerGraph } from './lower-graph.ts'
import { inOnnxDialect } from './onnx-dialect.ts'
import { downgrade } from './opset/downgrade.ts'
import { checkedOpset, defaultOpset, IR_VERSION, ML_OPSET } from './opset-settings.ts'
import { prune } from './prune.ts'

/** Types of the operators that the ONNX graph is built of. */
const ONNX_OPS = opTable<TypeRules>(tensorOps, mlDomainRules, microsoftDomainRules)

interface Lowered {
  /** In the onnx dialect; absent when a diagnostic is `blocked`. */
  readonly graph?: Graph
  readonly inputs: readonly ModelInput[]
  readonly outputs: readonly ModelOutput[]
}

const isBlocked = (diagnostics: readonly Diagnostic[]) => diagnostics.some((d) => d.severity === 'blocked')

/** The hub's model as a graph of the onnx dialect at the opset asked for. */
async function lowerModel(
  model: Model,
  options: WriteOptions,
  opset: number,
  diagnostics: Diagnostic[],
): Promise<Lowered> {
  const builder = new GraphBuilder(model.graph.name, ONNX_OPS)
  let inputs: readonly ModelInput[] = []
  const emission = await lowerGraph({
    hub: model.graph,
    graph: builder,
    settings: { opset, precision: options.precision ?? 'float' },
    diagnostics,
    bind: (started) => {
      inputs = bindInputs(model, options, float32SensitiveInputs(model.graph), started)
    },
    signal: options.signal,
  })
  const { values, declared } = bindOutputs(model, options, emission)
  if (isBlocked(diagnostics)) return { inputs, outputs: declared }
  const built = withOutputNames(
    mergeNodes(mergeConstants(prune(builder.build(values)))),
    declared.map((output) => output.value),
  )
  return { graph: inOnnxDialect(downgrade(built, opset, diagnostics)), inputs, outputs: declared }
}

function operatorSets(graph: Graph, opset: number): ModelProto['opsetImport'] {
  const domains = new Set(graph.nodes.map((node) => fromDialectName(node.op).domain))
  return [
    { domain: '', version: opset },
    ...(domains.has('ai.onnx.ml') ? [{ domain: 'ai.onnx.ml', version: ML_OPSET }] : []),
    ...(domains.has('com.microsoft') ? [{ domain: 'com.microsoft', version: MICROSOFT_OPSET }] : []),
  ]
}

/** The opset to write. Throws PortolanError('usage') for one that cannot be written. */
const opsetOf = ({ graph }: Model, { opset }: WriteOptions): number => checkedOpset(opset ?? defaultOpset(graph))

/** The name of the file beside the model. */
const dataFileOf = ({ fileName = 'model.onnx' }: WriteOptions): string => `${fileName}.data`

/** Writes models of which no message has more than `maxMessage` bytes. */
export function onnxWriterWithin(maxMessage: number): Writer {
  async function check(model: Model, options: WriteOptions = {}): Promise<readonly Diagnostic[]> {
    const diagnostics: Diagnostic[] = []
    const { graph } = await lowerModel(model, options, opsetOf(model, options), diagnostics)
    if (!graph || isBlocked(diagnostics)) return diagnostics
    const sizes = graphSizes(graph)
    if (sizes.structure > maxMessage) return [...diagnostics, tooLarge(sizes.structure)]
    const isLarge = sizes.structure + sizes.weights > maxMessage
    return isLarge || options.externalData ? [...diagnostics, dataBeside(dataFileOf(options))] : diagnostics
  }

  async function write(model: Model, options: WriteOptions = {}): Promise<Written> {
    const opset = opsetOf(model, options)
    const diagnostics: Diagnostic[] = []
    const { graph, inputs, outputs } = await lowerModel(model, options, opset, diagnostics)
    if (!graph || isBlocked(diagnostics)) return { diagnostics }
    const proto = await modelProto(model, { graph, inputs, outputs }, opset, options)
    const signature = { inputs, outputs }
    const whole = encodeModelProto(proto)
    if (!options.externalData && partsSize(whole) <= maxMessage) return { parts: whole, diagnostics, graph, signature }
    const { model: small, companion } = withExternalData(proto, dataFileOf(options))
    const parts = encodeModelProto(small)
    const size = partsSize(parts)
    if (size > maxMessage) return { diagnostics: [...diagnostics, tooLarge(size)] }
    if (companion.parts.length === 0) return { parts, diagnostics, graph, signature }
    const told = [...diagnostics, dataBeside(companion.name)]
    return { parts, companions: [companion], diagnostics: told, graph, signature }
  }

  return { write, check, operators: [...EMITTERS.keys()] }
}

async function modelProto(
  { metadata }: Model,
  { graph, inputs, outputs }: Required<Lowered>,
  opset: number,
  { signal, onProgress }: WriteOptions,
): Promise<ModelProto & { readonly graph: GraphProto }> {
  const { description, ...facts } = metadata
  return {
    irVersion: IR_VERSION,
    opsetImport: operatorSets(graph, opset),
    producerName: 'portolan',
    producerVersion: packageFacts.version,
    domain: '',
    modelVersion: 0n,
    docString: description ?? '',
    graph: await graphProto(graph, { signal, onProgress }),
    metadataProps: [
      ...Object.entries(facts).map(([key, value]) => ({ key, value })),
      { key: INPUTS_KEY, value: encodeInputs(inputs) },
      { key: OUTPUTS_KEY, value: encodeOutputs(outputs) },
    ].filter((entry, i, all) => all.findLastIndex((other) => other.key === entry.key) === i),
    functions: [],
  }
}

function dataBeside(name: string): Diagnostic {
  return {
    severity: 'info',
    code: 'external-data',
    message: `the weights are in a file of their own, ${name}, which the model looks for beside itself`,
    hint: 'Keep the two files together, and their names as they are.',
    origin: [],
  }
}

function tooLarge(bytes: number): Diagnostic {
  return {
    severity: 'blocked',
    code: 'file-too-large',
    message: `the ONNX model would have ${bytes} bytes without its weights; a protobuf file ends at 2 GiB`,
    hint: 'Trees and tables stand in the model itself: convert a smaller one, or to PMML.',
    origin: [],
  }
}

/** Writes a hub model as an .onnx file. Throws PortolanError('usage') for an opset that cannot be written. */
export const onnxWriter: Writer = onnxWriterWithin(MAX_MESSAGE)
