import { PortolanError } from '../core/errors.ts'
import type { FormatDescriptor } from '../core/format.ts'
import { coreml } from './coreml/format.ts'
import { keras } from './keras/format.ts'
import { mleap } from './mleap/format.ts'
import { onnx } from './onnx/format.ts'
import { pmml } from './pmml/format.ts'
import { pytorch } from './pytorch/format.ts'
import { r } from './r/format.ts'
import { sklearn } from './sklearn/format.ts'
import { tensorflow } from './tensorflow/format.ts'

/** The one list of formats, in the order in which the page shows them. */
export const formats: readonly FormatDescriptor[] = distinct([
  onnx,
  pmml,
  sklearn,
  keras,
  tensorflow,
  pytorch,
  r,
  mleap,
  coreml,
])

function distinct(list: readonly FormatDescriptor[]): readonly FormatDescriptor[] {
  const ids = new Set<string>()
  for (const { id } of list) {
    if (ids.has(id)) throw new PortolanError('internal', `the format ${id} is registered twice`)
    ids.add(id)
  }
  return list
}
