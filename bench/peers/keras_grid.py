"""Keras as a peer of bench/grid."""

from importlib.metadata import version

from grid import run_grid
from keras_fit import fit

if __name__ == "__main__":
    run_grid(fit, lambda: f"Keras {version('keras')}, TensorFlow {version('tensorflow-cpu')}")
