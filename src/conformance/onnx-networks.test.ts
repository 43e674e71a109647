import { conformance } from './conformance.ts'

conformance('onnx-networks')
