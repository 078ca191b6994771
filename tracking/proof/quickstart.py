"""Reads a finished search through MLflow's own Python client and prints what it found, as JSON.

Usage: quickstart.py TRACKING_URI PARENT_RUN_ID REGISTERED_MODEL
"""

import csv
import json
import sys
import tempfile

import mlflow
from mlflow import MlflowClient

uri, parent_id, model = sys.argv[1:]
mlflow.set_tracking_uri(uri)
client = MlflowClient()

parent = client.get_run(parent_id)
experiment = client.get_experiment(parent.info.experiment_id)


def below(run_id):
    return client.search_runs(
        [experiment.experiment_id], f"tags.`mlflow.parentRunId` = '{run_id}'", max_results=1000
    )


def inputs_of(run):
    return sorted(
        [tag.value, entry.dataset.name, json.loads(entry.dataset.profile)["num_rows"]]
        for entry in run.inputs.dataset_inputs
        for tag in entry.tags
    )


children = below(parent_id)
grandchildren = {child.info.run_id: below(child.info.run_id) for child in children}
folds = [run for runs in grandchildren.values() for run in runs if run.data.tags["gridsearch.role"] == "fold"]
refits = [run for runs in grandchildren.values() for run in runs if run.data.tags["gridsearch.role"] == "refit"]
version = client.get_model_version_by_alias(model, "champion")
winner = client.get_run(refits[0].data.tags["mlflow.parentRunId"])
frame = mlflow.search_runs([experiment.experiment_id], "tags.`gridsearch.role` = 'trial'")

with tempfile.TemporaryDirectory() as folder:
    results = client.download_artifacts(refits[0].info.run_id, "cv_results.csv", folder)
    with open(results, newline="") as file:
        rows = list(csv.DictReader(file))
loaded = mlflow.pyfunc.load_model(f"models:/{model}@champion")
predictions = loaded.predict(["great phone", "terrible food"])
logged = mlflow.search_logged_models([experiment.experiment_id], output_format="list")

print(
    json.dumps(
        {
            "experiment": experiment.name,
            "parentStatus": parent.info.status,
            "parentTags": sorted(key for key in parent.data.tags if key.startswith("mlflow.")),
            "childTags": sorted(key for key in children[0].data.tags if key.startswith("mlflow.")),
            "bestParams": sorted(key for key in parent.data.params if key.startswith("best_")),
            "bestScore": parent.data.metrics["best_cv_score"],
            "inputs": inputs_of(parent),
            "childInputs": inputs_of(children[0]),
            "refitInputs": inputs_of(refits[0]),
            "ranks": sorted(child.data.metrics["rank_test_score"] for child in children),
            "training": sorted(key for key in parent.data.metrics if key.startswith("training_")),
            "git": {run.data.tags.get("mlflow.source.git.commit") for run in [parent, *children, *folds, *refits]}
            == {version.tags.get("mlflow.source.git.commit")},
            "sources": sorted({run.data.tags["mlflow.source.name"] for run in [parent, *children, *folds, *refits]}),
            "loggedModels": [
                [one.name, one.status.value, one.source_run_id == refits[0].info.run_id, one.params == refits[0].data.params]
                for one in logged
            ],
            "loggedVersions": json.loads(logged[0].tags["mlflow.modelVersions"]),
            "refitOutputs": [output.model_id == logged[0].model_id for output in refits[0].outputs.model_outputs],
            "loadedModel": loaded.model_id == logged[0].model_id,
            "loggedPredicts": mlflow.pyfunc.load_model(f"models:/{logged[0].model_id}").predict(["great phone"])["label"].tolist()
            == predictions["label"].tolist()[:1],
            "modelHistory": [
                [entry["artifact_path"], entry["run_id"] == refits[0].info.run_id, sorted(entry["flavors"])]
                for entry in json.loads(refits[0].data.tags["mlflow.log-model.history"])
            ],
            "lineage": [run.data.tags.get("gridsearch.registered_version") for run in [parent, winner, refits[0]]],
            "statuses": sorted({run.info.status for run in [parent, *children, *folds, *refits]}),
            "children": len(children),
            "folds": len(folds),
            "foldCurve": [[m.step, m.key] for m in client.get_metric_history(folds[0].info.run_id, "val_f1_macro")],
            "refits": len(refits),
            "frameRows": len(frame),
            "frameBest": float(frame["metrics.mean_test_score"].max()),
            "artifacts": sorted(file.path for file in client.list_artifacts(refits[0].info.run_id)),
            "modelFiles": sorted(file.path for file in client.list_artifacts(refits[0].info.run_id, "model")),
            "cvRows": len(rows),
            "cvBest": min(rows, key=lambda row: int(row["rank_test_score"]))["mean_test_score"],
            "version": version.version,
            "versionRun": version.run_id == refits[0].info.run_id,
            "labels": list(predictions["label"]),
        }
    )
)
