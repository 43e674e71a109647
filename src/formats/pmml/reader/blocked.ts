import type { Diagnostic } from '../../../core/diagnostics.ts'
import { PortolanError } from '../../../core/errors.ts'
import type { XmlElement } from '../../../encodings/xml/parse-xml.ts'
import { describe } from './elements.ts'

/** Thrown by a lowering that can not go on with its element; the driver makes a diagnostic of it and looks for more. */
export class Blocked extends PortolanError {
  readonly element: XmlElement

  constructor(element: XmlElement, message: string, hint: string) {
    super('blocked', `${describe(element)}: ${message}`, { hint })
    this.name = 'Blocked'
    this.element = element
  }
}

/** What can be done about an element that nothing else can express. */
const LEAVE_OUT = 'Export the model without it, or score the document with a PMML engine.'

/** Gives up on an element. Never returns. */
export function block(element: XmlElement, message: string, hint = LEAVE_OUT): never {
  throw new Blocked(element, message, hint)
}

/** What stopped the lowering of a model, as a finding; anything that is no fault of the file is thrown on. */
export function asDiagnostic(error: unknown, origin: readonly string[], operator: string): Diagnostic {
  if (!(error instanceof PortolanError) || error.code === 'internal' || error.code === 'cancelled') throw error
  return {
    severity: 'blocked',
    code: error instanceof Blocked ? 'unsupported-element' : 'invalid-element',
    message: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    origin,
    operator,
  }
}
