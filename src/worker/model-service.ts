import { type ByteSource, blobSource } from '../core/bytes/byte-source.ts'
import type { BytePart } from '../core/bytes/parts.ts'
import type { Diagnostic } from '../core/diagnostics.ts'
import { PortolanError } from '../core/errors.ts'
import type { Detection, FormatDescriptor } from '../core/format.ts'
import type { TensorData } from '../core/ir/dtype.ts'
import type { Graph } from '../core/ir/graph.ts'
import type { ModelInput, ModelOutput } from '../core/ir/model.ts'
import type { Tensor } from '../core/ir/tensor.ts'
import { formatType } from '../core/ir/types.ts'
import { type Compatibility, compatibility, type Lowered, lowerModel, readModel, writeModel } from '../core/pipeline.ts'
import type { Fact, SafetyReport, SourceModel } from '../core/source-model.ts'
import type { Signature, WriteOptions } from '../core/writer.ts'
import { detect } from '../formats/detect.ts'
import { formats } from '../formats/registry.ts'
import { tableFromCsv } from '../runtime/csv-table.ts'
import { referenceEngine, type Values } from '../runtime/predict.ts'
import type { TextTable } from '../runtime/table.ts'
import { type GraphView, graphView, isTensor } from './graph-view.ts'
import type { CallContext } from './rpc.ts'

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
  readonly graph: GraphView | null
  readonly signature: Signature | null
  readonly diagnostics: readonly Diagnostic[]
}

/** The hub's signature, for the reference evaluation's form. */
export interface HubView {
  readonly inputs: readonly ModelInput[]
  readonly outputs: readonly ModelOutput[]
}

export interface TensorView {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly data: TensorData
}

/** Which tensor: a constant of a graph, or an attribute of one of its nodes. */
export type TensorAddress = { readonly constant: string } | { readonly node: string; readonly attribute: string }

/**
 * One opened file and everything that is done with it. A worker serves one; another file gets another worker, so that
 * cancelling is terminating and no memory is left behind.
 */
export class ModelService {
  #source: SourceModel | undefined
  #lowered: Promise<Lowered> | undefined
  readonly #graphs = new Map<string, Graph>()

  open = async ({ file, name }: { file: Blob; name: string }, { signal }: CallContext): Promise<ModelSummary> => {
    const bytes = blobSource(file)
    const detection = await detect(formats, bytes, name)
    signal.throwIfAborted()
    const source = await readModel(formats, detection, bytes, { name, signal })
    this.#source = source
    this.#graphs.set('source', source.graph)
    return summary(detection, source, file.size)
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
    if (written.graph) this.#graphs.set(target, written.graph)
    const type = formats.find((format) => format.id === target)?.mimeType ?? ''
    return {
      blob: written.parts ? new Blob(await Promise.all(written.parts.map(blobPart)), { type }) : null,
      graph: written.graph ? graphView(written.graph) : null,
      signature: written.signature ?? null,
      diagnostics: written.diagnostics,
    }
  }

  /** The hub's signature; null when the model can not be lowered. */
  hub = async (_: null, { signal }: CallContext): Promise<HubView | null> => {
    const { model } = await this.#lower(signal)
    return model ? { inputs: model.inputs, outputs: model.outputs } : null
  }

  /** A CSV file as a table. Throws PortolanError('invalid-input') that names the row. */
  table = async ({ file }: { file: Blob }): Promise<TextTable> => {
    return tableFromCsv(new Uint8Array(await file.arrayBuffer()))
  }

  /** The float64 reference evaluation of the hub. */
  evaluate = async ({ values }: { values: Values }, { signal }: CallContext): Promise<Values> => {
    const { model } = await this.#lower(signal)
    if (!model) throw new PortolanError('blocked', 'the model can not be evaluated: it has no hub form')
    return referenceEngine(model).run(values, signal)
  }

  /** The elements of a tensor, for the inspector. `graph` is 'source' or a conversion target. */
  tensor = async ({ graph, address }: { graph: string; address: TensorAddress }): Promise<TensorView> => {
    const tensor = this.#tensor(graph, address)
    return { dtype: tensor.dtype, shape: tensor.shape, data: await tensor.load() }
  }

  #tensor(graph: string, address: TensorAddress): Tensor {
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

function summary(detection: Detection, source: SourceModel, size: number): ModelSummary {
  const entry = ({ name, type, columns }: SourceModel['inputs'][number]): SignatureView => ({
    name,
    type: formatType(type),
    columns: columns ?? null,
  })
  return {
    detection,
    formatName: source.formatName,
    size,
    versions: source.versions,
    producer: source.producer ?? null,
    facts: source.facts,
    inputs: source.inputs.map(entry),
    outputs: source.outputs.map(entry),
    parameterCount: source.parameterCount,
    diagnostics: source.diagnostics,
    safety: source.safety ?? null,
    graph: graphView(source.graph),
  }
}

function facts(format: FormatDescriptor | undefined) {
  if (!format) throw new PortolanError('internal', 'a row of a format that nobody registered')
  const { name, extensions, purpose, audience, documentation } = format
  return { name, extensions, purpose, audience, documentation }
}

/** Bytes made here, or the slice of the original Blob. */
async function blobPart(part: BytePart): Promise<BlobPart> {
  if (part instanceof Uint8Array) return part as Uint8Array<ArrayBuffer>
  return (part as ByteSource).blob?.() ?? ((await part.read(0, part.size)) as Uint8Array<ArrayBuffer>)
}
