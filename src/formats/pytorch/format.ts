import type { Detection, FormatDescriptor, Probe } from '../../core/format.ts'
import { latin1, memberEndingWith, startsWith } from '../probing.ts'

const ID = 'pytorch'

/** torch.save before 1.6 pickles this number first (torch/serialization.py, MAGIC_NUMBER). */
const LEGACY_MAGIC = [0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]

const WEIGHTS_ONLY = {
  message: 'This file holds weights only: tensors by name, without the network that computes with them',
  hint: 'In Python, load the weights into the model and export that: torch.onnx.export(model, example_inputs, "model.onnx").',
}

async function detect(probe: Probe): Promise<Detection | null> {
  return detectZip(probe) ?? detectLegacy(probe) ?? detectTar(probe) ?? detectSafetensors(probe)
}

function detectZip(probe: Probe): Detection | null {
  const found = (variant: string): Detection => ({ format: ID, variant, confidence: 1 })
  if (memberEndingWith(probe, 'archive_format') || memberEndingWith(probe, 'serialized_exported_program.json')) {
    return found('PyTorch exported program (.pt2)')
  }
  if (!memberEndingWith(probe, 'data.pkl') || !memberEndingWith(probe, 'version')) return null
  if (probe.entries?.some((name) => /(^|\/)code\/.+\.py$/.test(name))) return found('TorchScript module')
  return found('PyTorch zip file')
}

function detectLegacy(probe: Probe): Detection | null {
  if (!startsWith(probe.content, [0x80]) || !startsWith(probe.content, LEGACY_MAGIC, 2)) return null
  return { format: ID, variant: 'PyTorch file of before 1.6', confidence: 1 }
}

function detectTar(probe: Probe): Detection | null {
  if (!startsWith(probe.content, 'ustar', 257)) return null
  const names = latin1(probe.content)
  if (!names.includes('storages') || !names.includes('tensors')) return null
  return { format: ID, variant: 'PyTorch file of before 0.2 (tar)', confidence: 1, obstacle: WEIGHTS_ONLY }
}

/** Eight bytes of header length, then JSON (https://github.com/huggingface/safetensors). */
function detectSafetensors(probe: Probe): Detection | null {
  if (probe.head.length < 10 || !startsWith(probe.head, '{"', 8)) return null
  const length = Number(new DataView(probe.head.buffer, probe.head.byteOffset).getBigUint64(0, true))
  if (length < 2 || length + 8 > probe.source.size || !latin1(probe.head.subarray(8)).includes('data_offsets'))
    return null
  return { format: ID, variant: 'safetensors weights', confidence: 1, obstacle: WEIGHTS_ONLY }
}

export const pytorch: FormatDescriptor = {
  id: ID,
  name: 'PyTorch',
  extensions: ['.pt', '.pth', '.pt2', '.ckpt', '.safetensors'],
  mimeType: 'application/zip',
  purpose: 'Training and research; the most common source of neural networks.',
  audience: 'Python with PyTorch, C++ with libtorch.',
  documentation: 'https://pytorch.org/docs/stable/notes/serialization.html',
  detect,
}
