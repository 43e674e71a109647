import { apply, type Expression, number } from '../../../../../core/ops/ml/expression.ts'
import type { XmlElement } from '../../../../../encodings/xml/parse-xml.ts'
import { block } from '../../blocked.ts'
import { type Formula, FormulaBuilder, mapFormula } from '../../columns/formula.ts'
import { attribute, childNamed, childrenNamed, parseNumber, requireAttribute, requireNumber } from '../../elements.ts'
import { indicatorOf } from '../../expressions/compile.ts'
import { parseValue } from '../../fields/data-type.ts'
import type { LinearTerm } from '../linear-scores.ts'
import type { ModelEnv } from '../prediction.ts'

/** PPCells and PCells of one target category; undefined for those of all. */
export type CategoryText = string | undefined

/** A linear predictor: Σ β · Π of what each parameter stands for (PMML 4.4, General Regression, PPMatrix and ParamMatrix). */
export class ParameterTable {
  readonly #env: ModelEnv
  readonly #factors: ReadonlySet<string>
  readonly #cells: readonly XmlElement[]
  readonly #betas: readonly XmlElement[]

  constructor(env: ModelEnv) {
    const { model } = env
    this.#env = env
    this.#factors = new Set(predictorsOf(model, 'FactorList'))
    this.#cells = childrenNamed(model, 'PPMatrix').flatMap((matrix) => childrenNamed(matrix, 'PPCell'))
    this.#betas = childrenNamed(model, 'ParamMatrix').flatMap((matrix) => childrenNamed(matrix, 'PCell'))
  }

  /** Whether there are coefficients of their own for a category. */
  has(category: string): boolean {
    return this.#betas.some((cell) => attribute(cell, 'targetCategory') === category)
  }

  /** The linear predictor with the coefficients of a category, or with those of all. */
  row(category: CategoryText): { terms: LinearTerm[]; intercept: number } {
    const terms: LinearTerm[] = []
    let intercept = 0
    for (const cell of this.#betas) {
      if (attribute(cell, 'targetCategory') !== category) continue
      const beta = requireNumber(cell, 'beta')
      const column = this.#column(requireAttribute(cell, 'parameterName'), category)
      if (column) terms.push({ column, coefficient: beta })
      else intercept += beta
    }
    return { terms, intercept }
  }

  /** What a parameter is multiplied with; undefined for an intercept. */
  #column(parameter: string, category: CategoryText): Formula | undefined {
    const cells = this.#cells.filter((cell) => attribute(cell, 'parameterName') === parameter)
    const own = cells.filter((cell) => attribute(cell, 'targetCategory') === category)
    const chosen = own.length > 0 ? own : cells.filter((cell) => attribute(cell, 'targetCategory') === undefined)
    const factors = chosen.map((cell) => this.#factor(cell))
    const [only] = factors
    if (factors.length <= 1) return only
    const builder = new FormulaBuilder()
    const parts = factors.map((factor) => builder.inline(this.#env.ctx.settled(factor)))
    return builder.build(
      parts.reduce<Expression>((a, b) => apply('*', a, b), number(1)),
      false,
    )
  }

  /** A covariate to a power, or whether a factor has a value. */
  #factor(cell: XmlElement): Formula {
    const { ctx, scope } = this.#env
    const name = requireAttribute(cell, 'predictorName')
    const text = requireAttribute(cell, 'value')
    const field = scope.field(name)
    if (!this.#factors.has(name)) {
      const exponent = parseNumber(text, 'the exponent of a covariate')
      return exponent === 1
        ? field.formula
        : mapFormula(ctx.settled(field.formula), false, (x) => apply('pow', x, number(exponent)))
    }
    const value = parseValue(text, field.dataType)
    if (field.neverMissing) return indicatorOf(ctx, field.formula, value)
    return mapFormula(ctx.settled(field.formula), false, (x) =>
      apply('equal', x, { kind: 'constant', value, type: field.formula.isText ? 'string' : 'number' }),
    )
  }
}

function predictorsOf(model: XmlElement, list: string): string[] {
  const element = childNamed(model, list)
  if (!element) return []
  return childrenNamed(element, 'Predictor').map((predictor) => {
    if (childNamed(predictor, 'Categories') && childNamed(predictor, 'Matrix')) {
      return block(predictor, 'contrast matrices are not supported')
    }
    return requireAttribute(predictor, 'name')
  })
}
