/** The ai.onnx operator set whose names and semantics the hub's tensor operators have. */
export const HUB_OPSET = 21
