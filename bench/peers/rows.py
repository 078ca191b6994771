"""The rows that bench/grid exports, as arrays; read once per process."""

import functools
import json

import numpy as np


@functools.cache
def read_rows(path):
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


def rows_of(document, fold):
    """The training and validation rows of a fold; those of "refit" are the development and the test rows."""
    return document["refit"] if fold == "refit" else document["folds"][fold]
