import { conformance } from './conformance.ts'

conformance('pmml-handwritten')
