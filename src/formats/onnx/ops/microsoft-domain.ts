import type { TypeRules } from '../../../core/ir/builder.ts'

/** ONNX Runtime's own operators that the writer uses (onnxruntime, docs/ContribOperators.md): output types. */
export const microsoftDomainRules: readonly TypeRules[] = [
  {
    op: 'com.microsoft.Tokenizer',
    infer: (ctx) => {
      const shape = ctx.inputs[0]?.shape
      return [{ dtype: 'string', shape: shape ? [...shape, null] : null }]
    },
  },
]

/** The version of the domain com.microsoft. */
export const MICROSOFT_OPSET = 1
