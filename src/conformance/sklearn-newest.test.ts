import { conformance } from './conformance.ts'

conformance('sklearn-newest')
