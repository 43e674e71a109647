import type { ByteSource } from '../../../core/bytes/byte-source.ts'
import type { ReadOptions } from '../../../core/format.ts'
import type { GraphProto, ModelProto, TensorProto } from '../proto/onnx-types.ts'
import type { ExternalFiles } from '../proto/tensor-data.ts'

/** TensorProto.DataLocation.EXTERNAL */
const EXTERNAL = 1

function* tensorsOf(graph: GraphProto): Generator<TensorProto> {
  yield* graph.initializer
  for (const node of graph.node) {
    for (const attribute of node.attribute) {
      if (attribute.type === 'TENSOR') yield attribute.t
      if (attribute.type === 'GRAPH') yield* tensorsOf(attribute.g)
    }
  }
}

/** Whether tensors of the model stand in other files. */
export function hasExternalData(model: ModelProto): boolean {
  if (!model.graph) return false
  for (const tensor of tensorsOf(model.graph)) if (tensor.dataLocation === EXTERNAL) return true
  return false
}

/** Opens the files of external data that a model names, each once, where `sibling` finds them. */
export async function openExternalFiles(model: ModelProto, sibling: ReadOptions['sibling']): Promise<ExternalFiles> {
  const locations = new Set<string>()
  for (const tensor of model.graph ? tensorsOf(model.graph) : []) {
    if (tensor.dataLocation !== EXTERNAL) continue
    const location = tensor.externalData.find(({ key }) => key === 'location')?.value
    if (location !== undefined) locations.add(location)
  }
  const files = new Map<string, ByteSource>()
  for (const location of locations) {
    const file = await sibling?.(location)
    if (file) files.set(location, file)
  }
  return (location) => files.get(location)
}
