/** An operator's domain and type. The dialect writes `onnx.Conv`, `onnx.ai.onnx.ml.TreeEnsemble`, `onnx.com.microsoft.Gelu`. */
export interface OperatorName {
  /** '' is ai.onnx. */
  readonly domain: string
  readonly type: string
}

const DIALECT = 'onnx.'

/** `Conv`, `ai.onnx.ml.TreeEnsemble`: the name without the dialect. */
export function qualifiedName({ domain, type }: OperatorName): string {
  return domain === '' || domain === 'ai.onnx' ? type : `${domain}.${type}`
}

/** The inverse of `qualifiedName`. */
export function operatorName(qualified: string): OperatorName {
  const at = qualified.lastIndexOf('.')
  return { domain: at < 0 ? '' : qualified.slice(0, at), type: qualified.slice(at + 1) }
}

/** The name in the onnx dialect. */
export const dialectName = (name: OperatorName): string => DIALECT + qualifiedName(name)

/** Domain and type of an operator of the onnx dialect. */
export const fromDialectName = (op: string): OperatorName => operatorName(op.slice(DIALECT.length))
