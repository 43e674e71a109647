import type { Feature, ModelInput, ModelOutput } from '../../core/ir/model.ts'

/**
 * What ONNX cannot say about a table — the columns' names, kinds and categories, the role of an output and its class
 * labels — goes along as JSON in `ModelProto.metadata_props`, so that a written file is read back with the same signature.
 */
export const INPUTS_KEY = 'portolan.inputs'
export const OUTPUTS_KEY = 'portolan.outputs'
/** In `NodeProto.metadata_props`: a JSON list of the ids of the source nodes that the node came from. */
export const ORIGIN_KEY = 'portolan.origin'

const OUTPUT_ROLES: ReadonlySet<string> = new Set<ModelOutput['role']>([
  'label',
  'value',
  'probability',
  'decision',
  'confidence',
  'cluster',
  'affinity',
  'transform',
  'other',
])

/** JSON has no NaN and no infinities; they are written as an object. */
function replacer(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? { number: String(value) } : value
}

function reviver(_key: string, value: unknown): unknown {
  return isRecord(value) && typeof value['number'] === 'string' ? Number(value['number']) : value
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function encodeInputs(inputs: readonly ModelInput[]): string {
  return JSON.stringify(
    inputs.map(({ value, features }) => ({ name: value, features })),
    replacer,
  )
}

export function encodeOutputs(outputs: readonly ModelOutput[]): string {
  return JSON.stringify(
    outputs.map(({ value, ...rest }) => ({ name: value, ...rest })),
    replacer,
  )
}

function entries(json: string | undefined): Record<string, unknown>[] | undefined {
  if (json === undefined) return undefined
  try {
    const parsed: unknown = JSON.parse(json, reviver)
    return Array.isArray(parsed) && parsed.every(isRecord) ? parsed : undefined
  } catch {
    return undefined
  }
}

function isFeature(value: unknown): value is Feature {
  return (
    isRecord(value) &&
    typeof value['name'] === 'string' &&
    typeof value['kind'] === 'string' &&
    typeof value['dataType'] === 'string'
  )
}

/** The inputs by name; undefined where the file does not carry them or carries something else. */
export function decodeInputs(json: string | undefined): Map<string, ModelInput> | undefined {
  const list = entries(json)
  if (!list) return undefined
  const inputs = new Map<string, ModelInput>()
  for (const { name, features } of list) {
    if (typeof name !== 'string') return undefined
    if (features !== undefined && !(Array.isArray(features) && features.every(isFeature))) return undefined
    inputs.set(name, { value: name, ...(features === undefined ? {} : { features }) })
  }
  return inputs
}

/** The outputs by name; undefined where the file does not carry them or carries something else. */
export function decodeOutputs(json: string | undefined): Map<string, ModelOutput> | undefined {
  const list = entries(json)
  if (!list) return undefined
  const outputs = new Map<string, ModelOutput>()
  for (const { name, role, columns, classes, dataType } of list) {
    if (typeof name !== 'string' || typeof role !== 'string' || !OUTPUT_ROLES.has(role)) return undefined
    outputs.set(name, {
      value: name,
      role: role as ModelOutput['role'],
      ...(Array.isArray(columns) ? { columns: columns.map(String) } : {}),
      ...(Array.isArray(classes) ? { classes } : {}),
      ...(typeof dataType === 'string' ? { dataType: dataType as Feature['dataType'] } : {}),
    })
  }
  return outputs
}
