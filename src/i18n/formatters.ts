/** Numbers as a language writes them. */
export interface Formatters {
  /** `150,528` */
  integer(value: number): string
  /** A measured number: five significant digits, scientific where it is very small or large. */
  number(value: number): string
  /** `1.2 MB`, decimal units. */
  bytes(size: number): string
  /** `0.42 ms`, `1.3 s` */
  milliseconds(time: number): string
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

/** @param language BCP 47 tag */
export function formatters(language: string): Formatters {
  const integers = new Intl.NumberFormat(language, { maximumFractionDigits: 0, useGrouping: 'always' })
  const decimals = new Intl.NumberFormat(language, { maximumSignificantDigits: 5 })
  const scientific = new Intl.NumberFormat(language, { notation: 'scientific', maximumSignificantDigits: 4 })
  const significant = new Intl.NumberFormat(language, { maximumSignificantDigits: 3 })
  const unit = (name: string, digits: number) =>
    new Intl.NumberFormat(language, { style: 'unit', unit: name, maximumSignificantDigits: digits })
  return {
    integer: (value) => integers.format(value),
    number(value) {
      const size = Math.abs(value)
      if (!Number.isFinite(value)) return String(value)
      return size !== 0 && (size < 1e-4 || size >= 1e7)
        ? scientific.format(value).replace('E', 'e')
        : decimals.format(value)
    },
    bytes(size) {
      const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, size)) / 3)))
      return unit(UNITS[power] ?? 'byte', 3).format(size / 1000 ** power)
    },
    milliseconds: (time) => (time < 1000 ? `${significant.format(time)} ms` : `${significant.format(time / 1000)} s`),
  }
}
