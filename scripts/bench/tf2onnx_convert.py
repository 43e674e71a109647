"""What one runs today: tf2onnx_convert.py MODEL.h5 OUT.onnx"""

import sys

import keras
import tf2onnx

tf2onnx.convert.from_keras(keras.models.load_model(sys.argv[1], compile=False), output_path=sys.argv[2])
