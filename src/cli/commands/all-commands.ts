import type { Command } from '../command.ts'
import { check } from './check.ts'
import { convert } from './convert.ts'
import { formatsCommand } from './formats.ts'
import { inspect } from './inspect.ts'
import { predict } from './predict.ts'
import { verify } from './verify.ts'

/** Every command, in the order in which the help shows them. */
export const COMMANDS: readonly Command[] = [inspect, check, convert, predict, verify, formatsCommand]
