import packageFacts from '../../../../package.json' with { type: 'json' }
import type { Diagnostic } from '../../../core/diagnostics.ts'
import { LimitExceededError } from '../../../core/errors.ts'
import { GraphBuilder, type TypeRules } from '../../../core/ir/builder.ts'
import { DTYPE_SIZE } from '../../../core/ir/dtype.ts'
import type { Graph } from '../../../core/ir/graph.ts'
import type { Model, ModelInput, ModelOutput } from '../../../core/ir/model.ts'
import { elementCount } from '../../../core/ir/tensor.ts'
import { opTable } from '../../../core/ops/registry.ts'
import { tensorOps } from '../../../core/ops/tensor/index.ts'
import { mergeConstants } from '../../../core/passes/merge-constants.ts'
import { mergeNodes } from '../../../core/passes/merge-nodes.ts'
import type { WriteOptions, Writer, Written } from '../../../core/writer.ts'
import { MICROSOFT_OPSET, microsoftDomainRules } from '../ops/microsoft-domain.ts'
import { mlDomainRules } from '../ops/ml-domain.ts'
import { fromDialectName } from '../ops/operator-name.ts'
import { encodeInputs, encodeOutputs, INPUTS_KEY, OUTPUTS_KEY } from '../portolan-metadata.ts'
import { checkSize, encodeModelProto } from '../proto/onnx-codec.ts'
import type { ModelProto } from '../proto/onnx-types.ts'
import { withOutputNames } from '../rename-values.ts'
import { bindInputs } from './boundary-inputs.ts'
import { bindOutputs } from './boundary-outputs.ts'
import { EMITTERS } from './emitters/registry.ts'
import { float32SensitiveInputs } from './float-sensitivity.ts'
import { graphProto } from './graph-proto.ts'
import { lowerGraph } from './lower-graph.ts'
import { inOnnxDialect } from './onnx-dialect.ts'
import { downgrade } from './opset/downgrade.ts'
import { checkedOpset, IR_VERSION, ML_OPSET } from './opset-settings.ts'
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

async function check(model: Model, options: WriteOptions = {}): Promise<readonly Diagnostic[]> {
  const diagnostics: Diagnostic[] = []
  const { graph } = await lowerModel(model, options, checkedOpset(options.opset), diagnostics)
  if (!graph || isBlocked(diagnostics)) return diagnostics
  try {
    checkSize(weightBytes(graph))
  } catch (error) {
    if (!(error instanceof LimitExceededError)) throw error
    diagnostics.push(tooLarge(error))
  }
  return diagnostics
}

/** Bytes of the initializers, which are nearly all of a large file. */
function weightBytes(graph: Graph): number {
  let bytes = 0
  for (const { dtype, shape } of graph.constants.values()) {
    if (dtype !== 'string') bytes += elementCount(shape) * DTYPE_SIZE[dtype]
  }
  return bytes
}

async function write(model: Model, options: WriteOptions = {}): Promise<Written> {
  const opset = checkedOpset(options.opset)
  const diagnostics: Diagnostic[] = []
  const { graph, inputs, outputs } = await lowerModel(model, options, opset, diagnostics)
  if (!graph || isBlocked(diagnostics)) return { diagnostics }
  const { description, ...facts } = model.metadata
  const proto: ModelProto = {
    irVersion: IR_VERSION,
    opsetImport: operatorSets(graph, opset),
    producerName: 'portolan',
    producerVersion: packageFacts.version,
    domain: '',
    modelVersion: 0n,
    docString: description ?? '',
    graph: await graphProto(graph, { signal: options.signal, onProgress: options.onProgress }),
    metadataProps: [
      ...Object.entries(facts).map(([key, value]) => ({ key, value })),
      { key: INPUTS_KEY, value: encodeInputs(inputs) },
      { key: OUTPUTS_KEY, value: encodeOutputs(outputs) },
    ].filter((entry, i, all) => all.findLastIndex((other) => other.key === entry.key) === i),
    functions: [],
  }
  try {
    return { parts: encodeModelProto(proto), diagnostics, graph, signature: { inputs, outputs } }
  } catch (error) {
    if (!(error instanceof LimitExceededError)) throw error
    return { diagnostics: [...diagnostics, tooLarge(error)] }
  }
}

function tooLarge(error: LimitExceededError): Diagnostic {
  return {
    severity: 'blocked',
    code: 'file-too-large',
    message: error.message,
    hint: 'An .onnx file ends at 2 GiB: convert a smaller model, or store its weights as float16 before converting.',
    origin: [],
  }
}

/** Writes a hub model as an .onnx file. Throws PortolanError('usage') for an opset that cannot be written. */
export const onnxWriter: Writer = { write, check, operators: [...EMITTERS.keys()] }
