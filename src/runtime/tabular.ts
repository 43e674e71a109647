import type { Feature, ModelInput } from '../core/ir/model.ts'
import type { Engine } from './predict.ts'
import type { TextTable } from './table.ts'

/**
 * The engine's inputs with features, so that rows of a table can feed it: a plain tensor [N, C] or [N] is taken as C
 * columns in order, named as the table names them. Inputs of other shapes stay as they are.
 */
export function tabularInputs(engine: Engine, table: TextTable): ModelInput[] {
  const widths = engine.inputs.map((input) => input.features?.length ?? widthOf(engine, input, table))
  let next = 0
  return engine.inputs.map((input, i) => {
    const first = next
    next += widths[i] ?? 0
    if (input.features || widths[i] === undefined) return input
    const dtype = engine.inputValues.find(({ name }) => name === input.value)?.dtype
    const features = table.columns
      .slice(first, next)
      .map(
        (name): Feature =>
          dtype === 'string'
            ? { name, kind: 'categorical', dataType: 'string' }
            : { name, kind: 'continuous', dataType: 'double' },
      )
    return { value: input.value, features }
  })
}

/** Columns that a plain tensor takes; undefined when it is no table. */
function widthOf(engine: Engine, input: ModelInput, table: TextTable): number | undefined {
  const shape = engine.inputValues.find(({ name }) => name === input.value)?.shape
  if (shape === undefined || shape === null) return engine.inputs.length === 1 ? table.columns.length : undefined
  if (shape.length === 1) return 1
  if (shape.length !== 2) return undefined
  const width = shape[1]
  return typeof width === 'number' ? width : engine.inputs.length === 1 ? table.columns.length : undefined
}
