import { adoptOrigins } from './adopt-origins.ts'
import type { ByteSource } from './bytes/byte-source.ts'
import { type Diagnostic, type Severity, worstSeverity } from './diagnostics.ts'
import { PortolanError, serializeError, UnrecognisedFileError, UnsupportedError } from './errors.ts'
import type { Detection, FormatDescriptor, ReadOptions } from './format.ts'
import type { Model } from './ir/model.ts'
import { standardPasses } from './passes/standard-passes.ts'
import type { SourceModel } from './source-model.ts'
import type { WriteOptions, Writer, Written } from './writer.ts'

/** A file that was recognised and read. */
export interface OpenedModel {
  readonly detection: Detection
  readonly source: SourceModel
}

/** A format's module by its id. Throws UnsupportedError for an id that nobody registered. */
export function formatById(formats: readonly FormatDescriptor[], id: string): FormatDescriptor {
  const format = formats.find((f) => f.id === id)
  if (format) return format
  throw new UnsupportedError(`there is no format ${id}`, {
    hint: `Known formats: ${formats.map((f) => f.id).join(', ')}.`,
  })
}

/**
 * Reads a recognised file. Throws UnrecognisedFileError for a detection with an obstacle, UnsupportedError for a
 * format without a reader, MalformedFileError for damaged bytes.
 */
export async function readModel(
  formats: readonly FormatDescriptor[],
  detection: Detection,
  source: ByteSource,
  options: ReadOptions,
): Promise<SourceModel> {
  if (detection.obstacle) {
    const { message, hint } = detection.obstacle
    throw new UnrecognisedFileError(message, {
      hint,
      context: { format: detection.format, variant: detection.variant },
    })
  }
  const format = formatById(formats, detection.format)
  if (!format.reader) {
    throw new UnsupportedError(
      `${options.name} is recognised (${detection.variant}), but Portolan can not read this format yet`,
      {
        hint: `Export the model in a format that it reads: ${readable(formats)}.`,
        context: { format: detection.format, variant: detection.variant },
      },
    )
  }
  const reader = await format.reader()
  options.signal?.throwIfAborted()
  return reader.read(source, options)
}

function readable(formats: readonly FormatDescriptor[]): string {
  return formats
    .filter((f) => f.reader)
    .map((f) => f.name)
    .join(', ')
}

/** The hub's model of a source, cleaned up by the standard passes; absent when something blocks. */
export interface Lowered {
  readonly model?: Model
  readonly diagnostics: readonly Diagnostic[]
}

/** Lowers a source model to the hub. */
export async function lowerModel(source: SourceModel, signal?: AbortSignal): Promise<Lowered> {
  const { model, diagnostics } = await source.lower(signal ? { signal } : {})
  if (!model) return { diagnostics }
  signal?.throwIfAborted()
  return { model: { ...model, graph: await standardPasses(model.graph) }, diagnostics }
}

/** Writes a lowered model in a format. The diagnostics of both halves are together in the result. */
export async function writeModel(
  formats: readonly FormatDescriptor[],
  lowered: Lowered,
  target: string,
  options: WriteOptions = {},
): Promise<Written> {
  const writer = await writerOf(formats, target)
  if (!lowered.model) return { diagnostics: lowered.diagnostics }
  const written = await writer.write(lowered.model, options)
  return {
    ...written,
    ...(written.graph && { graph: adoptOrigins(lowered.model.graph, written.graph) }),
    diagnostics: [...lowered.diagnostics, ...written.diagnostics],
  }
}

/** What `writeModel` would report, without making the file. */
export async function checkModel(
  formats: readonly FormatDescriptor[],
  lowered: Lowered,
  target: string,
  options: WriteOptions = {},
): Promise<readonly Diagnostic[]> {
  const writer = await writerOf(formats, target)
  if (!lowered.model) return lowered.diagnostics
  return [...lowered.diagnostics, ...(await writer.check(lowered.model, options))]
}

async function writerOf(formats: readonly FormatDescriptor[], target: string): Promise<Writer> {
  const format = formatById(formats, target)
  if (format.writer) return format.writer()
  const targets = formats.filter((f) => f.writer).map((f) => f.id)
  throw new UnsupportedError(`Portolan does not write ${format.name} yet`, {
    hint: `Targets: ${targets.join(', ')}.`,
  })
}

/** One row of the compatibility table: can this model become a file of that format? */
export interface Compatibility {
  readonly format: string
  /** `unwritable`: Portolan has no writer for the format yet, so nothing can be said of this model. */
  readonly verdict: 'exact' | 'approximate' | 'lossy' | 'blocked' | 'unwritable'
  readonly diagnostics: readonly Diagnostic[]
}

/** Asks the writers themselves, so that the table can not promise what a conversion would not do. */
export async function compatibility(
  formats: readonly FormatDescriptor[],
  lowered: Lowered,
  options: WriteOptions = {},
): Promise<Compatibility[]> {
  const rows: Compatibility[] = []
  for (const format of formats) {
    options.signal?.throwIfAborted()
    rows.push(await compatibilityWith(formats, format, lowered, options))
  }
  return rows
}

async function compatibilityWith(
  formats: readonly FormatDescriptor[],
  format: FormatDescriptor,
  lowered: Lowered,
  options: WriteOptions,
): Promise<Compatibility> {
  if (!format.writer) return { format: format.id, verdict: 'unwritable', diagnostics: [] }
  const diagnostics = await attempt(formats, format, lowered, options)
  return { format: format.id, verdict: verdictOf(worstSeverity(diagnostics)), diagnostics }
}

/** What a writer finds. One that fails is a row that is blocked, not a table that is missing. */
async function attempt(
  formats: readonly FormatDescriptor[],
  format: FormatDescriptor,
  lowered: Lowered,
  options: WriteOptions,
): Promise<readonly Diagnostic[]> {
  try {
    return await checkModel(formats, lowered, format.id, options)
  } catch (error) {
    options.signal?.throwIfAborted()
    const { code, message, hint } = serializeError(error)
    return [{ severity: 'blocked', code, message, ...(hint === undefined ? {} : { hint }), origin: [] }]
  }
}

/** `exact` when nothing worse than `info` was found. */
export function verdictOf(severity: Severity): Exclude<Compatibility['verdict'], 'unwritable'> {
  return severity === 'info' ? 'exact' : severity
}

/** The error that reports everything which blocks a conversion, the first reason in front. */
export function blockedError(target: string, diagnostics: readonly Diagnostic[]): PortolanError {
  const blockers = diagnostics.filter((d) => d.severity === 'blocked')
  const [first] = blockers
  const more = blockers.length > 1 ? ` (and ${blockers.length - 1} more: run check)` : ''
  return new PortolanError('blocked', `can not convert to ${target}: ${first?.message ?? 'unknown reason'}${more}`, {
    ...(first?.hint === undefined ? {} : { hint: first.hint }),
    context: { target, blockers: blockers.length },
  })
}
