/** How bad it is: `info` nothing is lost, `approximate` numbers may differ a little, `lossy` something is gone,
 * `blocked` the conversion can not be made. */
export type Severity = 'info' | 'approximate' | 'lossy' | 'blocked'

/** Something a user should know about a model or a conversion. Loss is data, not an exception. */
export interface Diagnostic {
  severity: Severity
  /** Stable kebab-case identifier of the kind of finding, for scripts: `unsupported-operator`, `float-inputs`, … */
  code: string
  /** What and where. */
  message: string
  /** What to do now. */
  hint?: string
  /** Ids of the source nodes it is about. */
  origin: readonly string[]
  /** The operator it is about, in the source's (or hub's) own name. */
  operator?: string
}

const ORDER: readonly Severity[] = ['info', 'approximate', 'lossy', 'blocked']

/** The worst severity in a list; `info` for an empty one. */
export function worstSeverity(diagnostics: readonly Diagnostic[]): Severity {
  let worst = 0
  for (const d of diagnostics) worst = Math.max(worst, ORDER.indexOf(d.severity))
  return ORDER[worst] ?? 'info'
}
