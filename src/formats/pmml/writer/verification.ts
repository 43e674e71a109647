import type { PmmlContext } from './context.ts'
import { type Element, el } from './element.ts'
import { type DataType, formatValue } from './field.ts'

/** Two answers are the same when they differ by no more than this, relative to the expected one. */
const PRECISION = 1e-6
/** Expected answers closer to zero than this are zero. */
const ZERO_THRESHOLD = 1e-9

/**
 * ModelVerification: rows with the answers that a consumer of the document must get, by field names. Columns that the
 * document has no field for are left out, and so are missing values.
 */
export function modelVerification(ctx: PmmlContext): Element | undefined {
  const rows = ctx.options.verification ?? ctx.model.verification
  if (!rows || rows.length === 0) return undefined
  const types = new Map<string, DataType>(ctx.dataFields.map(({ field }) => [field.name, field.dataType]))
  for (const { targets, outputs } of ctx.segments) {
    for (const { name, dataType } of targets) types.set(name, dataType)
    for (const { name, dataType, final } of outputs) if (final) types.set(name, dataType)
  }
  const fields = Array.from(types.keys()).filter((name) => rows.some((row) => row[name] !== undefined))
  const column = (i: number) => `c${i + 1}`
  const cells = (row: (typeof rows)[number]) =>
    fields.flatMap((name, i): Element[] => {
      const value = row[name]
      if (value === undefined || value === '' || Number.isNaN(value)) return []
      return [el(column(i), {}, formatValue(value, types.get(name) ?? 'double'))]
    })
  if (fields.length === 0) return undefined
  return el(
    'ModelVerification',
    { recordCount: rows.length, fieldCount: fields.length },
    el(
      'VerificationFields',
      {},
      fields.map((field, i) =>
        el('VerificationField', {
          field,
          column: column(i),
          ...(isNumber(types.get(field)) ? { precision: PRECISION, zeroThreshold: ZERO_THRESHOLD } : {}),
        }),
      ),
    ),
    el(
      'InlineTable',
      {},
      rows.map((row) => el('row', {}, cells(row))),
    ),
  )
}

const isNumber = (dataType: DataType | undefined) => dataType === 'double' || dataType === 'float'
