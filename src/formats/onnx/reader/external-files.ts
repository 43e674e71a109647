import type { ByteSource } from '../../../core/bytes/byte-source.ts'
import type { ReadOptions } from '../../../core/format.ts'
import { isExternal, locationOf, tensorsOf } from '../proto/external-data.ts'
import type { ModelProto } from '../proto/onnx-types.ts'

/** The files of external data that a model names, each once. */
function externalLocations(model: ModelProto): Set<string> {
  const tensors = model.graph ? [...tensorsOf(model.graph)] : []
  return new Set(tensors.filter(isExternal).flatMap((tensor) => locationOf(tensor) ?? []))
}

export interface ExternalData {
  /** Those that were found, by their location. */
  readonly files: ReadonlyMap<string, ByteSource>
  /** Whether all of them were found. */
  readonly isComplete: boolean
}

/** Opens the files of external data that a model names where `sibling` finds them. */
export async function openExternalFiles(model: ModelProto, sibling: ReadOptions['sibling']): Promise<ExternalData> {
  const locations = externalLocations(model)
  const files = new Map<string, ByteSource>()
  for (const location of locations) {
    const file = await sibling?.(location)
    if (file) files.set(location, file)
  }
  return { files, isComplete: files.size === locations.size }
}
