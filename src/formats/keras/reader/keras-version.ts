/** What the version that wrote a file means for its numbers. */
export interface KerasVersion {
  /** 1, 2 or 3. */
  readonly major: number
  /** Keras of several backends, before it became TensorFlow's (2.4): tf.keras of that time wrote `2.2.4-tf`. */
  readonly isMultiBackend: boolean
}

/** Of `2.2.4`, `2.2.4-tf`, `3.15.1`; Keras before 1.2 does not say its version. */
export function kerasVersion(text = '1'): KerasVersion {
  const [major = 1, minor = 0] = text.split('.').map((part) => Number.parseInt(part, 10))
  return { major, isMultiBackend: major < 3 && (major < 2 || minor < 4) && !text.endsWith('-tf') }
}
