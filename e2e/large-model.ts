/** A field of a protobuf message: a varint for a number, else length and bytes. */
function field(number: number, value: number | string | Uint8Array): Uint8Array {
  if (typeof value === 'number') return Uint8Array.from([...varint(number << 3), ...varint(value)])
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value
  return message(Uint8Array.from([...varint((number << 3) | 2), ...varint(bytes.length)]), bytes)
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))]
}

const message = (...fields: readonly Uint8Array[]) => joined(fields)

function joined(fields: readonly Uint8Array[]): Uint8Array {
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
  const graph = message(
    ...nodeProtos,
    field(2, 'attention'),
    field(11, floats('x', 8, 8)),
    field(11, floats('mask', 8, 8)),
    field(12, floats(`y${layers - 1}`, 8, 8)),
  )
  return modelProto(graph)
}

/** A ValueInfoProto of float32. */
function floats(name: string, ...shape: readonly number[]): Uint8Array {
  const dimensions = shape.map((size) => field(1, field(1, size)))
  return message(field(1, name), field(2, field(1, message(field(1, 1), field(2, message(...dimensions))))))
}

const modelProto = (graph: Uint8Array) =>
  message(field(1, 10), field(7, graph), field(8, field(2, 21)), field(8, message(field(1, 'ai.onnx.ml'), field(2, 3))))

/** AttributeProtos; lists are packed. */
const attribute = {
  integer: (name: string, value: number) => message(field(1, name), field(3, value), field(20, 2)),
  integers: (name: string, values: readonly number[]) =>
    message(field(1, name), field(8, Uint8Array.from(values.flatMap(varint))), field(20, 7)),
  numbers: (name: string, values: readonly number[]) =>
    message(field(1, name), field(7, new Uint8Array(Float32Array.from(values).buffer)), field(20, 6)),
  texts: (name: string, values: readonly string[]) =>
    joined([field(1, name), ...values.map((value) => field(9, value)), field(20, 8)]),
  graph: (name: string, value: Uint8Array) => message(field(1, name), field(6, value), field(20, 5)),
}

/** An ONNX file of a forest of full trees: quickly read, and long to be written out as PMML. */
export function largeForest(trees: number, depth: number): Uint8Array {
  const inner = 2 ** (depth - 1) - 1
  const size = 2 ** depth - 1
  const each = <T>(make: (node: number, tree: number) => T) =>
    Array.from({ length: trees * size }, (_, i) => make(i % size, Math.floor(i / size)))
  const leaves = <T>(make: (node: number, tree: number) => T) =>
    Array.from({ length: trees * (size - inner) }, (_, i) =>
      make(inner + (i % (size - inner)), Math.floor(i / (size - inner))),
    )
  const node = message(
    field(1, 'x'),
    field(2, 'y'),
    field(3, 'forest'),
    field(4, 'TreeEnsembleRegressor'),
    field(7, 'ai.onnx.ml'),
    ...[
      attribute.integer('n_targets', 1),
      attribute.integers(
        'nodes_treeids',
        each((_, tree) => tree),
      ),
      attribute.integers(
        'nodes_nodeids',
        each((i) => i),
      ),
      attribute.integers(
        'nodes_featureids',
        each((i) => i % 4),
      ),
      attribute.texts(
        'nodes_modes',
        each((i) => (i < inner ? 'BRANCH_LEQ' : 'LEAF')),
      ),
      attribute.numbers(
        'nodes_values',
        each((i) => (i < inner ? i / size : 0)),
      ),
      attribute.integers(
        'nodes_truenodeids',
        each((i) => (i < inner ? 2 * i + 1 : 0)),
      ),
      attribute.integers(
        'nodes_falsenodeids',
        each((i) => (i < inner ? 2 * i + 2 : 0)),
      ),
      attribute.integers(
        'target_treeids',
        leaves((_, tree) => tree),
      ),
      attribute.integers(
        'target_nodeids',
        leaves((i) => i),
      ),
      attribute.integers(
        'target_ids',
        leaves(() => 0),
      ),
      attribute.numbers(
        'target_weights',
        leaves((i) => i / size),
      ),
    ].map((proto) => field(5, proto)),
  )
  return modelProto(
    message(field(1, node), field(2, 'forest'), field(11, floats('x', 1, 4)), field(12, floats('y', 1, 1))),
  )
}

/** An ONNX file of a loop that does not come to its end. */
export function endlessModel(): Uint8Array {
  const scalar = (name: string, type: number) =>
    message(field(1, name), field(2, field(1, message(field(1, type), field(2, new Uint8Array())))))
  const operator = (opType: string, inputs: readonly string[], output: string, ...rest: Uint8Array[]) =>
    message(...inputs.map((name) => field(1, name)), field(2, output), field(3, output), field(4, opType), ...rest)
  const body = message(
    field(1, operator('Identity', ['go'], 'goes')),
    field(1, operator('Sin', ['sum'], 'next')),
    field(2, 'body'),
    field(11, scalar('i', 7)),
    field(11, scalar('go', 9)),
    field(11, floats('sum', 4)),
    field(12, scalar('goes', 9)),
    field(12, floats('next', 4)),
  )
  const trips = message(field(2, 7), field(7, Uint8Array.from(varint(2 ** 50))), field(8, 'trips'))
  return modelProto(
    message(
      field(1, operator('Loop', ['trips', '', 'x'], 'y', field(5, attribute.graph('body', body)))),
      field(2, 'endless'),
      field(5, trips),
      field(11, floats('x', 4)),
      field(12, floats('y', 4)),
    ),
  )
}

/** A PMML file of one tree that takes a while to read. */
export function longPmml(depth: number): Uint8Array {
  const node = (level: number, predicate: string): string =>
    level === depth
      ? `<Node score="${level}">${predicate}</Node>`
      : `<Node>${predicate}${['lessOrEqual', 'greaterThan']
          .map((operator) => node(level + 1, `<SimplePredicate field="x" operator="${operator}" value="${level}"/>`))
          .join('')}</Node>`
  return new TextEncoder().encode(
    `<?xml version="1.0"?><PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/>
    <DataDictionary><DataField name="x" optype="continuous" dataType="double"/>
    <DataField name="y" optype="continuous" dataType="double"/></DataDictionary>
    <TreeModel functionName="regression" splitCharacteristic="binarySplit"><MiningSchema>
    <MiningField name="x"/><MiningField name="y" usageType="target"/></MiningSchema>${node(0, '<True/>')}</TreeModel></PMML>`,
  )
}
