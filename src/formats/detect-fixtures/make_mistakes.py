"""What people drop by mistake: no model, or a file that is not what its name says (standard library and NumPy)."""

import gzip
import io
import json
import struct
import tarfile
import zipfile
import zlib

import numpy as np

from detect_manifest import path_of, python, record

CSV = "age,income,class\n39,50000.5,yes\n52,,no\n"
HTML = "<!DOCTYPE html>\n<html><head><title>Page not found</title></head><body><h1>404</h1></body></html>\n"
LFS = ("version https://git-lfs.github.com/spec/v1\n"
       "oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 132735\n")
NOTEBOOK = {"cells": [{"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": [], "source": ["1 + 1"]}],
            "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}
PDF = ("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\n"
       "trailer<</Root 1 0 R>>\n%%EOF\n")


def png():
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\x7f")) + chunk(b"IEND", b"")


def zip_of(members):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
    return target.getvalue()


def tar_of(members):
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return target.getvalue()


def numpy_bytes(save, *arrays, **named):
    target = io.BytesIO()
    save(target, *arrays, **named)
    return target.getvalue()


ROWS = np.arange(6, dtype="float32").reshape(2, 3)
FILES = {
    "mistakes/lfs-pointer.onnx": (LFS, "Git LFS pointer"),
    "mistakes/lfs-pointer.pkl": (LFS, "Git LFS pointer"),
    "mistakes/web-page.onnx": (HTML, "HTML page"),
    "mistakes/web-page-lower-case.h5": ("\n<html lang='en'>\n<body>Sign in</body></html>", "HTML page"),
    "mistakes/table.csv": (CSV, "CSV"),
    "mistakes/table-semicolon.csv": ("\ufeff" + CSV.replace(",", ";"), "CSV"),
    "mistakes/table.csv.gz": (gzip.compress(CSV.encode(), mtime=0), "gzip of a CSV"),
    "mistakes/notebook.ipynb": (json.dumps(NOTEBOOK, indent=1), "Jupyter notebook"),
    "mistakes/image.png": (png(), "PNG image"),
    "mistakes/image-named-model.onnx": (png(), "PNG image"),
    "mistakes/paper.pdf": (PDF, "PDF"),
    "mistakes/archive.zip": (zip_of({"notes.txt": "no model", "data/table.csv": CSV}), "ZIP without a model"),
    "mistakes/empty.zip": (zip_of({}), "empty ZIP"),
    "mistakes/empty.onnx": (b"", "empty file"),
    "mistakes/zeros.bin": (bytes(64), "zeros"),
    "mistakes/settings.json": ('{"name": "x", "size": 3}\n', "JSON"),
    "mistakes/readme.txt": ("Just some words, and a line.\n", "plain text"),
    "mistakes/array.npy": (numpy_bytes(np.save, ROWS), "NumPy array"),
    "mistakes/arrays.npz": (numpy_bytes(np.savez, x=ROWS), "NumPy archive"),
    "mistakes/archive.tar": (tar_of({"notes.txt": b"no model"}), "tar without a model"),
    "mistakes/train.py": ('"""Trains."""\nimport sklearn\n\nmodel = sklearn.tree.DecisionTreeClassifier()\n', "Python source"),
    "mistakes/document.xml": ('<?xml version="1.0"?>\n<note><to>you</to></note>\n', "XML"),
    "mistakes/drawing.svg": ('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>\n', "SVG image"),
}
for file, (content, _) in FILES.items():
    path_of(file).write_bytes(content if isinstance(content, bytes) else content.encode())
record([(file, None, kind) for file, (_, kind) in FILES.items()], python())

# A truncated download: the start of a real model, which is still to be recognised by its content.
TRUNCATED = {"keras/model-keras-2.h5": "keras", "pytorch/state-dict.pt": "pytorch", "sklearn/pipeline.pkl": "sklearn"}
for file, family in TRUNCATED.items():
    name = f"truncated/{file.split('/')[-1]}"
    data = path_of(file).read_bytes()
    path_of(name).write_bytes(data[: len(data) * 2 // 3])
    record([(name, family, "truncated download")], python())
