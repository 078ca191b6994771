"""Ray Tune as a peer of bench/noop: trials without training that report ten metrics five times, two at a time.

Actors are reused from trial to trial. A small run first, so that Ray is up and its processes exist.
"""

import argparse
import json
import os
import secrets
import tempfile
import time
from importlib.metadata import version

os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
# Else Ray leaves a token in the home folder.
os.environ["RAY_AUTH_TOKEN"] = secrets.token_hex(32)
os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")

import ray  # noqa: E402
from ray import tune  # noqa: E402


def trial(config):
    for epoch in range(1, 6):
        tune.report({f"metric_{k}": epoch + k / 10 for k in range(10)})


def fit(count, folder):
    results = tune.Tuner(
        tune.with_resources(trial, {"cpu": 1}),
        param_space={"learning_rate": tune.grid_search([k / 1000 for k in range(1, count + 1)])},
        tune_config=tune.TuneConfig(metric="metric_0", mode="max", max_concurrent_trials=2, reuse_actors=True),
        run_config=tune.RunConfig(storage_path=folder, verbose=0),
    ).fit()
    if results.errors or len(results) != count:
        raise SystemExit("not every trial ended")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--trials", type=int, default=40)
    options = parser.parse_args()
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    with tempfile.TemporaryDirectory() as folder:
        fit(4, folder)
        started = time.perf_counter()
        fit(options.trials, folder)
        seconds = time.perf_counter() - started
    ray.shutdown()
    print(json.dumps({"seconds": seconds, "count": options.trials, "version": f"Ray {version('ray')}"}))


if __name__ == "__main__":
    main()
