import { blobSource } from '../core/bytes/byte-source.ts'
import type { Diagnostic } from '../core/diagnostics.ts'
import { PortolanError } from '../core/errors.ts'
import type { Detection, FormatDescriptor } from '../core/format.ts'
import type { Graph } from '../core/ir/graph.ts'
import type { ModelInput, ModelOutput } from '../core/ir/model.ts'
import { isTensor, type Tensor } from '../core/ir/tensor.ts'
import { withKnownValues } from '../core/known-values.ts'
import {
  blockedError,
  type Compatibility,
  compatibility,
  type Lowered,
  lowerModel,
  readModel,
  writeModel,
} from '../core/pipeline.ts'
import { signatureOf } from '../core/signature.ts'
import type { Fact, SafetyReport, SignatureEntry, SourceModel } from '../core/source-model.ts'
import type { Signature, WriteOptions } from '../core/writer.ts'
import { detect } from '../formats/detect.ts'
import { formats } from '../formats/registry.ts'
import { tableFromCsv } from '../runtime/csv-table.ts'
import type { SessionValue } from '../runtime/ort/session.ts'
import { referenceEngine, type Values } from '../runtime/predict.ts'
import type { TextTable } from '../runtime/table.ts'
import { type GraphView, graphView, typeText } from './graph-view.ts'
import { blobOf, type CompanionFile, companionFiles } from './model-files.ts'
import { type NestedGraph, nestBodies } from './nested-bodies.ts'
import type { CallContext } from './rpc.ts'
import { requestValues, type TestRequest } from './test-request.ts'
import { type EnsembleView, ensembleViews, type TreeView, treeView } from './tree-view.ts'
import { type WeightsView, weightsFile, weightsPage, weightsView } from './weights.ts'

/** What the page knows of an opened file. */
export interface ModelSummary {
  readonly detection: Detection
  readonly formatName: string
  readonly size: number
  readonly versions: readonly Fact[]
  readonly producer: string | null
  readonly facts: readonly Fact[]
  readonly inputs: readonly SignatureView[]
  readonly outputs: readonly SignatureView[]
  readonly parameterCount: number
  readonly diagnostics: readonly Diagnostic[]
  readonly safety: SafetyReport | null
  readonly graph: GraphView
}

export interface SignatureView {
  readonly name: string
  readonly type: string
  readonly columns: readonly string[] | null
  /** The valid values of a single column, where they are known. */
  readonly values: readonly string[] | null
}

/** A row of the compatibility table with the facts of its format. */
export interface CompatibilityView extends Compatibility {
  readonly name: string
  readonly extensions: readonly string[]
  readonly purpose: string
  readonly audience: string
  readonly documentation: string
}

export interface ConversionView {
  /** The converted file; null when something blocks. A Blob over slices: nothing is copied. */
  readonly blob: Blob | null
  /** The files that belong beside it. */
  readonly companions: readonly CompanionFile[]
  readonly graph: GraphView | null
  readonly signature: Signature | null
  readonly diagnostics: readonly Diagnostic[]
}

/** What is known of a model once it is lowered. */
export interface LoweredView {
  /** The tree ensembles that it decides with. */
  readonly ensembles: readonly EnsembleView[]
  /** What it takes and answers, of which a scikit-learn file says little. */
  readonly inputs: readonly SignatureView[]
  readonly outputs: readonly SignatureView[]
}

/** The hub's signature, for the reference evaluation's form. */
export interface HubView {
  readonly inputs: readonly ModelInput[]
  readonly outputs: readonly ModelOutput[]
  /** Element types and shapes of the inputs. */
  readonly inputValues: readonly SessionValue[]
}

/** A model as ONNX Runtime can run it. */
export interface RunnableView {
  readonly blob: Blob
  readonly companions: readonly CompanionFile[]
  readonly signature: Signature
  /** Whether it is the file that was opened. */
  readonly isOriginal: boolean
}

/** What the reference evaluator computed. */
export interface Evaluation {
  readonly outputs: readonly ModelOutput[]
  readonly values: Values
  /** Milliseconds that it took. */
  readonly time: number
}

/** Which tensor: a constant of a graph, or an attribute of one of its nodes. */
export type TensorAddress = { readonly constant: string } | { readonly node: string; readonly attribute: string }

export interface TensorPlace {
  /** 'source' or a conversion target. */
  readonly graph: string
  readonly address: TensorAddress
}

const ONNX_TYPE = 'application/octet-stream'

/**
 * One opened file and everything that is done with it. A worker serves one; another file gets another worker, so that
 * cancelling is terminating and no memory is left behind.
 */
export class ModelService {
  #source: SourceModel | undefined
  #lowered: Promise<Lowered> | undefined
  readonly #graphs = new Map<string, Graph>()

  open = async (
    { file, name, companions = [] }: { file: Blob; name: string; companions?: readonly CompanionFile[] },
    { signal }: CallContext,
  ): Promise<ModelSummary> => {
    const bytes = blobSource(file)
    const detection = await detect(formats, bytes, name)
    signal.throwIfAborted()
    const sibling = async (wanted: string) => {
      const beside = companions.find((companion) => companion.name === wanted.replace(/^\.\//, ''))
      return beside ? blobSource(beside.blob) : null
    }
    const source = await readModel(formats, detection, bytes, { name, signal, sibling })
    this.#source = source
    const nested = nestBodies(source.graph)
    this.#graphs.set('source', nested.graph)
    return summary(detection, source, nested, file.size)
  }

  compatibility = async (options: WriteOptions, { signal }: CallContext): Promise<CompatibilityView[]> => {
    const rows = await compatibility(formats, await this.#lower(signal), { ...options, signal })
    return rows.map((row) => ({ ...row, ...facts(formats.find((format) => format.id === row.format)) }))
  }

  convert = async (
    { target, options }: { target: string; options: WriteOptions },
    { signal, progress }: CallContext,
  ): Promise<ConversionView> => {
    const lowered = await this.#lower(signal)
    const written = await writeModel(formats, lowered, target, { ...options, signal, onProgress: progress })
    signal.throwIfAborted()
    const nested = written.graph && nestBodies(written.graph)
    if (nested) this.#graphs.set(target, nested.graph)
    const type = formats.find((format) => format.id === target)?.mimeType ?? ''
    return {
      blob: written.parts ? await blobOf(written.parts, type) : null,
      companions: await companionFiles(written.companions),
      graph: nested ? graphView(nested) : null,
      signature: written.signature ?? null,
      diagnostics: written.diagnostics,
    }
  }

  /**
   * An ONNX file that runs this model: the file itself, or its conversion when options are given or it is none.
   * Throws PortolanError('blocked') with the first reason when it can not become ONNX.
   */
  runnable = async ({ options }: { options: WriteOptions }, { signal }: CallContext): Promise<RunnableView> => {
    const own = this.#source?.runnable
    if (own && Object.keys(options).length === 0) {
      return {
        blob: await blobOf(own.parts, ONNX_TYPE),
        companions: await companionFiles(own.companions),
        signature: own.signature,
        isOriginal: true,
      }
    }
    const written = await writeModel(formats, await this.#lower(signal), 'onnx', { ...options, signal })
    signal.throwIfAborted()
    const { parts, signature, diagnostics } = written
    if (!parts || !signature) throw blockedError('ONNX', diagnostics)
    return {
      blob: await blobOf(parts, ONNX_TYPE),
      companions: await companionFiles(written.companions),
      signature,
      isOriginal: false,
    }
  }

  /** The hub's signature with the categories that the model knows; null when the model can not be lowered. */
  hub = async (_: null, { signal }: CallContext): Promise<HubView | null> => {
    const { model } = await this.#lower(signal)
    if (!model) return null
    const { inputs, outputs, inputValues } = referenceEngine(model)
    return { inputs: withKnownValues(model.graph, inputs), outputs, inputValues }
  }

  /** What lowering has found out; null when the model can not be lowered. */
  lowered = async (_: null, { signal }: CallContext): Promise<LoweredView | null> => {
    const { model } = await this.#lower(signal)
    if (!model) return null
    const { inputs, outputs } = signatureOf(model)
    return { ensembles: ensembleViews(model), inputs: inputs.map(signatureView), outputs: outputs.map(signatureView) }
  }

  /** One tree, by its place among those of an ensemble. */
  tree = async ({ node, index }: { node: string; index: number }, { signal }: CallContext): Promise<TreeView> => {
    const { model } = await this.#lower(signal)
    const view = model && treeView(model, node, index)
    if (!view) throw new PortolanError('internal', `there is no tree ${index} in ${node}`)
    return view
  }

  /** A CSV file as a table. Throws PortolanError('invalid-input') that names the row. */
  table = async ({ file }: { file: Blob }): Promise<TextTable> => {
    return tableFromCsv(new Uint8Array(await file.arrayBuffer()))
  }

  /** The float64 reference evaluation of the hub; null when the model can not be lowered. */
  evaluate = async ({ request }: { request: TestRequest }, { signal }: CallContext): Promise<Evaluation | null> => {
    const { model } = await this.#lower(signal)
    if (!model) return null
    const engine = referenceEngine(model)
    const values = await requestValues(engine, request)
    const start = performance.now()
    const results = await engine.run(values, signal)
    return { outputs: engine.outputs, values: results, time: performance.now() - start }
  }

  /** A tensor's shape, statistics and histogram. */
  weights = async (place: TensorPlace): Promise<WeightsView> => weightsView(this.#tensor(place))

  /** Some of a tensor's elements as text, in row-major order. */
  weightsPage = async (page: TensorPlace & { offset: number; length: number }): Promise<string[]> =>
    weightsPage(this.#tensor(page), page.offset, page.length)

  /** A tensor as a .npy file. */
  weightsFile = async (place: TensorPlace): Promise<Blob> => weightsFile(this.#tensor(place))

  #tensor({ graph, address }: TensorPlace): Tensor {
    const found = this.#graphs.get(graph)
    const tensor =
      'constant' in address
        ? found?.constants.get(address.constant)
        : found?.nodes.find((node) => node.id === address.node)?.attributes[address.attribute]
    if (!isTensor(tensor)) throw new PortolanError('internal', `there is no tensor ${JSON.stringify(address)}`)
    return tensor
  }

  #lower(signal: AbortSignal): Promise<Lowered> {
    const source = this.#source
    if (!source) throw new PortolanError('internal', 'no file is open')
    this.#lowered ??= lowerModel(source, signal).catch((error: unknown) => {
      this.#lowered = undefined
      throw error
    })
    return this.#lowered
  }
}

function summary(detection: Detection, source: SourceModel, nested: NestedGraph, size: number): ModelSummary {
  return {
    detection,
    formatName: source.formatName,
    size,
    versions: source.versions,
    producer: source.producer ?? null,
    facts: source.facts,
    inputs: source.inputs.map(signatureView),
    outputs: source.outputs.map(signatureView),
    parameterCount: source.parameterCount,
    diagnostics: source.diagnostics,
    safety: source.safety ?? null,
    graph: graphView(nested),
  }
}

function signatureView({ name, type, columns, features }: SignatureEntry): SignatureView {
  const values = features?.length === 1 ? features[0]?.values : undefined
  return { name, type: typeText(type), columns: columns ?? null, values: values?.map(String) ?? null }
}

function facts(format: FormatDescriptor | undefined) {
  if (!format) throw new PortolanError('internal', 'a row of a format that nobody registered')
  const { name, extensions, purpose, audience, documentation } = format
  return { name, extensions, purpose, audience, documentation }
}
