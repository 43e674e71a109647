import { PortolanError } from '../core/errors.ts'
import type { TensorPlace } from '../worker/model-service.ts'
import type { WeightsView } from '../worker/weights.ts'
import { sessionsOf } from './document-access.ts'

/** Looks into a tensor. Rejects when its elements can not be read. */
export async function readWeights(id: string, place: TensorPlace): Promise<WeightsView> {
  return (await clientOf(id)).weights(place)
}

/** Some elements of a tensor as text, in row-major order from `offset`. */
export async function readWeightsPage(
  id: string,
  place: TensorPlace,
  offset: number,
  length: number,
): Promise<readonly string[]> {
  return (await clientOf(id)).weightsPage({ ...place, offset, length })
}

/** A tensor as a .npy file. */
export async function weightsFile(id: string, place: TensorPlace): Promise<Blob> {
  return (await clientOf(id)).weightsFile(place)
}

async function clientOf(id: string) {
  const session = sessionsOf(id)?.model
  if (!session) throw new PortolanError('cancelled', 'The model was closed.')
  return session.client()
}
