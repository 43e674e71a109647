import type { Diagnostic } from '../core/diagnostics.ts'

/** `blocked: message [node] — hint`. */
export function formatDiagnostic({ severity, message, hint, origin }: Diagnostic): string {
  const where = origin.length > 0 ? ` [${origin.slice(0, 3).join(', ')}${origin.length > 3 ? ', …' : ''}]` : ''
  return `${severity}: ${message}${where}${hint ? ` — ${hint}` : ''}`
}
