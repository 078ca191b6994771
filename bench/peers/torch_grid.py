"""PyTorch as a peer of bench/grid: batches of like length, or with --packed packed sequences over batches as they come."""

import sys
from functools import partial
from importlib.metadata import version

from grid import run_grid
from torch_fit import fit

if __name__ == "__main__":
    packed = "--packed" in sys.argv
    if packed:
        sys.argv.remove("--packed")
    run_grid(partial(fit, packed=packed), lambda: f"PyTorch {version('torch')}")
