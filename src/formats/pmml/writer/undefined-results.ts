import type { Element } from './element.ts'
import type { Column, Field } from './field.ts'

/** Functions that are undefined for some finite numbers. */
const PARTIAL: ReadonlySet<string> = new Set(['/', 'acos', 'asin', 'ln', 'ln1p', 'log10', 'modulo', 'pow', 'sqrt'])

/** Functions that are undefined only where infinite numbers meet, or meet zero. */
const UNDEFINED_AT_INFINITY: ReadonlySet<string> = new Set(['*', '+', '-', 'cos', 'product', 'sin', 'sum', 'tan'])

/** Functions with poles, or that leave the range of a double soon. */
const UNBOUNDED: ReadonlySet<string> = new Set(['/', 'cosh', 'exp', 'expm1', 'ln', 'ln1p', 'log10', 'pow', 'sinh'])

/**
 * Whether a function can give NaN for arguments that are present. A tensor runtime goes on with the NaN, as with a missing value;
 * JPMML-Evaluator (1.7, ExpressionUtil.evaluateApply) refuses the row unless the Apply says `invalidValueTreatment="asMissing"`.
 */
export function canBeUndefined(fn: string, args: readonly Column[]): boolean {
  const last = args.at(-1)
  if (PARTIAL.has(fn)) {
    const constant = args.length === 2 && last?.kind === 'constant' ? Number(last.value) : undefined
    return constant === undefined || !(fn === 'pow' ? Number.isInteger(constant) : constant !== 0)
  }
  if (!UNDEFINED_AT_INFINITY.has(fn)) return false
  const varying = args.filter((arg) => arg.kind !== 'constant' || !Number.isFinite(arg.value) || arg.value === 0)
  return (args.length === 1 || varying.length > 1) && varying.some(isInfiniteSomewhere)
}

function isInfiniteSomewhere(column: Column): boolean {
  switch (column.kind) {
    case 'constant':
      return !Number.isFinite(column.value)
    case 'indicator':
      return false
    case 'field':
      return column.field.definition !== undefined && reachesInfinity(column.field.definition)
    case 'expression':
      return reachesInfinity(column)
  }
}

const known = new WeakMap<Element, boolean>()

/** Whether an expression may become infinite; `inputs` are the fields that it refers to. Data are finite. */
function reachesInfinity({ expression, inputs }: { expression: Element; inputs: readonly Field[] }): boolean {
  const before = known.get(expression)
  if (before !== undefined) return before
  const result = hasPole(expression, inputs)
  known.set(expression, result)
  return result
}

function hasPole(expression: Element, inputs: readonly Field[]): boolean {
  const children = expression.children.filter((child) => typeof child !== 'string')
  const reaches = (child: Element) => reachesInfinity({ expression: child, inputs })
  switch (expression.name) {
    case 'Constant':
      return expression.children.some((text) => text === 'INF' || text === '-INF')
    case 'FieldRef': {
      const definition = inputs.find(({ name }) => name === expression.attributes.field)?.definition
      return definition !== undefined && reachesInfinity(definition)
    }
    case 'Apply': {
      const fn = String(expression.attributes.function)
      const [first, second] = children
      const constant = second?.name === 'Constant' ? Number(second.children[0]) : Number.NaN
      const isBounded = (fn === '/' && Math.abs(constant) > 0) || (fn === 'pow' && constant >= 0)
      if (isBounded) return first !== undefined && reaches(first)
      return UNBOUNDED.has(fn) || (fn === 'if' ? children.slice(1) : children).some(reaches)
    }
    default:
      return false
  }
}
