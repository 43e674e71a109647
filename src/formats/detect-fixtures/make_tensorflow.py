"""TensorFlow's and Keras' file kinds (TensorFlow with Keras 3)."""

import json
import os
import shutil
import tempfile
import zipfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import h5py
import keras
import numpy as np
import tensorflow as tf
from google.protobuf import json_format, text_format
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from detect_manifest import path_of, record

keras.utils.set_random_seed(1)
model = keras.Sequential([keras.Input((3,), name="x"), keras.layers.Dense(2, "relu"), keras.layers.Dense(1)])
entries = []


def add(file, family, kind):
    entries.append((file, family, kind))
    return path_of(file)


class Scorer(tf.Module):
    """The smallest SavedModel that has a variable and a signature."""

    def __init__(self):
        self.weight = tf.Variable([[1.0], [2.0], [3.0]], name="weight")

    @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32, name="x")])
    def score(self, x):
        return {"y": tf.matmul(x, self.weight)}


def zip_folder(folder, target, prefix=""):
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file():
                info = zipfile.ZipInfo(prefix + str(path.relative_to(folder)), date_time=(1980, 1, 1, 0, 0, 0))
                archive.writestr(info, path.read_bytes(), zipfile.ZIP_DEFLATED)


scorer = Scorer()
frozen = convert_variables_to_constants_v2(scorer.score.get_concrete_function())
graph = frozen.graph.as_graph_def()
add("tensorflow/frozen-graph.pb", "tensorflow", "frozen GraphDef").write_bytes(graph.SerializeToString())
add("tensorflow/graph.pbtxt", "tensorflow", "GraphDef as text").write_text(text_format.MessageToString(graph))
with tempfile.TemporaryDirectory() as folder:
    tf.saved_model.save(scorer, f"{folder}/scorer", signatures=scorer.score)
    zip_folder(f"{folder}/scorer", add("tensorflow/saved-model.zip", "tensorflow", "SavedModel folder, zipped"))
    zip_folder(f"{folder}/scorer", add("tensorflow/saved-model-nested.zip", "tensorflow",
                                       "SavedModel folder, zipped with its folder name"), "scorer/1/")
    shutil.copy(f"{folder}/scorer/saved_model.pb",
                add("tensorflow/saved_model.pb", "tensorflow", "SavedModel without its variables"))
    for name in ("variables.index", "variables.data-00000-of-00001"):
        shutil.copy(f"{folder}/scorer/variables/{name}", add(f"tensorflow/{name}", "tensorflow", "checkpoint part"))
    tf.train.Checkpoint(scorer=scorer).write(f"{folder}/checkpoint")
    shutil.copy(f"{folder}/checkpoint.index", add("tensorflow/checkpoint.index", "tensorflow", "checkpoint index"))
    model.export(f"{folder}/exported", verbose=False)
    zip_folder(f"{folder}/exported", add("tensorflow/keras-export.zip", "tensorflow",
                                           "Keras model as a SavedModel, zipped"))
converter = tf.lite.TFLiteConverter.from_concrete_functions([scorer.score.get_concrete_function()], scorer)
add("tensorflow/model.tflite", "tensorflow", "TensorFlow Lite").write_bytes(converter.convert())
# The layout that tensorflowjs_converter writes (tfjs-converter, docs/ and src/types: format, modelTopology, weightsManifest).
# The layout of tensorflowjs_converter: `ModelJSON` in tfjs-core's io/types.ts.
topology = {"class_name": "Sequential", "config": model.get_config()}
weights = [{"name": w.path, "shape": list(w.shape), "dtype": "float32"} for w in model.weights]
add("tensorflow/tfjs-layers-model.json", "tensorflow", "TensorFlow.js layers model").write_text(json.dumps({
    "format": "layers-model", "generatedBy": f"keras v{keras.__version__}",
    "convertedBy": "TensorFlow.js Converter v4.22.0",
    "modelTopology": {"keras_version": keras.__version__, "backend": "tensorflow", "model_config": topology},
    "weightsManifest": [{"paths": ["group1-shard1of1.bin"], "weights": weights}]}))
add("tensorflow/tfjs-graph-model.json", "tensorflow", "TensorFlow.js graph model").write_text(json.dumps({
    "format": "graph-model", "generatedBy": tf.__version__, "convertedBy": "TensorFlow.js Converter v4.22.0",
    "modelTopology": json_format.MessageToDict(graph),
    "weightsManifest": [{"paths": ["group1-shard1of1.bin"], "weights": [
        {"name": "weight", "shape": [3, 1], "dtype": "float32"}]}]}))

model.compile("adam", "mse")
model.save(add("keras/model.keras", "keras", "Keras 3 archive"))
model.save(add("keras/model-keras-3.h5", "keras", "HDF5 model written by Keras 3"))
model.save_weights(add("keras/model.weights.h5", "keras", "weights only, Keras 3"))
add("keras/model-config.json", "keras", "architecture without weights").write_text(model.to_json())
with h5py.File(add("other/dataset.h5", None, "HDF5 without a model"), "w") as file:
    file["images"] = np.arange(12, dtype="float32").reshape(3, 4)
    file.attrs["title"] = "not a model"
record(entries, f"TensorFlow {tf.__version__}, Keras {keras.__version__}")
