import type { Diagnostic } from '../../core/diagnostics.ts'

/** Thrown by `block` and caught by the driver, which goes on with the next node. */
export class Blocked extends Error {
  readonly diagnostic: Diagnostic

  constructor(diagnostic: Diagnostic) {
    super(diagnostic.message)
    this.name = 'Blocked'
    this.diagnostic = diagnostic
  }
}
