import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../ir/builder.ts'
import { int64, lazyTensor, tensorOf } from '../ir/tensor.ts'
import { hubOps } from '../ops/hub-ops.ts'
import type { EvalTensor } from '../ops/spec.ts'
import { evaluate } from './evaluate.ts'
import { loadTensor, storeTensor } from './tensor-values.ts'

const f32 = (values: readonly number[], shape: readonly number[] = [values.length]): EvalTensor => ({
  dtype: 'float32',
  shape,
  data: Float64Array.from(values),
})

const listOf = (t: EvalTensor | undefined) => Array.from(t?.data as Float64Array)

function builder(shape: readonly (number | string)[] = ['N', 2]) {
  const b = new GraphBuilder('test', hubOps)
  return { b, x: b.input('x', { dtype: 'float32', shape }) }
}

describe('evaluate', () => {
  it('computes in float64 whatever the element type, and rounds at a Cast only', async () => {
    const { b, x } = builder([1])
    const third = b.op('Div', [x, b.float32([3])])
    const graph = b.build([third, b.op('Cast', [third], { to: 'float32' })])
    const { Div_out: exact, Cast_out: rounded } = await evaluate(graph, { x: f32([1]) })
    expect(listOf(exact)).toEqual([1 / 3])
    expect(listOf(rounded)).toEqual([Math.fround(1 / 3)])
  })

  it('rounds inputs to the declared element type', async () => {
    const { b, x } = builder([1])
    const graph = b.build([b.op('Cast', [x], { to: 'float64' })])
    const { Cast_out: y } = await evaluate(graph, { x: { dtype: 'float64', shape: [1], data: Float64Array.of(0.1) } })
    expect(listOf(y)).toEqual([Math.fround(0.1)])
  })

  it('gives outputs that are inputs or constants', async () => {
    const { b, x } = builder([1])
    const graph = b.build([x, b.constant(int64([7]), 'seven')])
    const result = await evaluate(graph, { x: f32([2]) })
    expect([listOf(result['x']), listOf(result['seven'])]).toEqual([[2], [7]])
  })

  it('loads a constant when it is needed, once', async () => {
    const { b, x } = builder([1])
    let loads = 0
    const lazy = lazyTensor('float16', [1], async () => {
      loads++
      return Uint16Array.of(0x3e00)
    })
    const c = b.constant(lazy)
    const graph = b.build([b.op('Add', [b.op('Mul', [b.op('Cast', [x], { to: 'float16' }), c]), c])])
    expect(loads).toBe(0)
    expect(listOf((await evaluate(graph, { x: f32([2]) }))['Add_out'])).toEqual([4.5])
    expect(loads).toBe(1)
  })

  it('refuses inputs that do not fit', async () => {
    const { b, x } = builder()
    const y = b.input('y', { dtype: 'float32', shape: ['N'] })
    const graph = b.build([b.op('Add', [x, b.op('Unsqueeze', [y, b.int64([1])])])])
    const good = f32([1, 2, 3, 4], [2, 2])
    await expect(evaluate(graph, { x: good })).rejects.toThrow('the input y is missing')
    await expect(evaluate(graph, { x: f32([1, 2], [2]), y: f32([1]) })).rejects.toThrow('[2]')
    await expect(evaluate(graph, { x: good, y: f32([1, 2, 3]) })).rejects.toMatchObject({
      code: 'invalid-input',
      hint: 'The input y is float32[N].',
    })
    const text = { dtype: 'string' as const, shape: [2], data: ['a', 'b'] }
    await expect(evaluate(graph, { x: good, y: text })).rejects.toThrow('text')
  })

  it('names the node and where it came from when an operator fails', async () => {
    const { b, x } = builder()
    const rows = b.input('rows', { dtype: 'int64', shape: [1] })
    const y = b.at('embedding', () => b.op('Gather', [x, rows], {}, { label: 'embed' }))
    const inputs = { x: f32([1, 2], [1, 2]), rows: { dtype: 'int64' as const, shape: [1], data: Float64Array.of(5) } }
    await expect(evaluate(b.build([y]), inputs)).rejects.toMatchObject({
      message: 'embed (Gather): the index 5 is out of range for an axis of size 1',
      context: { node: 'embed', origin: 'embedding' },
    })
  })

  it('stops when the signal says so', async () => {
    const { b, x } = builder()
    const controller = new AbortController()
    controller.abort()
    const run = evaluate(b.build([b.op('Neg', [x])]), { x: f32([1, 2], [1, 2]) }, { signal: controller.signal })
    await expect(run).rejects.toMatchObject({ name: 'AbortError' })
  })
})

describe('control flow', () => {
  it('If runs one branch, which reads values and constants around it and its own', async () => {
    const { b, x } = builder([1])
    const outer = b.op('Mul', [x, b.float32([10])])
    const branch = (op: string, by: number) => {
      const body = b.child(op)
      return body.build([body.op(op, [outer, body.float32([by])])])
    }
    const y = b.op('If', [b.op('Greater', [x, b.float32([0])])], {
      then_branch: branch('Add', 1),
      else_branch: branch('Sub', 2),
    })
    const graph = b.build([y])
    expect(graph.types.get(y)).toEqual({ dtype: 'float32', shape: [1] })
    expect(listOf((await evaluate(graph, { x: f32([3]) }))[y])).toEqual([31])
    expect(listOf((await evaluate(graph, { x: f32([-3]) }))[y])).toEqual([-32])
  })

  it('Loop carries states, stops at its condition and stacks what the steps give', async () => {
    const { b, x } = builder([1])
    const body = b.child('body')
    body.input('i', { dtype: 'int64', shape: [] })
    body.input('go', { dtype: 'bool', shape: [] })
    const state = body.input('state', { dtype: 'float32', shape: [1] })
    const next = body.op('Add', [state, x])
    const small = body.op('Squeeze', [body.op('Less', [next, body.float32([5])])])
    const loop = b.ops(
      'Loop',
      [b.constant(int64([10], [])), '', x],
      { body: body.build([small, next, next]) },
      { outputs: 2 },
    )
    const graph = b.build(loop)
    expect(graph.types.get(loop[1] as string)).toEqual({ dtype: 'float32', shape: [null, 1] })
    const result = await evaluate(graph, { x: f32([2]) })
    expect(listOf(result[loop[0] as string])).toEqual([6])
    expect(result[loop[1] as string]).toEqual(f32([4, 6], [2, 1]))
  })

  it('Scan walks an axis backwards and puts its results along another', async () => {
    const { b, x } = builder([2, 3])
    const body = b.child('body')
    const sum = body.input('sum', { dtype: 'float32', shape: [2] })
    const column = body.input('column', { dtype: 'float32', shape: [2] })
    const total = body.op('Add', [sum, column])
    const scan = b.ops(
      'Scan',
      [b.float32([0, 0]), x],
      {
        body: body.build([total, total]),
        num_scan_inputs: 1,
        scan_input_axes: [1],
        scan_input_directions: [1],
        scan_output_axes: [1],
      },
      { outputs: 2 },
    )
    const graph = b.build(scan)
    expect(graph.types.get(scan[1] as string)?.shape).toEqual([2, 3])
    const result = await evaluate(graph, { x: f32([1, 2, 3, 4, 5, 6], [2, 3]) })
    expect(listOf(result[scan[0] as string])).toEqual([6, 15])
    expect(listOf(result[scan[1] as string])).toEqual([3, 5, 6, 6, 11, 15])
  })
})

describe('constants as values', () => {
  it.each([
    ['float32', Float32Array.of(0.5, -2)],
    ['float16', Uint16Array.of(0x3c00, 0x8001, 0x7bff)],
    ['bfloat16', Uint16Array.of(0x3f80, 0xc2c8)],
    ['int64', BigInt64Array.of(-(2n ** 53n), 7n, 2n ** 63n - 1n)],
    ['uint8', Uint8Array.of(0, 255)],
    ['bool', Uint8Array.of(0, 1)],
    ['string', ['a', '']],
  ] as const)('%s survives the way into the evaluator and back', async (dtype, data) => {
    const tensor = tensorOf(dtype, [data.length], data)
    expect(storeTensor(await loadTensor(tensor)).data).toEqual(data)
  })
})
