"""Optuna as a peer of bench/noop: trials without training, ask to tell, with fifty metric values each.

The ten metrics of an epoch are one user attribute, so that an epoch costs Optuna one write and not ten. Two
processes share the study, each optimizing its half, as Optuna's documentation shows.
"""

import argparse
import json
import os
import tempfile
from importlib.metadata import version

from two_processes import clock


def setup(kind, folder):
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.load_study(
        study_name="no-op", storage=storage(kind, folder), sampler=optuna.samplers.RandomSampler()
    )

    def objective(trial):
        trial.suggest_float("learning_rate", 0.0001, 1, log=True)
        for epoch in range(1, 6):
            trial.set_user_attr(f"epoch_{epoch}", {f"metric_{k}": epoch + k / 10 for k in range(10)})
        return 1.0

    return lambda: study.optimize(objective, n_trials=1)


def storage(kind, folder):
    from optuna.storages import JournalStorage, RDBStorage
    from optuna.storages.journal import JournalFileBackend

    if kind == "journal":
        return JournalStorage(JournalFileBackend(os.path.join(folder, "journal.log")))
    path = os.path.join(folder, "optuna.db")
    return RDBStorage(f"sqlite:///{path}", engine_kwargs={"connect_args": {"timeout": 60}})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--storage", choices=["sqlite", "journal"], required=True)
    parser.add_argument("--trials", type=int, default=200)
    options = parser.parse_args()
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        optuna.create_study(study_name="no-op", storage=storage(options.storage, folder), direction="maximize")
        seconds = clock(setup, (options.storage, folder), options.trials)
    print(json.dumps({"seconds": seconds, "count": options.trials, "version": f"Optuna {version('optuna')}"}))


if __name__ == "__main__":
    main()
