"""Keras as a peer of bench/grid: the grid in a plain loop, or under joblib with one process per core.

Written as a practitioner would: processes are reused from fold to fold (joblib's loky), one TensorFlow thread per process.
Prints one JSON document on standard output.
"""

import argparse
import json
import statistics
import time

import keras_fit


def best_of(configurations, scores):
    """The configuration with the best mean, ties to the first; `scores` holds one list of folds for each."""
    means = [statistics.mean(folds) for folds in scores]
    best = max(range(len(means)), key=means.__getitem__)
    return configurations[best], means[best]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("rows")
    parser.add_argument("--under", choices=["joblib", "loop"], default="joblib")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()

    started = time.perf_counter()
    with open(options.rows, encoding="utf-8") as file:
        head = json.load(file)
    configurations, folds = head["configurations"], len(head["folds"])
    tasks = [(configuration, fold) for configuration in configurations for fold in range(folds)]
    if options.under == "joblib":
        from joblib import Parallel, delayed

        with Parallel(n_jobs=options.processes, backend="loky") as parallel:
            flat = parallel(delayed(keras_fit.fit)(options.rows, *task) for task in tasks)
            best, mean = best_of(configurations, [flat[i : i + folds] for i in range(0, len(flat), folds)])
            (test,) = parallel([delayed(keras_fit.fit)(options.rows, best, "refit")])
    else:
        flat = [keras_fit.fit(options.rows, *task) for task in tasks]
        best, mean = best_of(configurations, [flat[i : i + folds] for i in range(0, len(flat), folds)])
        test = keras_fit.fit(options.rows, best, "refit")

    from importlib.metadata import version

    print(
        json.dumps(
            {
                "mean": mean,
                "test": test,
                "seconds": time.perf_counter() - started,
                "best": best,
                "version": f"Keras {version('keras')}, TensorFlow {version('tensorflow-cpu')}",
            }
        )
    )


if __name__ == "__main__":
    main()
