import { MalformedFileError } from '../../../../core/errors.ts'
import type { Field } from './field.ts'

type Definition = () => Field

/**
 * The fields that one model sees: its own, then those of the models around it. A field is made when it is first
 * looked at, so that what nobody reads does not become part of the hub graph.
 */
export class Scope {
  readonly #parent: Scope | undefined
  readonly #definitions = new Map<string, Definition>()
  readonly #fields = new Map<string, Field>()
  readonly #open = new Set<string>()

  constructor(parent?: Scope) {
    this.#parent = parent
  }

  /** Defines a field; a later definition of the name hides an earlier one. */
  define(name: string, definition: Definition): void {
    this.#definitions.set(name, definition)
    this.#fields.delete(name)
  }

  has(name: string): boolean {
    return this.#definitions.has(name) || (this.#parent?.has(name) ?? false)
  }

  /** Whether this scope itself defines the name. */
  hasOwn(name: string): boolean {
    return this.#definitions.has(name)
  }

  get parent(): Scope | undefined {
    return this.#parent
  }

  /** Throws MalformedFileError for a field that nobody defines, or that is defined by itself. */
  field(name: string): Field {
    const known = this.#fields.get(name)
    if (known) return known
    const definition = this.#definitions.get(name)
    if (!definition) {
      if (this.#parent) return this.#parent.field(name)
      throw new MalformedFileError(`PMML: there is no field ${name}`)
    }
    if (this.#open.has(name)) throw new MalformedFileError(`PMML: the field ${name} is derived from itself`)
    this.#open.add(name)
    try {
      const field = definition()
      this.#fields.set(name, field)
      return field
    } finally {
      this.#open.delete(name)
    }
  }
}
