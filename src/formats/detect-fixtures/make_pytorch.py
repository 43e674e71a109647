"""PyTorch's file kinds, and the ONNX ones that its exporter writes."""

import io
import pickle
import struct
import sys
import tarfile
from collections import OrderedDict

import onnx
import safetensors.torch
import torch
from onnx import numpy_helper

from detect_manifest import path_of, record

torch.manual_seed(1)
module = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.ReLU(), torch.nn.Linear(2, 1)).eval()
example = torch.ones(2, 3)
entries = []


def add(file, family, kind):
    entries.append((file, family, kind))
    return path_of(file)


def save(what, file, kind, **options):
    torch.save(what, add(file, "pytorch", kind), **options)


def hide_prefix(path):
    """The file quotes the modules' source files: the machine's prefix is overwritten, length for length."""
    prefix = sys.prefix.encode()
    path.write_bytes(path.read_bytes().replace(prefix, b"/usr/local".ljust(len(prefix), b"_")[:len(prefix)]))


def save_tar(weight, path):
    """A state_dict {"weight": weight} in the tar format of PyTorch 0.1.

    `torch.serialization._legacy_load` still reads it (its inner `legacy_load`); nothing writes it any more.
    Members: `sys_info`, `pickle` (the object, tensors by persistent id), `tensors`, `storages`.
    """
    class Pickler(pickle.Pickler):
        def persistent_id(self, obj):
            return 2 if isinstance(obj, torch.Tensor) else None

    def dumped(*values):
        return b"".join(pickle.dumps(value, 2) for value in values)

    raw = weight.contiguous().numpy().tobytes()
    shape = tuple(weight.shape)
    storages = dumped(1, (1, "cpu", torch.FloatStorage)) + struct.pack("<q", weight.numel()) + raw + dumped([])
    tensors = dumped(1, (2, 1, torch.FloatTensor)) + struct.pack(
        "<ii2q2qq", len(shape), 0, *shape, *weight.contiguous().stride(), 0)
    pickled = io.BytesIO()
    Pickler(pickled, 2).dump(OrderedDict(weight=weight))
    system = dumped({"protocol_version": 1000, "little_endian": True, "type_sizes": {"short": 2, "int": 4, "long": 4}})
    members = {"sys_info": system, "pickle": pickled.getvalue(), "tensors": tensors, "storages": storages}
    with tarfile.open(path, "w:", format=tarfile.PAX_FORMAT) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    torch.testing.assert_close(torch.load(path, weights_only=False)["weight"], weight)


save(module.state_dict(), "pytorch/state-dict.pt", "state_dict, zip")
save(module, "pytorch/module.pt", "whole module, zip")
save({"epoch": 3, "state_dict": module.state_dict(), "hyper_parameters": {"width": 2}}, "pytorch/checkpoint.ckpt",
     "training checkpoint, zip")
save(torch.ones(2, 3), "pytorch/tensor.pt", "one tensor, zip")
legacy = {"_use_new_zipfile_serialization": False}
save(module.state_dict(), "pytorch/state-dict-legacy.pth", "state_dict, before 1.6", **legacy)
save(module, "pytorch/module-legacy.pth", "whole module, before 1.6", **legacy)
hide_prefix(path_of("pytorch/module-legacy.pth"))
save_tar(module[0].weight.detach(), add("pytorch/state-dict-tar.pth", "pytorch", "state_dict, before 0.2, tar"))
torch.jit.save(torch.jit.script(module), add("pytorch/torchscript.pt", "pytorch", "TorchScript"))
torch.jit.save(torch.jit.trace(module, example), add("pytorch/torchscript-traced.pt", "pytorch", "TorchScript, traced"))
program = torch.export.export(module, (example,))
for node in program.graph.nodes:
    node.meta.pop("stack_trace", None)  # it holds the machine's paths
torch.export.save(program, add("pytorch/exported.pt2", "pytorch", "torch.export program"))
safetensors.torch.save_file(module.state_dict(), add("pytorch/weights.safetensors", "pytorch", "safetensors weights"),
                            {"format": "pt"})

names = {"input_names": ["x"], "output_names": ["y"]}
torch.onnx.export(module, (example,), add("onnx/torch.onnx", "onnx", "model"), dynamo=False, **names)
model = onnx.load(path_of("onnx/torch.onnx"))
add("onnx/text.onnxtxt", "onnx", "ONNX text").write_text(onnx.printer.to_text(model))
onnx.save(model, add("onnx/text.prototxt", "onnx", "ModelProto as protobuf text"), format="textproto")
onnx.save(model, add("onnx/model.json", "onnx", "ModelProto as JSON"), format="json")
add("onnx/tensor.pb", "onnx", "TensorProto").write_bytes(
    numpy_helper.from_array(example.numpy(), "x").SerializeToString())
record(entries, f"PyTorch {torch.__version__}, onnx {onnx.__version__}")
