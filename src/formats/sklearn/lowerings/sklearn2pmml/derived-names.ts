import type { PyView } from '../../../../encodings/pickle/view.ts'

/** What JPMML calls the fields that a transformer derives, where it is not the class name itself. */
const FUNCTION_NAMES: Readonly<Record<string, string>> = {
  SplineTransformer: 'bspline',
  BSplineTransformer: 'bspline',
  PowerTransformer: 'power',
  QuantileTransformer: 'quantile',
  CutTransformer: 'cut',
  ExpressionTransformer: 'eval',
  FunctionTransformer: 'function',
}

function functionName(transformer: PyView): string {
  const { className } = transformer
  const known = FUNCTION_NAMES[className]
  return known ?? `${className.charAt(0).toLowerCase()}${className.slice(1)}`
}

/** The column that an expression `X[i]` is about and nothing else. */
function referredColumn(transformer: PyView): number | undefined {
  const expression = transformer.className === 'ExpressionTransformer' ? transformer.attr('expr').value : undefined
  const position = typeof expression === 'string' ? /^X\[(\d+)\]$/.exec(expression)?.[1] : undefined
  return position === undefined ? undefined : Number(position)
}

/** Branches side by side; how wide they are is known of those that name themselves, and of one more. */
function unionNames(union: PyView, inputs: readonly string[], count: number): string[] {
  const branches = union
    .attr('transformer_list')
    .items()
    .map((branch) => branch.item(1))
  return branches.flatMap((branch) => derivedNames(branch, inputs, branches.length === 1 ? count : 1))
}

/**
 * Names of the columns that a transformer makes of others, as JPMML gives them: `normalizer(predict(y1))`,
 * `standardScaler(power(predict(y)))`, `bspline(predict(y), 0)`, or what an Alias says.
 */
export function derivedNames(transformer: PyView, inputs: readonly string[], count: number): string[] {
  if (transformer.className === 'Alias') return [transformer.attr('name').string()]
  if (transformer.className === 'MultiAlias') return transformer.attr('names').strings()
  if (transformer.className === 'Pipeline') {
    const steps = transformer
      .attr('steps')
      .items()
      .map((step) => step.item(1))
    return steps.reduce<readonly string[]>(
      (names, step, i) => derivedNames(step, names, i === steps.length - 1 ? count : names.length),
      inputs,
    ) as string[]
  }
  if (transformer.className === 'BusinessDecisionTransformer') {
    return derivedNames(transformer.attr('transformer_'), inputs, count)
  }
  if (transformer.className === 'FeatureUnion') return unionNames(transformer, inputs, count)
  if (transformer.className === 'Recaller') return transformer.attr('names').strings()
  if (transformer.className === 'IdentityTransformer') return [...inputs]
  const referred = referredColumn(transformer)
  if (referred !== undefined) return [`xref(${inputs[referred]})`]
  if (transformer.className === 'FeatureExporter') return transformer.attr('names').strings()
  const name = functionName(transformer)
  const all = Array.from({ length: count }, (_, i) =>
    count === inputs.length ? `${name}(${inputs[i]})` : `${name}(${inputs.join(', ')}, ${i})`,
  )
  const isStandardized =
    transformer.className === 'PowerTransformer' && transformer.optional('standardize')?.value === true
  return isStandardized ? all.map((each) => `standardScaler(${each})`) : all
}
