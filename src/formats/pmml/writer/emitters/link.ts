import type { Node } from '../../../../core/ir/graph.ts'
import type { LinkFunction, MlAttributes } from '../../../../core/ops/ml/attributes.ts'
import type { Emitter, PmmlContext } from '../context.ts'
import { linkBehind } from '../decisions.ts'
import { type Column, number } from '../field.ts'
import { applied } from './columns.ts'
import { plus } from './products.ts'

/** ml.link in the middle of a model: the probabilities as expressions of the scores. */
export const linkEmitters: Readonly<Record<string, Emitter>> = {
  'ml.link': link,
  Softmax: (ctx, node) => {
    const found = linkBehind(ctx, node.outputs[0] ?? '')
    if (!found)
      return ctx.block(node, 'unsupported-axis', 'a softmax over anything but the columns of a row has no PMML form')
    return rowWise(ctx, 'softmax', ctx.columns(found.scores)) ?? []
  },
}

function link(ctx: PmmlContext, node: Node): readonly Column[] {
  const { function: fn, complement } = node.attributes as unknown as MlAttributes['ml.link']
  const scores = ctx.columns(node.inputs[0] ?? '')
  const columns = rowWise(ctx, fn, scores) ?? scores.map((score) => elementWise(ctx, node, fn, score))
  if (!complement) return columns
  const [p] = columns
  if (!p) return ctx.block(node, 'malformed', 'a link without its score')
  const named: Column = { kind: 'field', field: ctx.field(p, `${node.id}(1)`) }
  return [applied(ctx, '-', number(1), named), named]
}

function rowWise(ctx: PmmlContext, fn: LinkFunction, scores: readonly Column[]): Column[] | undefined {
  if (fn !== 'softmax' && fn !== 'simplemax') return undefined
  const named = scores.map((score): Column => ({ kind: 'field', field: ctx.field(score, 'score') }))
  // the largest score is taken off first: exp overflows at 710
  const largest: Column = { kind: 'field', field: ctx.field(applied(ctx, 'max', ...named), 'largest') }
  const terms =
    fn === 'simplemax' ? named : named.map((score) => applied(ctx, 'exp', applied(ctx, '-', score, largest)))
  const fields = terms.map((term): Column => ({ kind: 'field', field: ctx.field(term, 'weight') }))
  const sum: Column = { kind: 'field', field: ctx.field(plus(ctx, fields), 'sum') }
  return fields.map((field) => applied(ctx, '/', field, sum))
}

function elementWise(ctx: PmmlContext, node: Node, fn: LinkFunction, x: Column): Column {
  const call = (name: string, ...args: Column[]) => applied(ctx, name, ...args)
  const negative = call('-', number(0), x)
  switch (fn) {
    case 'identity':
      return x
    case 'logit':
      return call('/', number(1), call('+', number(1), call('exp', negative)))
    case 'exp':
      return call('exp', x)
    case 'inverse':
      return call('/', number(1), x)
    case 'probit':
      return call('stdNormalCDF', x)
    case 'cloglog':
      return call('-', number(1), call('exp', call('-', number(0), call('exp', x))))
    case 'loglog':
      return call('exp', call('-', number(0), call('exp', negative)))
    case 'cauchit':
      return call('+', number(0.5), call('/', call('atan', x), number(Math.PI)))
    default:
      return ctx.block(node, 'unsupported-link', `the link ${fn} has no PMML expression`)
  }
}
