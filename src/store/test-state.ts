import { idle, type Task } from './task.ts'

export interface TestState {
  readonly setup: Task<null>
}

export const initialTest: TestState = { setup: idle }
