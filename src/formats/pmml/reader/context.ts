import type { Diagnostic } from '../../../core/diagnostics.ts'
import { GraphBuilder, type ValueName } from '../../../core/ir/builder.ts'
import { hubOps } from '../../../core/ops/hub-ops.ts'
import type { XmlElement } from '../../../encodings/xml/parse-xml.ts'
import { type Formula, formulaOfValue, isInlined } from './columns/formula.ts'
import { Tables } from './columns/tables.ts'
import type { PmmlDocument } from './document.ts'

/** What lowering one document shares: the hub graph being built and what was found on the way. */
export class LowerContext {
  readonly document: PmmlDocument
  readonly hub: GraphBuilder
  readonly tables: Tables
  readonly diagnostics: Diagnostic[] = []
  readonly #origins: ReadonlyMap<XmlElement, string>
  readonly #noted = new Set<string>()
  #ensembles = 0

  /** Whether a hub value is one of the graph's inputs. */
  readonly isInput: (value: ValueName) => boolean

  constructor(
    document: PmmlDocument,
    origins: ReadonlyMap<XmlElement, string>,
    anyInput: () => ValueName,
    isInput: (value: ValueName) => boolean,
  ) {
    this.isInput = isInput
    this.document = document
    this.hub = new GraphBuilder('pmml', hubOps)
    this.tables = new Tables(this.hub, anyInput)
    this.#origins = origins
  }

  /** A number for an ensemble that is to be built. */
  nextEnsemble(): number {
    return this.#ensembles++
  }

  /** The source nodes of an element; those in force where the element is not shown. */
  originOf(element: XmlElement): readonly string[] {
    const id = this.#origins.get(element)
    return id === undefined ? this.hub.origin : [id]
  }

  /** What `fn` adds to the hub comes from this element. */
  at<T>(element: XmlElement, fn: () => T): T {
    return this.hub.at(this.originOf(element), fn)
  }

  /** The formula as a hub value of its own when it is too large to be repeated. */
  settled(formula: Formula): Formula {
    return isInlined(formula) ? formula : formulaOfValue(this.tables.value(formula), formula.isText)
  }

  /** Tells the user something once. */
  note(severity: 'info' | 'approximate' | 'lossy', code: string, message: string, element: XmlElement): void {
    const key = `${code} ${message}`
    if (this.#noted.has(key)) return
    this.#noted.add(key)
    this.diagnostics.push({ severity, code, message, origin: this.originOf(element) })
  }
}
