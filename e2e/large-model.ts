/** A field of a protobuf message: a varint for a number, else length and bytes. */
function field(number: number, value: number | string | Uint8Array): Uint8Array {
  if (typeof value === 'number') return Uint8Array.from([...varint(number << 3), ...varint(value)])
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value
  return message(Uint8Array.from([...varint((number << 3) | 2), ...varint(bytes.length)]), bytes)
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))]
}

function message(...fields: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(fields.reduce((sum, { length }) => sum + length, 0))
  let end = 0
  for (const part of fields) {
    whole.set(part, end)
    end += part.length
  }
  return whole
}

type Operator = readonly [opType: string, inputs: readonly string[], output: string]

/** One attention layer on x: three branches, and a mask that all layers share. */
const layer = (i: number, x: string): Operator[] => [
  ['Relu', [x], `q${i}`],
  ['Sigmoid', [x], `k${i}`],
  ['Tanh', [x], `v${i}`],
  ['Neg', [`q${i}`], `q${i}n`],
  ['Neg', [`k${i}`], `k${i}n`],
  ['Mul', [`q${i}n`, `k${i}n`], `qk${i}`],
  ['Add', [`qk${i}`, 'mask'], `masked${i}`],
  ['Softmax', [`masked${i}`], `scores${i}`],
  ['Mul', [`scores${i}`, `v${i}`], `mixed${i}`],
  ['Add', [`mixed${i}`, x], `y${i}`],
]

/** An ONNX file (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto) of a deep attention network without weights. */
export function largeModel(nodes: number): Uint8Array {
  const layers = Math.floor(nodes / 10)
  const operators = Array.from({ length: layers }, (_, i) => layer(i, i === 0 ? 'x' : `y${i - 1}`)).flat()
  const nodeProtos = operators.map(([opType, inputs, output]) =>
    field(
      1,
      message(...inputs.map((name) => field(1, name)), field(2, output), field(3, `make_${output}`), field(4, opType)),
    ),
  )
  const dimension = field(1, field(1, 8))
  const type = field(1, message(field(1, 1), field(2, message(dimension, dimension))))
  const value = (name: string) => message(field(1, name), field(2, type))
  const graph = message(
    ...nodeProtos,
    field(2, 'attention'),
    field(11, value('x')),
    field(11, value('mask')),
    field(12, value(`y${layers - 1}`)),
  )
  return message(field(1, 10), field(7, graph), field(8, field(2, 21)))
}
