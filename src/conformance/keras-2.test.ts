import { conformance } from './conformance.ts'

conformance('keras-2')
