"""What one runs today: skl2onnx_convert.py MODEL.pkl OUT.onnx"""

import pickle
import sys

from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType

with open(sys.argv[1], "rb") as file:
    model = pickle.load(file)
proto = to_onnx(model, initial_types=[("X", FloatTensorType([None, model.n_features_in_]))], options={"zipmap": False})
with open(sys.argv[2], "wb") as file:
    file.write(proto.SerializeToString())
