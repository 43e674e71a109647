import { conformance } from './conformance.ts'

conformance('onnx-classical')
