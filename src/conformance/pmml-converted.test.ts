import { conformance } from './conformance.ts'

conformance('pmml-converted')
