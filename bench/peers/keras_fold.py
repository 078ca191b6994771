"""Keras as a peer of bench/fold: one JSON request a line on standard input, one JSON answer a line on standard output.

Trains and predicts what learning/models build, from the same rows, with the same epochs, batch size and optimizer.
"""

import json
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

from f1 import f1_macro  # noqa: E402


def build(request, vocabulary_size):
    embedding = keras.layers.Embedding(vocabulary_size, request["embedding"], mask_zero=True)
    if request["model"] == "lstm":
        body = keras.layers.LSTM(request["units"])
    else:
        body = keras.layers.GlobalAveragePooling1D()
    return keras.Sequential([keras.Input((None,)), embedding, body, keras.layers.Dense(1, activation="sigmoid")])


def arrays(rows):
    return np.array(rows["ids"], dtype="int32"), np.array(rows["labels"], dtype="float32")


class Clock(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        self.started = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(time.perf_counter() - self.started)


def train(request, data):
    keras.utils.set_random_seed(request["seed"])
    x, y = arrays(data["train"])
    started = time.perf_counter()
    model = build(request, data["vocabularySize"])
    model.compile(optimizer=keras.optimizers.Adam(request["learningRate"]), loss="binary_crossentropy")
    clock = Clock()
    model.fit(x, y, batch_size=request["batch"], epochs=request["epochs"], verbose=0, callbacks=[clock])
    seconds = time.perf_counter() - started
    x, y = arrays(data["validation"])
    probabilities = model.predict(x, batch_size=256, verbose=0)[:, 0]
    return {"epochSeconds": clock.seconds, "seconds": seconds, "f1": f1_macro(y, probabilities > 0.5)}


def predict(request, data):
    x, _ = arrays(data["train"])
    model = build(request, data["vocabularySize"])
    batch = []
    for _ in range(4):
        started = time.perf_counter()
        model.predict(x, batch_size=256, verbose=0)
        batch.append(time.perf_counter() - started)
    single = []
    for row in range(200):
        one = x[row : row + 1]
        started = time.perf_counter()
        model.predict_on_batch(one)  # compiled; an eager call loops over time steps in Python
        single.append(time.perf_counter() - started)
    return {"batchSeconds": min(batch), "singleSeconds": sorted(single)[len(single) // 2]}


def main():
    threads = tf.config.threading.get_intra_op_parallelism_threads() or os.environ.get("TF_NUM_INTRAOP_THREADS")
    ready = {"name": "Keras", "version": f"Keras {keras.__version__}, TensorFlow {tf.__version__}", "threads": threads}
    print(json.dumps(ready), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        with open(request["rows"], encoding="utf-8") as file:
            data = json.load(file)
        answer = train(request, data) if request["task"] == "train" else predict(request, data)
        keras.backend.clear_session()
        print(json.dumps(answer), flush=True)


main()
