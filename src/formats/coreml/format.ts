import type { Detection, FormatDescriptor, Probe } from '../../core/format.ts'
import { memberEndingWith, protobufFields } from '../probing.ts'

const ID = 'coreml'

/** Model.proto's `oneof Type` starts at 200; versions 1–10 exist. */
const FIRST_TYPE_FIELD = 200
const MAX_SPECIFICATION_VERSION = 30

async function detect(probe: Probe): Promise<Detection | null> {
  if (memberEndingWith(probe, 'Manifest.json') && probe.entries?.some((name) => name.endsWith('.mlmodel'))) {
    return { format: ID, variant: 'Core ML package (.mlpackage, zip)', confidence: 1 }
  }
  const fields = await protobufFields(probe.source)
  const [version, description] = fields ?? []
  if (
    !fields ||
    version?.number !== 1 ||
    version.wireType !== 0 ||
    description?.number !== 2 ||
    description.wireType !== 2
  )
    return null
  const known = fields.every(({ number }) => number <= 2 || number === 10 || number >= FIRST_TYPE_FIELD)
  const typed = fields.some(({ number, wireType }) => number >= FIRST_TYPE_FIELD && wireType === 2)
  if (!known || !typed || version.value < 1 || version.value > MAX_SPECIFICATION_VERSION) return null
  return { format: ID, variant: 'Core ML model (.mlmodel)', confidence: 0.95 }
}

export const coreml: FormatDescriptor = {
  id: ID,
  name: 'Core ML',
  extensions: ['.mlmodel', '.mlpackage.zip'],
  mimeType: 'application/octet-stream',
  purpose: 'Running on iPhone, iPad and Mac, on the neural engine where there is one.',
  audience: 'Swift and Objective-C apps on Apple platforms.',
  documentation: 'https://apple.github.io/coremltools/mlmodel/index.html',
  detect,
}
