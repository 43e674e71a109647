import type { ValueName } from '../../../../../core/ir/builder.ts'
import type { MlAttributes } from '../../../../../core/ops/ml/attributes.ts'
import type { XmlElement } from '../../../../../encodings/xml/parse-xml.ts'
import { block } from '../../blocked.ts'
import {
  childNamed,
  childrenNamed,
  numberAttribute,
  requireAttribute,
  requireChild,
  requireNumber,
} from '../../elements.ts'
import type { ModelEnv } from '../prediction.ts'
import { vectorColumns, vectorsById } from './vectors.ts'

type Kernel = Pick<MlAttributes['ml.kernelMachine'], 'kernel' | 'gamma' | 'coef0' | 'degree'>

function kernelOf(model: XmlElement): Kernel {
  const element = model.children.find(({ name }) => name.endsWith('KernelType')) ?? block(model, 'it has no kernel')
  const number = (name: string) => numberAttribute(element, name) ?? 1
  const none = { gamma: 1, coef0: 0, degree: 1 }
  switch (element.name) {
    case 'LinearKernelType':
      return { kernel: 'linear', ...none }
    case 'PolynomialKernelType':
      return { kernel: 'poly', gamma: number('gamma'), coef0: number('coef0'), degree: number('degree') }
    case 'RadialBasisKernelType':
      return { kernel: 'rbf', ...none, gamma: number('gamma') }
    case 'SigmoidKernelType':
      return { kernel: 'sigmoid', ...none, gamma: number('gamma'), coef0: number('coef0') }
    default:
      return block(element, 'this kernel is not known')
  }
}

/** sign · (Σ coefficient · kernel) + offset of each machine: [N, machines]. */
export interface MachineTransform {
  readonly sign: 1 | -1
  readonly offset: number
}

/** The decisions of all machines of a SupportVectorMachineModel as one hub value [N, K]. */
export function machineDecisions(
  env: ModelEnv,
  machines: readonly XmlElement[],
  transforms: readonly MachineTransform[],
): ValueName {
  const { ctx, model } = env
  const columns = vectorColumns(env)
  const table = ctx.tables.table(columns)
  if (table.width !== columns.length) return block(model, 'its vectors name a field twice')
  const coefficientsOf = (machine: XmlElement) => requireChild(machine, 'Coefficients')
  const intercepts = Float64Array.from(machines, (machine, k) => {
    const { sign, offset } = transforms[k] as MachineTransform
    return sign * (numberAttribute(coefficientsOf(machine), 'absoluteValue') ?? 0) + offset
  })
  const numbers = machines.map((machine, k) => {
    const { sign } = transforms[k] as MachineTransform
    return childrenNamed(coefficientsOf(machine), 'Coefficient').map((c) => sign * (numberAttribute(c, 'value') ?? 0))
  })
  if (machines.every((machine) => !childNamed(machine, 'SupportVectors'))) {
    const coefficients = new Float64Array(machines.length * columns.length)
    for (const [k, row] of numbers.entries()) {
      if (row.length !== columns.length)
        return block(machines[k] as XmlElement, `${row.length} coefficients for ${columns.length} fields`)
      for (const [i, value] of row.entries()) coefficients[k * columns.length + (table.index[i] as number)] = value
    }
    return ctx.hub.ml('ml.linear', table.inputs, { coefficients, intercepts })
  }
  const vectors = vectorsById(model, columns.length)
  const ids = [...vectors.keys()]
  const position = new Map(ids.map((id, i) => [id, i]))
  const supportVectors = new Float64Array(ids.length * columns.length)
  for (const [s, id] of ids.entries()) {
    const vector = vectors.get(id) as Float64Array
    for (const [i, at] of table.index.entries()) supportVectors[s * columns.length + at] = vector[i] as number
  }
  const coefficients = new Float64Array(machines.length * ids.length)
  for (const [k, machine] of machines.entries()) {
    const support = childrenNamed(requireChild(machine, 'SupportVectors'), 'SupportVector')
    const row = numbers[k] as number[]
    if (row.length !== support.length) return block(machine, `${row.length} coefficients for ${support.length} vectors`)
    for (const [i, vector] of support.entries()) {
      const id = requireAttribute(vector, 'vectorId')
      const at = position.get(id) ?? block(vector, `there is no vector ${id}`)
      coefficients[k * ids.length + at] = (coefficients[k * ids.length + at] as number) + (row[i] as number)
    }
  }
  return ctx.hub.ml('ml.kernelMachine', table.inputs, { ...kernelOf(model), supportVectors, coefficients, intercepts })
}

export const thresholdOf = (model: XmlElement, machine: XmlElement): number =>
  numberAttribute(machine, 'threshold') ??
  (model.attributes['threshold'] === undefined ? 0 : requireNumber(model, 'threshold'))
