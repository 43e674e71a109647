"""What one runs today: onnx_load.py MODEL.onnx"""

import sys

import onnx

model = onnx.load(sys.argv[1])
print(len(model.graph.node), "nodes")
