"""Ray Tune as a peer of bench/grid: the same Keras training, one trial per configuration, as many at a time as processes.

Actors are reused from trial to trial, so that TensorFlow is imported once per process. Prints one JSON document as its
last line of standard output.
"""

import argparse
import json
import os
import secrets
import statistics
import tempfile
import time
from importlib.metadata import version

os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
# Else Ray leaves a token in the home folder.
os.environ["RAY_AUTH_TOKEN"] = secrets.token_hex(32)
os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")

import ray  # noqa: E402
from ray import tune  # noqa: E402

import keras_fit  # noqa: E402


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("rows")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()

    started = time.perf_counter()
    with open(options.rows, encoding="utf-8") as file:
        head = json.load(file)
    rows, folds = os.path.abspath(options.rows), len(head["folds"])

    def trial(config):
        scores = [keras_fit.fit(rows, config["configuration"], fold) for fold in range(folds)]
        tune.report({"f1_macro": statistics.mean(scores)})

    ray.init(num_cpus=options.processes, include_dashboard=False, log_to_driver=False)
    with tempfile.TemporaryDirectory() as folder:
        results = tune.Tuner(
            tune.with_resources(trial, {"cpu": 1}),
            param_space={"configuration": tune.grid_search(head["configurations"])},
            tune_config=tune.TuneConfig(
                metric="f1_macro", mode="max", max_concurrent_trials=options.processes, reuse_actors=True
            ),
            run_config=tune.RunConfig(storage_path=folder, verbose=0),
        ).fit()
        if results.errors:
            raise results.errors[0]
        best = results.get_best_result()
    configuration = best.config["configuration"]
    test = ray.get(ray.remote(keras_fit.fit).options(num_cpus=1).remote(rows, configuration, "refit"))
    seconds = time.perf_counter() - started
    ray.shutdown()
    print(
        json.dumps(
            {
                "mean": best.metrics["f1_macro"],
                "test": test,
                "seconds": seconds,
                "best": configuration,
                "version": f"Ray {version('ray')}, Keras {version('keras')}, TensorFlow {version('tensorflow-cpu')}",
            }
        )
    )


if __name__ == "__main__":
    main()
