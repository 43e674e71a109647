import { closeSync, openSync, writeSync } from 'node:fs'
import { streamPart } from '../../src/core/bytes/parts.ts'
import { GraphBuilder } from '../../src/core/ir/builder.ts'
import { tensorOf } from '../../src/core/ir/tensor.ts'
import { hubOps } from '../../src/core/ops/hub-ops.ts'
import { writeModel } from '../../src/core/pipeline.ts'
import { formats } from '../../src/formats/registry.ts'

const WIDTH = 4096
const LAYERS = 16

/** Writes an ONNX file of 1 GiB: sixteen matrices of 4096 × 4096. */
export async function writeLargeOnnx(path: string): Promise<void> {
  const b = new GraphBuilder('large', hubOps)
  let value = b.input('x', { dtype: 'float32', shape: ['N', WIDTH] })
  for (let layer = 0; layer < LAYERS; layer++) {
    const weights = Float32Array.from({ length: WIDTH * WIDTH }, (_, i) => ((i * 31 + layer) % 1009) / 1e6)
    value = b.op('MatMul', [value, b.constant(tensorOf('float32', [WIDTH, WIDTH], weights), `w${layer}`)])
  }
  const model = {
    graph: b.build([value]),
    inputs: [{ value: 'x' }],
    outputs: [{ value, role: 'other' as const }],
    metadata: {},
  }
  const { parts = [] } = await writeModel(formats, { model, diagnostics: [] }, 'onnx')
  const file = openSync(path, 'w')
  for (const part of parts) for await (const bytes of streamPart(part)) writeSync(file, bytes)
  closeSync(file)
}
