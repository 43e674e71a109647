import type { Tensor } from '../../../../core/ir/tensor.ts'
import { type ComputeType, computed } from '../weight-tensors.ts'

/**
 * A kernel [inputs, gates · units] as ONNX has it, [1, gates · units, inputs], with the gates in another order: gate g of the
 * result is gate `order[g]` of Keras.
 */
export function gateKernel(kernel: Tensor, order: readonly number[], dtype: ComputeType): Tensor {
  const [inputs = 0, width = 0] = kernel.shape
  const units = width / order.length
  return computed(dtype, [1, width, inputs], [kernel], ([data], result) => {
    let to = 0
    for (const gate of order) {
      for (let unit = 0; unit < units; unit++) {
        for (let i = 0; i < inputs; i++) result[to++] = data![i * width + gate * units + unit]!
      }
    }
  })
}

/** Biases of the input and of the recurrence, [1, 2 · gates · units]; Keras has one of them [g · u] or both [2, g · u]. */
export function gateBias(bias: Tensor, order: readonly number[], dtype: ComputeType): Tensor {
  const width = bias.shape.at(-1) as number
  const units = width / order.length
  const rows = bias.shape.length === 2 ? 2 : 1
  return computed(dtype, [1, 2 * width], [bias], ([data], result) => {
    for (let row = 0; row < rows; row++) {
      for (const [g, gate] of order.entries()) {
        for (let unit = 0; unit < units; unit++) {
          result[row * width + g * units + unit] = data![row * width + gate * units + unit]!
        }
      }
    }
  })
}
