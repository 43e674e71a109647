import type { PyView } from '../../../encodings/pickle/view.ts'
import { columnsNamed } from './column-selection.ts'
import { type Columns, renamed } from './columns.ts'
import { pipelineTransform } from './composition.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'

/** The transformers of a feature in sequence: a TransformerPipeline, one transformer, a list of them, or None. */
function featureColumns(ctx: LoweringContext, transformers: PyView, columns: Columns): Columns {
  if (!transformers.isKind('list')) return ctx.transform(transformers, columns)
  return transformers.items().reduce((table, transformer) => ctx.transform(transformer, table), columns)
}

/** sklearn_pandas.DataFrameMapper (2.2): features side by side, then the columns that none of them selects. */
function dataFrameMapper(ctx: LoweringContext, mapper: PyView, columns: Columns): Columns {
  const features = (mapper.optional('built_features') ?? mapper.attr('features')).items()
  const used = new Set<string>()
  const results = ctx.each(features, (feature) => {
    const selected = columnsNamed(feature.item(0), columns)
    for (const each of selected) if (each.name !== undefined) used.add(each.name)
    return featureColumns(ctx, feature.item(1), selected)
  })
  const rest = mapper.find('built_default') ?? mapper.find('default')
  const dropped = new Set(
    mapper
      .optional('drop_cols')
      ?.items()
      .map((item) => item.value) ?? [],
  )
  if (rest !== undefined && rest.value !== false) {
    const others = columns.filter(({ name }) => name !== undefined && !used.has(name) && !dropped.has(name))
    results.push(rest.isNone ? others : featureColumns(ctx, rest, others))
  }
  const table = results.flat()
  if (mapper.optional('df_out')?.value !== true) return renamed(table)
  return renamed(
    table,
    mapper
      .attr('transformed_names_')
      .items()
      .map((name) => String(name.value)),
  )
}

export const sklearnPandas: readonly EstimatorLowering[] = [
  { operator: 'sklearn_pandas.DataFrameMapper', produces: [], transform: dataFrameMapper },
  { operator: 'sklearn_pandas.TransformerPipeline', produces: [], transform: pipelineTransform },
]
