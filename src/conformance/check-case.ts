import { basename } from 'node:path'
import { joinParts } from '../core/bytes/parts.ts'
import type { Diagnostic } from '../core/diagnostics.ts'
import { PortolanError } from '../core/errors.ts'
import { verifyGraph } from '../core/ir/verify.ts'
import { hubOps } from '../core/ops/hub-ops.ts'
import { standardPasses } from '../core/passes/standard-passes.ts'
import { checkModel, formatById, type Lowered, lowerModel, type OpenedModel, writeModel } from '../core/pipeline.ts'
import type { WriteOptions, Written } from '../core/writer.ts'
import { formats } from '../formats/registry.ts'
import { type Engine, onnxEngine, referenceEngine } from '../runtime/predict.ts'
import { type Answers, answersOf, asTable } from './answers.ts'
import { differences } from './compare-answers.ts'
import { undeclaredOperators } from './declared-operators.ts'
import type { FixtureCase, FixtureSet } from './fixture-case.ts'
import { float32Noise } from './float32-noise.ts'
import { openBytes, openFixture } from './open-model.ts'
import { type Arithmetic, frameworkArithmetic } from './tolerance.ts'

/** What is checked of a case, in this order. A check that needs an earlier one is left out when that one fails. */
export const CHECKS = [
  'read',
  'lower',
  'declared-operators',
  'passes',
  'reference',
  'onnx',
  'onnx-double',
  'onnx-signature',
  'pmml',
  'pmml-read',
  'pmml-reference',
  'pmml-onnx',
  'blocked',
] as const

export type Check = (typeof CHECKS)[number]

/** What each check that ran found; an empty list is a pass. */
export type Findings = ReadonlyMap<Check, readonly string[]>

interface CaseRun {
  readonly set: FixtureSet
  readonly entry: FixtureCase
  readonly findings: Map<Check, readonly string[]>
}

/** A failed check that later ones depend on. */
class Unreachable extends Error {}

/**
 * Takes one fixture the whole way. `onPmml` gets the text of a PMML document that was written: schemas are checked for many
 * documents at once.
 */
export async function checkCase(
  set: FixtureSet,
  entry: FixtureCase,
  onPmml: (text: string) => void,
): Promise<Findings> {
  const run: CaseRun = { set, entry, findings: new Map() }
  try {
    await follow(run, onPmml)
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error
  }
  return run.findings
}

async function follow(run: CaseRun, onPmml: (text: string) => void): Promise<void> {
  const { set, entry } = run
  if (entry.blocked && Object.keys(entry.blocked).length > 0) await check(run, 'blocked', () => blockedProblems(run))
  if (entry.targets.length === 0) return
  const opened = await value(run, 'read', () => openFixture(set, entry))
  try {
    const lowered = await lowerChecked(run, opened)
    const answers = await answersOf(set, entry)
    const outputs = opened.source.outputs.map((output) => output.name)
    const exact = frameworkArithmetic(set.format, entry)
    const { model } = lowered
    if (!model) return
    const compared = async (engine: Engine, arithmetic: Arithmetic, asked = answers) => {
      const found: string[] = []
      for (const [i, each] of asked.entries()) {
        const told = await differences(engine, each, entry, arithmetic, outputs)
        const noise = told.length > 0 && exact === 'float32' ? await float32Noise(model, answers[i] ?? each) : undefined
        found.push(...(noise ? await differences(engine, each, entry, arithmetic, outputs, noise) : told))
      }
      return found
    }
    await check(run, 'reference', () => compared(referenceEngine(model), exact))
    if (entry.targets.includes('onnx')) {
      const written = await attempt(run, 'onnx', () => write(lowered, 'onnx', { precision: 'float' }))
      if (written) {
        await check(run, 'onnx', () => withOnnx(written, (engine) => compared(engine, 'float32')))
        await check(run, 'onnx-signature', () => signatureProblems(written))
      }
      if (exact === 'float64') {
        await check(run, 'onnx-double', async () =>
          withOnnx(await write(lowered, 'onnx', { precision: 'double' }), (engine) => compared(engine, exact)),
        )
      }
    }
    if (entry.targets.includes('pmml')) {
      const written = await value(run, 'pmml', () => write(lowered, 'pmml'))
      const bytes = await joinParts(written.parts ?? [])
      onPmml(new TextDecoder().decode(bytes))
      const copy = await value(run, 'pmml-read', async () => {
        const { source } = await openBytes(bytes, `${basename(entry.model)}.pmml`)
        return lowerModel(source)
      })
      const { model: copied } = copy
      if (!copied) {
        run.findings.set('pmml-read', blockers(copy.diagnostics))
        return
      }
      const { inputs, outputs: told } = written.signature ?? model
      const byName = new Map(
        model.outputs.flatMap(({ value }, i) => {
          const output = told.find((o) => o.value === value)
          return output ? [[outputs[i] ?? value, output]] : []
        }),
      )
      const rows = answers.map((asked) => withoutLosses(asTable(asked, inputs, byName), written))
      await check(run, 'pmml-reference', () => compared(referenceEngine(copied), exact, rows))
      await check(run, 'pmml-onnx', async () =>
        withOnnx(await write(copy, 'onnx', { precision: 'float' }), (engine) => compared(engine, 'float32', rows)),
      )
    }
  } finally {
    await opened.source.close?.()
  }
}

const words = (error: unknown) =>
  error instanceof PortolanError ? `${error.code}: ${error.message}` : `not a PortolanError: ${(error as Error).stack}`

async function check(run: CaseRun, name: Check, find: () => Promise<readonly string[]>): Promise<void> {
  try {
    run.findings.set(name, await find())
  } catch (error) {
    run.findings.set(name, [words(error)])
  }
}

/** The value that a check makes; undefined, and a finding, when it throws. */
async function attempt<T>(run: CaseRun, name: Check, make: () => Promise<T>): Promise<T | undefined> {
  try {
    const made = await make()
    run.findings.set(name, [])
    return made
  } catch (error) {
    run.findings.set(name, [words(error)])
    return undefined
  }
}

/** The same, when nothing can follow without it. */
async function value<T>(run: CaseRun, name: Check, make: () => Promise<T>): Promise<T> {
  const made = await attempt(run, name, make)
  if (made === undefined) throw new Unreachable(name)
  return made
}

const blockers = (diagnostics: readonly Diagnostic[]) =>
  diagnostics.filter((d) => d.severity === 'blocked').map((d) => `blocked: ${d.message}`)

/** Lowers, with the invariants checked before and after the passes. */
async function lowerChecked(run: CaseRun, { source }: OpenedModel): Promise<Lowered> {
  const { model, diagnostics } = await value(run, 'lower', () => source.lower())
  if (!model) {
    run.findings.set('lower', blockers(diagnostics))
    throw new Unreachable('lower')
  }
  const problems = (graph: typeof model.graph) =>
    verifyGraph(graph, hubOps).map(({ invariant, message, node }) => `${invariant}: ${message} (${node ?? ''})`)
  run.findings.set('lower', problems(model.graph))
  const reader = await formatById(formats, source.format).reader?.()
  run.findings.set('declared-operators', undeclaredOperators(source.graph, model.graph, reader?.lowerings ?? []))
  const graph = await value(run, 'passes', () => standardPasses(model.graph))
  run.findings.set('passes', problems(graph))
  return { model: { ...model, graph }, diagnostics }
}

/** Throws PortolanError('blocked') with every reason, 'internal' when a check would have promised something else. */
async function write(lowered: Lowered, target: string, options: WriteOptions = {}): Promise<Written> {
  const written = await writeModel(formats, lowered, target, options)
  const promised = await checkModel(formats, lowered, target, options)
  if (JSON.stringify(promised) !== JSON.stringify(written.diagnostics)) {
    throw new PortolanError('internal', `a check promised ${JSON.stringify(promised)}`)
  }
  if (written.parts) return written
  throw new PortolanError('blocked', blockers(written.diagnostics).join('; '))
}

async function withOnnx(written: Written, ask: (engine: Engine) => Promise<string[]>): Promise<string[]> {
  const signature = written.signature ?? { inputs: [], outputs: [] }
  const engine = await onnxEngine(written.parts ?? [], signature)
  try {
    return await ask(engine)
  } finally {
    await engine.close()
  }
}

/** What a writer says that it left out is not expected of the copy. */
function withoutLosses(asked: Answers, { signature, diagnostics }: Written): Answers {
  if (asked.kind !== 'table' || !signature || diagnostics.every(({ severity }) => severity !== 'lossy')) return asked
  const kept = new Set(signature.outputs.flatMap(({ columns = [] }) => columns))
  const places = asked.expected.columns.flatMap((column, k) => (kept.has(column) ? [k] : []))
  const pick = (cells: readonly string[]) => places.map((k) => cells[k] ?? '')
  return { ...asked, expected: { columns: pick(asked.expected.columns), rows: asked.expected.rows.map(pick) } }
}

/** What the written ONNX file says of its inputs and outputs when it is read back. */
async function signatureProblems(written: Written): Promise<string[]> {
  const { source } = await openBytes(await joinParts(written.parts ?? []), 'converted.onnx')
  const [said, read] = [JSON.stringify(written.signature), JSON.stringify(source.runnable?.signature)]
  return said === read ? [] : [`read back as ${read} instead of ${said}`]
}

/** A blocked target must be said to be so, with a hint: by the reader, the lowering or the writer. */
async function blockedProblems({ set, entry }: CaseRun): Promise<string[]> {
  const targets = Object.keys(entry.blocked ?? {})
  try {
    const { source } = await openFixture(set, entry)
    const lowered = await lowerModel(source)
    const problems: string[] = []
    for (const target of targets) {
      const { parts, diagnostics } = await writeModel(formats, lowered, target)
      const promised = await checkModel(formats, lowered, target)
      if (JSON.stringify(promised) !== JSON.stringify(diagnostics))
        problems.push(`${target}: a check promised otherwise`)
      const reasons = diagnostics.filter((d) => d.severity === 'blocked')
      if (parts || reasons.length === 0) problems.push(`${target} is not blocked`)
      else if (reasons.some((d) => !d.hint))
        problems.push(`${target} is blocked without a hint: ${reasons[0]?.message}`)
    }
    await source.close?.()
    return problems
  } catch (error) {
    if (error instanceof PortolanError && error.hint && !entry.targets.length) return []
    throw error
  }
}
