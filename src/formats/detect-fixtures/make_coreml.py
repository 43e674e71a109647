"""Core ML's file kinds (coremltools)."""

import tempfile
import zipfile
from pathlib import Path

import coremltools as ct
import numpy as np
from coremltools.converters.mil import Builder as mb
from coremltools.models import datatypes
from coremltools.models.neural_network import NeuralNetworkBuilder
from coremltools.models.tree_ensemble import TreeEnsembleClassifier

from detect_manifest import path_of, record

entries = []


def add(file, kind):
    entries.append((file, "coreml", kind))
    return str(path_of(file))


builder = NeuralNetworkBuilder([("x", datatypes.Array(3))], [("y", datatypes.Array(2))])
builder.add_inner_product("dense", np.arange(6.0).reshape(2, 3) / 10, np.array([0.5, -0.5]), 3, 2, True, "x", "hidden")
builder.add_activation("relu", "RELU", "hidden", "y")
ct.utils.save_spec(builder.spec, add("coreml/neural-network.mlmodel", "mlmodel, neural network"))

trees = TreeEnsembleClassifier([("length", datatypes.Double()), ("width", datatypes.Double())], ["a", "b"], "label")
trees.set_default_prediction_value([0.0, 0.0])
trees.add_branch_node(0, 0, 1, 0.8, "BranchOnValueLessThanEqual", 1, 2)
trees.add_leaf_node(0, 1, {0: 1.0, 1: 0.0})
trees.add_leaf_node(0, 2, {0: 0.25, 1: 0.75})
ct.utils.save_spec(trees.spec, add("coreml/tree-ensemble.mlmodel", "mlmodel, tree ensemble"))


@mb.program(input_specs=[mb.TensorSpec(shape=(1, 3))], opset_version=ct.target.iOS15)
def program(x):
    return mb.relu(x=mb.linear(x=x, weight=np.arange(60, dtype="float32").reshape(20, 3), bias=np.ones(20, "float32")))


with tempfile.TemporaryDirectory() as folder:
    package = Path(folder) / "program.mlpackage"
    ct.convert(program, convert_to="mlprogram").save(str(package))
    with zipfile.ZipFile(add("coreml/program.mlpackage.zip", "mlpackage, zipped"), "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(package.rglob("*")):
            if path.is_file():
                archive.writestr(zipfile.ZipInfo(str(path.relative_to(folder)), (1980, 1, 1, 0, 0, 0)),
                                 path.read_bytes(), zipfile.ZIP_DEFLATED)
    path = next(package.rglob("*.mlmodel"))
    Path(add("coreml/program.mlmodel", "mlmodel of an mlpackage, without its weights")).write_bytes(path.read_bytes())
record(entries, f"coremltools {ct.__version__}")
