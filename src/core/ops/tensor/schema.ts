import { PortolanError } from '../../errors.ts'
import type { Attributes } from '../../ir/graph.ts'
import type { OpSpec } from '../spec.ts'
import { HUB_OPSET } from './opset.ts'
import { OPERATOR_SCHEMAS } from './schemas.generated.ts'

export type AttributeType = 'int' | 'float' | 'string' | 'tensor' | 'graph' | 'ints' | 'floats' | 'strings'

export interface AttributeSchema {
  readonly type: AttributeType
  readonly required?: boolean
}

/** Arity and attributes of an operator, as onnx.defs has them. */
export interface OperatorSchema {
  /** Fewest and most inputs. */
  readonly inputs: readonly [number, number]
  readonly outputs: readonly [number, number]
  readonly attributes: Readonly<Record<string, AttributeSchema>>
}

/** The schema of a tensor operator; undefined for any other operator. */
export function schemaOf(op: string): OperatorSchema | undefined {
  return Object.hasOwn(OPERATOR_SCHEMAS, op) ? OPERATOR_SCHEMAS[op] : undefined
}

/** How a node contradicts its operator's schema; empty when it does not. An unknown operator has no schema to contradict. */
export function schemaProblems(op: string, inputs: number, outputs: number, attributes: Attributes): string[] {
  const schema = schemaOf(op)
  if (!schema) return []
  const problems: string[] = []
  const outside = (n: number, [low, high]: readonly [number, number]) => n < low || n > high
  if (outside(inputs, schema.inputs)) problems.push(`has ${inputs} inputs, not ${schema.inputs.join(' to ')}`)
  if (outside(outputs, schema.outputs)) problems.push(`has ${outputs} outputs, not ${schema.outputs.join(' to ')}`)
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && !Object.hasOwn(schema.attributes, name)) {
      problems.push(`has no attribute ${name} at opset ${HUB_OPSET}`)
    }
  }
  for (const [name, { required }] of Object.entries(schema.attributes)) {
    if (required && attributes[name] === undefined) problems.push(`lacks the attribute ${name}`)
  }
  return problems
}

/** The operator, with inference that first refuses what contradicts the schema. */
export function withSchema(spec: OpSpec): OpSpec {
  return {
    ...spec,
    infer(ctx) {
      const [problem] = schemaProblems(ctx.op, ctx.inputs.length, ctx.outputCount, ctx.attributes)
      if (problem) throw new PortolanError('malformed-file', `${ctx.op} ${problem}`)
      return spec.infer(ctx)
    },
  }
}
