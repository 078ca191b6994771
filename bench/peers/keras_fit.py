"""One fold of bench/grid in Keras, for whatever hands out the folds: rows are read and TensorFlow is imported once per process."""

import functools
import json
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"


@functools.cache
def tensorflow():
    """Imported where it trains: under joblib and Ray the parent process has no use for it."""
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    return tf


@functools.cache
def read_rows(path):
    """The exported rows, as arrays."""
    import numpy as np

    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    for fold in [*document["folds"], document["refit"]]:
        for side in ("train", "validation"):
            rows = fold[side]
            fold[side] = (
                np.array(rows["ids"], dtype="int32").reshape(-1, document["maxTokens"]),
                np.array(rows["labels"], dtype="float32"),
            )
    return document


def fit(path, configuration, fold):
    """Trains one configuration on one fold (or "refit") and returns macro F1 on its validation (or test) rows."""
    tf = tensorflow()
    import keras
    from sklearn.metrics import f1_score

    document = read_rows(path)
    data = document["refit"] if fold == "refit" else document["folds"][fold]
    keras.backend.clear_session()
    keras.utils.set_random_seed(document["seed"] + configuration["index"])
    model = keras.Sequential(
        [
            keras.Input((document["maxTokens"],), dtype="int32"),
            keras.layers.Embedding(data["vocabularySize"], configuration["embedding_dim"], mask_zero=True),
            keras.layers.LSTM(configuration["units"]),
            keras.layers.Dropout(configuration["dropout"]),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(configuration["learning_rate"]),
        loss="binary_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(
        *data["train"],
        batch_size=configuration["batch_size"],
        epochs=configuration["epochs"],
        # Learning curves are part of the job; the refit has no validation rows.
        validation_data=None if fold == "refit" else data["validation"],
        validation_batch_size=256,
        verbose=0,
    )
    x, y = data["validation"]
    # One eager call: `predict` would trace the model once more.
    probability = model(tf.constant(x), training=False).numpy()[:, 0]
    return float(f1_score(y, probability > 0.5, average="macro"))
