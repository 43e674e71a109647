"""A Keras .h5 of 100 MB, dense layers mostly: make_keras.py OUT.h5"""

import sys

import keras

keras.utils.set_random_seed(0)
layers = [keras.layers.Dense(2500, activation="relu") for _ in range(4)]
model = keras.Sequential([keras.Input((1024,)), *layers, keras.layers.Dense(1000, activation="softmax")])
model.save(sys.argv[1], include_optimizer=False)
