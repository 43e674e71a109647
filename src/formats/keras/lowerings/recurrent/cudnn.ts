import type { Tensor } from '../../../../core/ir/tensor.ts'
import type { KerasLayer } from '../../reader/keras-layer.ts'
import { type ComputeType, computed } from '../weight-tensors.ts'

/** The cell that computes the same, and its number of gates. */
const CELLS: Readonly<Record<string, { readonly className: string; readonly gates: number }>> = {
  CuDNNLSTMCell: { className: 'LSTMCell', gates: 4 },
  CuDNNGRUCell: { className: 'GRUCell', gates: 3 },
}

/**
 * The cell of CuDNNLSTM or CuDNNGRU as that of LSTM or GRU; any other as it is. The weights are laid out as NVIDIA's
 * library has them (_convert_rnn_weights in keras/src/saving/legacy/hdf5_format.py, Keras 2.15).
 */
export function withoutCuDnn(cell: KerasLayer, dtype: ComputeType): KerasLayer {
  const known = Object.hasOwn(CELLS, cell.className) ? CELLS[cell.className] : undefined
  if (!known) return cell
  const convert = (name: string, layout: (tensor: Tensor) => Tensor) => {
    const tensor = cell.weights.get(name)
    return tensor ? ([[name, layout(tensor)]] as const) : []
  }
  const weights = new Map([
    ...convert('kernel', (t) => inputKernel(t, known.gates, dtype)),
    ...convert('recurrent_kernel', (t) => recurrentKernel(t, known.gates, dtype)),
    ...convert('bias', (t) => (known.className === 'LSTMCell' ? addedBias(t, dtype) : bothBiases(t, dtype))),
  ])
  const settings = { activation: 'tanh', recurrent_activation: 'sigmoid', use_bias: true, reset_after: true }
  return { ...cell, className: known.className, config: cell.config.with(settings), weights }
}

/** [inputs, gates · units]: the elements of each gate, read row by row, are the columns of Keras one after another. */
function inputKernel(kernel: Tensor, gates: number, dtype: ComputeType): Tensor {
  const [inputs = 0, width = 0] = kernel.shape
  const units = width / gates
  return computed(dtype, [inputs, width], [kernel], ([data], result) => {
    for (let gate = 0; gate < gates; gate++) {
      for (let place = 0; place < inputs * units; place++) {
        const [row, column] = [place % inputs, Math.floor(place / inputs)]
        const from = Math.floor(place / units) * width + gate * units + (place % units)
        result[row * width + gate * units + column] = data![from]!
      }
    }
  })
}

/** [units, gates · units]: each gate is transposed. */
function recurrentKernel(kernel: Tensor, gates: number, dtype: ComputeType): Tensor {
  const [units = 0, width = 0] = kernel.shape
  return computed(dtype, [units, width], [kernel], ([data], result) => {
    for (let gate = 0; gate < gates; gate++) {
      for (let row = 0; row < units; row++) {
        for (let column = 0; column < units; column++) {
          result[row * width + gate * units + column] = data![column * width + gate * units + row]!
        }
      }
    }
  })
}

/** [2 · width], of the input and of the recurrence → their sum [width] */
function addedBias(bias: Tensor, dtype: ComputeType): Tensor {
  const width = (bias.shape[0] as number) / 2
  return computed(dtype, [width], [bias], ([data], result) => {
    for (let i = 0; i < width; i++) result[i] = data![i]! + data![width + i]!
  })
}

/** [2 · width] → [2, width] */
function bothBiases(bias: Tensor, dtype: ComputeType): Tensor {
  return computed(dtype, [2, (bias.shape[0] as number) / 2], [bias], ([data], result) =>
    result.set(data as ArrayLike<number>),
  )
}
