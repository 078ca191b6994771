"""One fold of bench/grid in Keras, for whatever hands out the folds: rows are read and TensorFlow is imported once per process."""

import functools
import os

from f1 import f1_macro
from rows import read_rows, rows_of

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"


@functools.cache
def tensorflow():
    """Imported where it trains: under joblib and Ray the parent process has no use for it."""
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    return tf


def fit(path, configuration, fold):
    """Trains one configuration on one fold (or "refit") and returns macro F1 on its validation (or test) rows."""
    tf = tensorflow()
    import keras

    document = read_rows(path)
    data = rows_of(document, fold)
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
    return f1_macro(y, probability > 0.5)
