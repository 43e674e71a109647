import type { ValueName } from '../../../core/ir/builder.ts'

/** What a value of the file is beside, or instead of, a value of the hub. */
export type Aside = Sequence | Text | Tokens

/** A sequence of tensors whose number is known. */
export interface Sequence {
  readonly kind: 'sequence'
  readonly parts: readonly ValueName[]
}

/** A text whose case was changed at most. */
export interface Text {
  readonly kind: 'text'
  /** As it was before. */
  readonly text: ValueName
  readonly lowercase: boolean
}

/** The tokens of texts. */
export interface Tokens {
  readonly kind: 'tokens'
  readonly text: ValueName
  readonly lowercase: boolean
  /** A regular expression that matches a token or what stands between two. */
  readonly pattern: string
  readonly patternMatches: 'tokens' | 'separators'
}
