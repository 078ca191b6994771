"""The grid of bench/grid in Python: every configuration on every fold, the best mean, its refit; in a plain loop or under joblib.

As a practitioner would: processes are reused from fold to fold (joblib's loky), one thread per process. Prints one JSON
document on standard output.
"""

import argparse
import json
import statistics
import time


def best_of(configurations, scores):
    """The configuration with the best mean, ties to the first; `scores` holds one list of folds for each."""
    means = [statistics.mean(folds) for folds in scores]
    best = max(range(len(means)), key=means.__getitem__)
    return configurations[best], means[best]


def run_grid(fit, version):
    """`fit(rows, configuration, fold)` returns macro F1; `version` tells what trained."""
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

    def search(fit_all):
        flat = fit_all([(options.rows, *task) for task in tasks])
        best, mean = best_of(configurations, [flat[i : i + folds] for i in range(0, len(flat), folds)])
        (test,) = fit_all([(options.rows, best, "refit")])
        return {"mean": mean, "test": test, "best": best}

    if options.under == "joblib":
        from joblib import Parallel, delayed

        with Parallel(n_jobs=options.processes, backend="loky") as parallel:
            found = search(lambda calls: parallel(delayed(fit)(*call) for call in calls))
    else:
        found = search(lambda calls: [fit(*call) for call in calls])
    print(json.dumps({**found, "seconds": time.perf_counter() - started, "version": version()}))
