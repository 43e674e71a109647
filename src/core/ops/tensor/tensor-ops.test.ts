import { describe, expect, it } from 'vitest'
import { storeTensor } from '../../evaluate/tensor-values.ts'
import type { DType } from '../../ir/dtype.ts'
import type { Attributes } from '../../ir/graph.ts'
import type { Tensor } from '../../ir/tensor.ts'
import { opTable } from '../registry.ts'
import type { EvalTensor, OpSpec } from '../spec.ts'
import fixture from './fixtures/cases.json'
import { tensorOps } from './index.ts'
import { OPERATOR_SCHEMAS } from './schemas.generated.ts'

interface StoredTensor {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly data: readonly (number | string)[]
}

interface StoredCase {
  readonly name: string
  readonly op: string
  readonly attributes: Readonly<Record<string, unknown>>
  readonly inputs: readonly (StoredTensor | null)[]
  readonly outputs: readonly StoredTensor[]
}

const ops = opTable(tensorOps)
const cases = fixture.cases as unknown as readonly StoredCase[]

const value = (t: StoredTensor): EvalTensor => ({
  dtype: t.dtype as DType,
  shape: t.shape,
  data: t.dtype === 'string' ? (t.data as readonly string[]) : Float64Array.from(t.data, Number),
})

function attributesOf(stored: StoredCase): Attributes {
  return Object.fromEntries(
    Object.entries(stored.attributes).map(([name, v]) => [
      name,
      typeof v === 'object' && v !== null && 'tensor' in v ? storeTensor(value(v.tensor as StoredTensor)) : v,
    ]),
  )
}

function infer(spec: OpSpec, stored: StoredCase, constant: (index: number) => Tensor | undefined) {
  return spec.infer({
    op: stored.op,
    attributes: attributesOf(stored),
    inputs: stored.inputs.map((t) => (t ? { dtype: t.dtype as DType, shape: t.shape } : undefined)),
    outputCount: stored.outputs.length,
    constant,
  })
}

function expectClose(actual: EvalTensor, expected: EvalTensor): void {
  expect(actual.dtype).toBe(expected.dtype)
  expect(actual.shape).toEqual(expected.shape)
  const tolerance = expected.dtype === 'float16' ? 1e-3 : 2e-5
  for (const [i, want] of Array.from(expected.data as ArrayLike<number | string>).entries()) {
    const got = actual.data[i]
    if (typeof want === 'string' || !Number.isFinite(want)) expect(got, `element ${i}`).toEqual(want)
    else
      expect(Math.abs((got as number) - want), `element ${i}: ${got}, not ${want}`).toBeLessThanOrEqual(
        tolerance * Math.max(1, Math.abs(want)),
      )
  }
}

describe(`tensor operators against the reference evaluator of onnx ${fixture.onnx}`, () => {
  it.each(cases.map((stored) => [stored.name, stored] as const))('%s', (_, stored) => {
    const spec = ops.get(stored.op) as OpSpec
    const context = {
      op: stored.op,
      attributes: attributesOf(stored),
      outputCount: stored.outputs.length,
      run: () => [],
    }
    const inputs = stored.inputs.map((t) => (t ? value(t) : undefined))
    const outputs = spec.evaluate(inputs, context)
    for (const [i, expected] of stored.outputs.entries()) expectClose(outputs[i] as EvalTensor, value(expected))
  })

  it.each(cases.map((stored) => [stored.name, stored] as const))('%s: inferred types', (_, stored) => {
    const spec = ops.get(stored.op) as OpSpec
    const tensors = stored.inputs.map((t) => t && storeTensor(value(t)))
    const known = infer(spec, stored, (index) => tensors[index] ?? undefined)
    const unknown = infer(spec, stored, () => undefined)
    for (const [i, { dtype, shape }] of stored.outputs.entries()) {
      for (const type of [known[i], unknown[i]]) {
        expect(type?.dtype).toBe(dtype)
        if (!type?.shape) continue
        expect(type.shape.map((d, axis) => (typeof d === 'number' ? d : shape[axis]))).toEqual(shape)
      }
    }
  })
})

describe('the operator table', () => {
  it('has a specification for every schema, and a schema for every specification', () => {
    expect([...ops.keys()].sort()).toEqual(Object.keys(OPERATOR_SCHEMAS).sort())
  })

  it('refuses an attribute that the operator does not have at this opset', () => {
    const squeeze = ops.get('Squeeze') as OpSpec
    const node = { op: 'Squeeze', inputs: [{ dtype: 'float32' as const, shape: [1, 3] }], outputCount: 1 }
    expect(() => squeeze.infer({ ...node, attributes: { axes: [0] }, constant: () => undefined })).toThrow(
      /no attribute axes/,
    )
  })
})
