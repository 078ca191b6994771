"""Optuna as a peer on tables (see tables.py): TPE with `constant_liar`, with a number of trials in flight, each of which trains a fold
at a time, with and without its WilcoxonPruner. One JSON request a line on standard input, one JSON answer a line on standard output.
"""

import json
import sys
import warnings

import numpy as np
import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)
warnings.simplefilter("ignore")


class Slot:
    """A trial in flight."""

    def __init__(self, study, sizes, scores):
        self.trial = study.ask()
        row = 0
        for name, size in sizes.items():
            row = row * size + self.trial.suggest_int(name, 0, size - 1)
        self.row = row
        self.scores = scores[row]
        self.done = 0


def search(accuracies, request):
    """Workers take turns, a fold each: as they would if all folds took as long."""
    scores = accuracies[request["table"]][:, request["repeats"]]
    folds = scores.shape[1]
    sampler = optuna.samplers.TPESampler(
        multivariate=True, constant_liar=request["inFlight"] > 1, seed=request["seed"]
    )
    pruner = optuna.pruners.WilcoxonPruner() if request["pruner"] else optuna.pruners.NopPruner()
    study = optuna.create_study(direction="maximize", sampler=sampler, pruner=pruner)
    trained, asked, ended = 0, 0, []
    slots = []
    while trained < request["folds"]:
        while len(slots) < request["inFlight"] and asked < request["trials"]:
            slots.append(Slot(study, request["sizes"], scores))
            asked += 1
        if not slots:
            break
        slot = slots.pop(0)
        slot.trial.report(slot.scores[slot.done], slot.done)
        slot.done += 1
        trained += 1
        mean = float(np.mean(slot.scores[: slot.done]))
        if slot.done == folds:
            study.tell(slot.trial, mean)
            ended.append([slot.row, True])
        elif request["pruner"] and slot.trial.should_prune():
            # The documentation of WilcoxonPruner: the mean so far, so that the sampler still learns from it.
            study.tell(slot.trial, mean)
            ended.append([slot.row, False])
        else:
            slots.append(slot)
    return {"ended": ended, "trained": trained}


def main():
    path, tables, repeats = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    accuracies = np.fromfile(path, dtype="<f8").reshape(tables, -1, repeats)
    print(json.dumps({"name": "Optuna", "version": f"Optuna {optuna.__version__}"}), flush=True)
    for line in sys.stdin:
        print(json.dumps(search(accuracies, json.loads(line))), flush=True)


main()
