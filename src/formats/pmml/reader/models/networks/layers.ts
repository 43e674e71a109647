import type { ValueName } from '../../../../../core/ir/builder.ts'
import { apply, column, type Expression, number } from '../../../../../core/ops/ml/expression.ts'
import type { XmlElement } from '../../../../../encodings/xml/parse-xml.ts'
import { block } from '../../blocked.ts'
import { childrenNamed, numberAttribute, requireAttribute, requireChild, requireNumber } from '../../elements.ts'
import { derivedField } from '../../fields/derived-field.ts'
import type { ModelEnv } from '../prediction.ts'
import { activated, activationOf, layerSetting } from './activation.ts'

/** Neurons whose outputs are columns of one table. */
interface Layer {
  readonly values: readonly ValueName[]
  /** Column of each neuron by its id. */
  readonly columns: ReadonlyMap<string, number>
  readonly width: number
}

/** The layers of a network, inputs first. */
export function networkLayers(env: ModelEnv): Layer[] {
  const layers = [inputLayer(env)]
  for (const element of childrenNamed(env.model, 'NeuralLayer')) layers.push(nextLayer(env, element, layers))
  return layers
}

function inputLayer({ ctx, scope, model }: ModelEnv): Layer {
  const inputs = childrenNamed(requireChild(model, 'NeuralInputs'), 'NeuralInput')
  const formulas = inputs.map((input) => derivedField(ctx, scope, requireChild(input, 'DerivedField')).formula)
  const table = ctx.tables.table(formulas)
  const columns = new Map(inputs.map((input, i) => [requireAttribute(input, 'id'), table.index[i] as number]))
  return { values: table.inputs, columns, width: table.width }
}

function nextLayer(env: ModelEnv, element: XmlElement, before: readonly Layer[]): Layer {
  const { ctx, model } = env
  const neurons = childrenNamed(element, 'Neuron')
  const previous = layersRead(element, neurons, before)
  const offsets = new Map<string, number>()
  let width = 0
  for (const layer of previous) {
    for (const [id, at] of layer.columns) offsets.set(id, width + at)
    width += layer.width
  }
  const inputs = previous.flatMap(({ values }) => values)
  const raw =
    activationOf(model, element) === 'radialBasis'
      ? radialBasis(env, element, neurons, inputs, offsets)
      : activated(env, element, weightedSums(env, neurons, inputs, offsets, width), neurons.length)
  const normalization = layerSetting(model, element, 'normalizationMethod') ?? 'none'
  if (normalization !== 'none' && normalization !== 'softmax' && normalization !== 'simplemax') {
    return block(element, `the normalization method ${normalization} is not known`)
  }
  const output = normalization === 'none' ? raw : ctx.hub.ml('ml.link', [raw], { function: normalization })
  return {
    values: [output],
    columns: new Map(neurons.map((neuron, i) => [requireAttribute(neuron, 'id'), i])),
    width: neurons.length,
  }
}

/** The layers that a layer's connections come from, in order. */
function layersRead(element: XmlElement, neurons: readonly XmlElement[], before: readonly Layer[]): Layer[] {
  const sources = new Set(
    neurons.flatMap((neuron) => childrenNamed(neuron, 'Con').map((con) => requireAttribute(con, 'from'))),
  )
  const known = before.filter(({ columns }) => [...sources].some((id) => columns.has(id)))
  for (const id of sources) {
    if (!before.some(({ columns }) => columns.has(id))) return block(element, `there is no neuron ${id} before it`)
  }
  return known.length > 0 ? known : before.slice(-1)
}

function weightedSums(
  { ctx }: ModelEnv,
  neurons: readonly XmlElement[],
  inputs: readonly ValueName[],
  offsets: ReadonlyMap<string, number>,
  width: number,
): ValueName {
  const coefficients = new Float64Array(neurons.length * width)
  const intercepts = Float64Array.from(neurons, (neuron) => numberAttribute(neuron, 'bias') ?? 0)
  for (const [k, neuron] of neurons.entries()) {
    for (const con of childrenNamed(neuron, 'Con')) {
      const at = k * width + (offsets.get(requireAttribute(con, 'from')) as number)
      coefficients[at] = (coefficients[at] as number) + requireNumber(con, 'weight')
    }
  }
  return ctx.hub.ml('ml.linear', inputs, { coefficients, intercepts })
}

/** exp(n · ln altitude − Σ (x − w)² / 2 width²), n being the number of connections. */
function radialBasis(
  { ctx, model }: ModelEnv,
  element: XmlElement,
  neurons: readonly XmlElement[],
  inputs: readonly ValueName[],
  offsets: ReadonlyMap<string, number>,
): ValueName {
  const setting = (name: string) => numberAttribute(element, name) ?? numberAttribute(model, name)
  const altitude = setting('altitude') ?? 1
  const expressions = neurons.map((neuron) => {
    const width = numberAttribute(neuron, 'width') ?? setting('width') ?? block(neuron, 'it has no width')
    const connections = childrenNamed(neuron, 'Con')
    const squares = connections.map((con): Expression => {
      const gap = apply(
        '-',
        column(offsets.get(requireAttribute(con, 'from')) as number),
        number(requireNumber(con, 'weight')),
      )
      return apply('*', gap, gap)
    })
    const sum = squares.reduce((a, b) => apply('+', a, b))
    const exponent = apply('/', sum, number(-2 * width * width))
    return apply(
      'exp',
      altitude === 1 ? exponent : apply('+', exponent, number(connections.length * Math.log(altitude))),
    )
  })
  return ctx.hub.ml('ml.expression', inputs, { expressions, type: 'number' })
}
