"""Keras 2's file kinds (TensorFlow 2.15 or older)."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras

from detect_manifest import path_of, record

keras.utils.set_random_seed(1)
model = keras.Sequential([keras.Input((3,), name="x"), keras.layers.Dense(2, "relu"), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.save(path_of("keras/model-keras-2.h5"))
model.save_weights(path_of("keras/weights-keras-2.h5"))
record([("keras/model-keras-2.h5", "keras", "HDF5 model written by Keras 2"),
        ("keras/weights-keras-2.h5", "keras", "weights only, Keras 2")], f"Keras {keras.__version__}")
