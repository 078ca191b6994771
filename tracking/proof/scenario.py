"""One scenario with the real MLflow client, told as JSON.

    python scenario.py http://127.0.0.1:5000 answers.json

Every answer, and every error's code and message, is written down with ids, times and folders replaced, so that
the scenario against two servers can be compared line by line. It must run against a server that is still empty.
"""

import json
import math
import os
import re
import sys
import tempfile
import warnings

os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = "0"
os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"
warnings.filterwarnings("ignore")

import mlflow
import numpy as np
import pandas as pd
import requests
from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag, ViewType
from mlflow.exceptions import MlflowException

uri, output = sys.argv[1], sys.argv[2]
mlflow.set_tracking_uri(uri)
mlflow.set_registry_uri(uri)
client = MlflowClient()
work = tempfile.mkdtemp()
answers = []
ids = {}


def numbered(match):
    return ids.setdefault(match.group(0), f"<id {len(ids)}>")


def normal(value):
    """The value with what differs from one server to another replaced."""
    if isinstance(value, dict):
        return {normal(k): normal(v) for k, v in sorted(value.items()) if not k.startswith("_")}
    if isinstance(value, (list, tuple)):
        return [normal(v) for v in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, np.integer)):
        return "<time>" if value > 1_600_000_000_000 else int(value)
    if isinstance(value, (float, np.floating)):
        if math.isnan(value):
            return "NaN"
        return "<time>" if 1.6e12 < value < 1e300 else float(value)
    if isinstance(value, str):
        text = re.sub(r"[0-9a-f]{32}", numbered, value.replace(uri, "<uri>"))
        text = text.replace(work, "<work>")
        text = re.sub(r"/tmp/\w+", "<tmp>", text)
        # A Python set prints in any order; the database's own words follow some messages.
        text = re.sub(r"\{('[^{}:]*')\}", lambda found: "{" + ", ".join(sorted(found.group(1).split(", "))) + "}", text)
        text = re.sub(r" Error: \(.*", "", text, flags=re.DOTALL)
        # A hint at MLflow's own settings.
        text = re.sub(r" Set the MLFLOW_\w+ environment variable on the server to allow it\.", "", text)
        text = re.sub(r"port=\d+", "port=<port>", text)
        text = re.sub(r'"(utc_time_created|model_uuid|timestamp)": ?"[^"]*"', r'"\1": "<varies>"', text)
        return re.sub(r"^[a-z]+-[a-z]+-\d+$", "<random name>", text)
    if hasattr(value, "to_dictionary"):
        return normal(value.to_dictionary())
    if hasattr(value, "__dict__") or hasattr(value, "__iter__"):
        try:
            return normal(dict(value))
        except (TypeError, ValueError):
            return normal(vars(value))
    return str(value)


def step(name, work_of_step):
    """Does one step; writes down what came of it, and hands it on."""
    try:
        result = work_of_step()
    except MlflowException as error:
        message = re.sub(r"^API request to .*? failed", "API request failed", str(error))
        answers.append({"step": normal(name), "error": error.error_code, "message": normal(message)})
        return None
    except requests.exceptions.HTTPError as error:
        body = json.loads(error.response.text)
        answers.append({"step": normal(name), "error": error.response.status_code, "message": body["message"]})
        return None
    except Exception as error:
        answers.append({"step": normal(name), "error": type(error).__name__, "message": normal(str(error))})
        return None
    answers.append({"step": normal(name), "answer": normal(result)})
    return result


def fails(name, work_of_step):
    """A step that should be refused; whether it was is compared like everything else."""
    step(f"refused: {name}", work_of_step)


def names(runs):
    return [run.info.run_name for run in runs]


# Experiments
home = step("create experiment", lambda: client.create_experiment("home", tags={"team": "nlp"}))
other = step("create another", lambda: client.create_experiment("other"))
step("get experiment", lambda: client.get_experiment(home))
step("get the default experiment", lambda: client.get_experiment("0"))
step("get by name", lambda: client.get_experiment_by_name("home"))
step("get by a name that is not there", lambda: client.get_experiment_by_name("nobody"))
fails("create the same again", lambda: client.create_experiment("home") and None)
fails("get one that is not there", lambda: client.get_experiment("987654"))
fails("get one with an impossible id", lambda: client.get_experiment("abc"))
step("tag experiment", lambda: client.set_experiment_tag(home, "stage", "dev"))
step("rename", lambda: client.rename_experiment(other, "another"))
step("delete", lambda: client.delete_experiment(other))
fails("delete twice", lambda: client.delete_experiment(other))
step("deleted is still there", lambda: client.get_experiment(other))
fails("no run in a deleted one", lambda: client.create_run(other))
fails("rename a deleted one", lambda: client.rename_experiment(other, "x"))
step("search active", lambda: [e.name for e in client.search_experiments(order_by=["name ASC"])])
step("search deleted", lambda: [e.name for e in client.search_experiments(view_type=ViewType.DELETED_ONLY)])
step("search all", lambda: [e.name for e in client.search_experiments(view_type=ViewType.ALL, order_by=["name DESC"])])
step("search by name", lambda: [e.name for e in client.search_experiments(filter_string="name LIKE 'ho%'")])
step("search by tag", lambda: [e.name for e in client.search_experiments(filter_string="tags.team = 'nlp'")])
fails("search nonsense", lambda: client.search_experiments(filter_string="nope = 'x'"))
step("restore", lambda: client.restore_experiment(other))

# Runs through the fluent API
mlflow.set_experiment("home")
with mlflow.start_run(run_name="parent", description="a search") as parent:
    mlflow.log_params({"strategy": "grid", "folds": 3})
    for index, units in enumerate([16, 32, 64]):
        with mlflow.start_run(run_name=f"child-{index}", nested=True) as child:
            mlflow.log_param("units", units)
            mlflow.log_param("model", "lstm" if index else "simple")
            for epoch in range(5):
                mlflow.log_metrics({"loss": 1.0 / (epoch + index + 1), "f1": 0.5 + index * 0.1}, step=epoch)
            mlflow.set_tag("fold group", f"g{index % 2}")
            mlflow.log_dict({"units": units}, "config/params.json")
    mlflow.log_metric("best_cv_score", 0.7)
    mlflow.log_text("params,mean_test_score\n", "cv_results.csv")
parent_id = parent.info.run_id

step("parent run", lambda: {k: v for k, v in client.get_run(parent_id).data.to_dictionary().items()})
children = f"tags.mlflow.parentRunId = '{parent_id}'"
step("children as a table", lambda: sorted(mlflow.search_runs([home], children)["tags.mlflow.runName"]))
frame = mlflow.search_runs([home], children, order_by=["metrics.f1 DESC"])
step("columns of the table", lambda: sorted(frame.columns))
step("values of the table", lambda: frame[["params.units", "metrics.f1", "metrics.loss", "status"]].values.tolist())
step("history", lambda: [[m.key, m.value, m.step] for m in client.get_metric_history(child.info.run_id, "loss")])
step("history of no run", lambda: client.get_metric_history("0" * 32, "loss"))
step("history of nothing", lambda: client.get_metric_history(child.info.run_id, "none"))

# Runs through the client
run = step("create run", lambda: client.create_run(home, start_time=1000, tags={"a": "1"}, run_name="manual"))
run_id = run.info.run_id
step("unnamed run gets a name", lambda: bool(client.create_run(home, start_time=999).info.run_name))
step("log batch", lambda: client.log_batch(
    run_id,
    metrics=[Metric("m", 1.5, 10, 0), Metric("m", 2.5, 11, 1), Metric("nan", math.nan, 1, 0),
             Metric("inf", math.inf, 1, 0), Metric("-inf", -math.inf, 1, 0)],
    params=[Param("p", "v"), Param("empty", "")],
    tags=[RunTag("t", "x"), RunTag("ünï", "cödé")],
))
step("same param again", lambda: client.log_param(run_id, "p", "v"))
fails("other value for a param", lambda: client.log_param(run_id, "p", "w"))
fails("other value in a batch", lambda: client.log_batch(run_id, params=[Param("p", "w"), Param("q", "1")]))
fails("key that climbs", lambda: client.log_metric(run_id, "../m", 1))
fails("key with odd characters", lambda: client.log_param(run_id, "p?", 1))
fails("key too long", lambda: client.set_tag(run_id, "k" * 251, "v"))
fails("negative time", lambda: client.log_metric(run_id, "m", 1, timestamp=-1))
step("long param is cut", lambda: client.log_param(run_id, "long", "x" * 6001) and None)
step("long tag is cut", lambda: client.set_tag(run_id, "long", "x" * 8001))
step("lengths kept", lambda: [len(client.get_run(run_id).data.params["long"]), len(client.get_run(run_id).data.tags["long"])])
step("set tag", lambda: client.set_tag(run_id, "t", "y"))
step("delete tag", lambda: client.delete_tag(run_id, "a"))
fails("delete tag twice", lambda: client.delete_tag(run_id, "a"))
step("latest by step", lambda: client.log_metric(run_id, "m", 9.0, timestamp=5, step=0))
step("get run", lambda: client.get_run(run_id).data.metrics)
step("set terminated", lambda: client.set_terminated(run_id, "FAILED", end_time=5000))
step("update run", lambda: client.update_run(run_id, name="renamed"))
step("info", lambda: client.get_run(run_id).info)
step("rename through the tag", lambda: client.set_tag(run_id, "mlflow.runName", "by tag"))
step("name moved", lambda: client.get_run(run_id).info.run_name)
step("delete run", lambda: client.delete_run(run_id))
fails("write on a deleted run", lambda: client.log_metric(run_id, "m", 1))
step("deleted run is found", lambda: names(client.search_runs([home], run_view_type=ViewType.DELETED_ONLY)))
step("restore run", lambda: client.restore_run(run_id))
fails("run not there", lambda: client.get_run("0" * 32))

# Searches
def search(filter_string="", order_by=("attributes.start_time ASC", "attributes.run_name ASC"), **more):
    return names(client.search_runs([home], filter_string, order_by=list(order_by), **more))


for text in [
    "metrics.f1 > 0.55", "metrics.f1 >= 0.6 and metrics.f1 < 0.7", "metrics.loss != 0.2", "metrics.m = 2.5",
    "params.model = 'lstm'", "params.model != 'lstm'", "params.model LIKE 'ls%'", "params.model LIKE 'LS%'",
    "params.model ILIKE 'LS%'", "param.units = '16'", "tags.`fold group` = 'g0'", 'tags."fold group" = \'g1\'',
    "tag.t = 'y'", "tags.t IS NULL", "tags.t IS NOT NULL", "params.model IS NULL AND params.p = \"v\"",
    "attributes.status = 'FAILED'", "attribute.run_name = 'by tag'", "run_name LIKE 'child-%'", "run.status != 'FINISHED'",
    f"attributes.run_id IN ('{run_id}', '{parent_id}')", f"run_id NOT IN ('{run_id}')", "start_time = 1000",
    "end_time = 5000", "attributes.created <= 1000", "metrics.nan != 1", "metrics.nan = 0", "metrics.inf > 1e300",
    f"run_id IN {(run_id,)}", "", "   ",
]:
    step(f"filter {text}", lambda text=text: search(text))
for text in [
    "metrics.f1 > 'x'", "metrics.f1 > 0.5 OR metrics.f1 < 0.1", "nope.f1 = 1", "attributes.nope = 'x'", "metrics.f1",
    "params.model > 'a'", "params.model = lstm", "params.model = 3", "metrics.f1 LIKE 'x'", "attributes.start_time = 'x'",
    "attributes.status > 'A'", "run_id IN (,)", "run_id IN ('a',,)", "status IN ('FINISHED')", "metrics.f1 > 0.5 AND", "metrics.f1 IS NULL", "dataset.nope = 'x'",
]:
    fails(f"bad filter {text}", lambda text=text: search(text))
for order in [
    ["metrics.f1 DESC"], ["metrics.f1 ASC"], ["metrics.nan"], ["params.units DESC"], ["tags.`fold group` ASC"],
    ["attributes.run_name DESC"], ["metric.f1", "param.model desc"], ["end_time ASC", "run_name"],
]:
    step(f"order {order}", lambda order=order: search("run_name != 'x' AND tags.mlflow.runName LIKE '%a%' AND start_time > 999", order)
         if order[0] != "metrics.f1 DESC" else search("metrics.f1 > 0", order))
for order in [["nope.x"], ["metrics.f1 sideways"], ["metrics.f1", "metrics.f1"], ["attributes.nope"]]:
    fails(f"bad order {order}", lambda order=order: search("", order))


def paged(size):
    found, token = [], None
    while True:
        page = client.search_runs([home], order_by=["metrics.f1 DESC", "start_time", "run_name"], max_results=size, page_token=token)
        found.append(len(page))
        token = page.token
        if not token:
            return found


step("pages of 2", lambda: paged(2))
step("pages of 6", lambda: paged(6))
fails("too many per page", lambda: client.search_runs([home], max_results=50_001))
step("no experiments", lambda: names(client.search_runs([])))
step("an experiment that is not there", lambda: names(client.search_runs(["424242"])))

# Inputs
step("log inputs", lambda: client.log_inputs(run_id, [DatasetInput(
    Dataset("train-set", "abc123", "local", '{"uri": "x"}', schema="{}", profile='{"rows": 3}'),
    [InputTag("mlflow.data.context", "train")])]))
with mlflow.start_run(run_name="with data") as data_run:
    dataset = mlflow.data.from_pandas(pd.DataFrame({"text": ["a", "b"], "label": [0, 1]}), name="frame")
    mlflow.log_input(dataset, context="eval")
step("inputs", lambda: [[i.dataset.name, i.dataset.source_type, [[t.key, t.value] for t in i.tags]] for i in client.get_run(data_run.info.run_id).inputs.dataset_inputs])
step("inputs of the first", lambda: client.get_run(run_id).inputs.to_dictionary())
for text in ["dataset.name = 'train-set'", "datasets.context = 'eval'", "dataset.digest LIKE 'abc%'", "dataset.name IN ('frame', 'x')"]:
    step(f"filter {text}", lambda text=text: search(text))

# Artifacts
path = os.path.join(work, "local.txt")
with open(path, "w") as file:
    file.write("hello")
step("log artifact", lambda: client.log_artifact(run_id, path))
step("log artifact in a folder", lambda: client.log_artifact(run_id, path, "sub/folder"))
step("log artifacts", lambda: client.log_artifacts(run_id, work, "all"))
step("log image-like bytes", lambda: client.log_text(run_id, "ünïcödé", "odd näme.txt"))
step("list artifacts", lambda: [[f.path, f.is_dir, f.file_size] for f in client.list_artifacts(run_id)])
step("list a folder", lambda: [[f.path, f.is_dir, f.file_size] for f in client.list_artifacts(run_id, "sub/folder")])
for folder in [".", "./", "./sub", "sub/."]:
    step(f"list {folder}", lambda folder=folder: [f.path for f in client.list_artifacts(run_id, folder)])
step("download .", lambda: sorted(os.listdir(mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path=".", dst_path=os.path.join(work, "dot")))))
step("download ./sub", lambda: os.listdir(mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="./sub", dst_path=os.path.join(work, "dot-sub"))))
os.environ.update(MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD="true", MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE="6000000",
                  MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE="6000000")
with open(os.path.join(work, "large.bin"), "wb") as file:
    file.write(b"0123456789" * 1_000_000)
step("log a file fit for parts", lambda: client.log_artifact(run_id, os.path.join(work, "large.bin"), "parts"))
step("list it", lambda: [[f.path, f.file_size] for f in client.list_artifacts(run_id, "parts")])
os.environ["MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD"] = "false"
step("list nothing", lambda: client.list_artifacts(run_id, "nothing"))
step("list a file", lambda: [f.path for f in client.list_artifacts(run_id, "local.txt")])
step("download", lambda: open(mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="sub/folder/local.txt")).read())
step("download all", lambda: sorted(os.listdir(mlflow.artifacts.download_artifacts(run_id=run_id, dst_path=os.path.join(work, "down")))))
step("load text", lambda: mlflow.artifacts.load_text(f"runs:/{run_id}/odd näme.txt"))
fails("list outside", lambda: client.list_artifacts(run_id, "../.."))
fails("list absolute", lambda: client.list_artifacts(run_id, "/etc"))
step("artifact uri", lambda: client.get_run(run_id).info.artifact_uri)

# Registry
step("create model", lambda: client.create_registered_model("sentiment", tags={"task": "text"}, description="classifier"))
fails("create it again", lambda: client.create_registered_model("sentiment"))
fails("bad name", lambda: client.create_registered_model("a/b"))
fails("empty name", lambda: client.create_registered_model(""))
source = f"{client.get_run(run_id).info.artifact_uri}/all"
first = step("create version", lambda: client.create_model_version("sentiment", source, run_id, tags={"k": "v"}, description="one"))
second = step("register through the fluent API", lambda: mlflow.register_model(f"runs:/{run_id}/all", "sentiment"))
step("register makes the model", lambda: mlflow.register_model(f"runs:/{run_id}/all", "fresh", tags={"from": "fluent"}))
fails("version of no model", lambda: client.create_model_version("nobody", source, run_id))
fails("version from a local path", lambda: client.create_model_version("sentiment", "/etc/passwd", run_id))
fails("version from a file uri", lambda: client.create_model_version("sentiment", "file:///etc/passwd", run_id))
for location in ["http://host/m", "sftp://host/m", "HDFS://host/m", "mlflow-artifacts://host/m", "b2://bucket@host/m"]:
    fails(f"version from {location}", lambda location=location: client.create_model_version("sentiment", location, run_id))
    fails(f"experiment at {location}", lambda location=location: client.create_experiment(location, location))
for location in ["s3://bucket/m", "gs://bucket/m", "wasbs://files@account/m", "dbfs:/m"]:
    step(f"experiment at {location}", lambda location=location: client.get_experiment(client.create_experiment(location, location)).artifact_location)
fails("version that climbs", lambda: client.create_model_version("sentiment", source + "/../../..", run_id))
fails("version from another run", lambda: client.create_model_version("sentiment", source, parent_id))
step("get version", lambda: client.get_model_version("sentiment", "1"))
fails("version not there", lambda: client.get_model_version("sentiment", "99"))
fails("version no number", lambda: client.get_model_version("sentiment", "x"))
step("update version", lambda: client.update_model_version("sentiment", "1", "first of all"))
step("tag version", lambda: client.set_model_version_tag("sentiment", "1", "checked", "yes"))
step("untag version", lambda: client.delete_model_version_tag("sentiment", "1", "k"))
step("untag again", lambda: client.delete_model_version_tag("sentiment", "1", "k"))
step("tag model", lambda: client.set_registered_model_tag("sentiment", "owner", "ada"))
step("untag model", lambda: client.delete_registered_model_tag("sentiment", "task"))
step("update model", lambda: client.update_registered_model("sentiment", "better text"))
step("alias", lambda: client.set_registered_model_alias("sentiment", "champion", "1"))
step("alias moves", lambda: client.set_registered_model_alias("sentiment", "champion", "2"))
step("second alias", lambda: client.set_registered_model_alias("sentiment", "Challenger_1", "1"))
fails("alias latest", lambda: client.set_registered_model_alias("sentiment", "latest", "1"))
fails("alias like a version", lambda: client.set_registered_model_alias("sentiment", "v3", "1"))
fails("alias with odd characters", lambda: client.set_registered_model_alias("sentiment", "a b", "1"))
fails("alias of no version", lambda: client.set_registered_model_alias("sentiment", "x", "77"))
step("by alias", lambda: client.get_model_version_by_alias("sentiment", "champion"))
step("by latest", lambda: client.get_model_version_by_alias("sentiment", "latest").version)
fails("no such alias", lambda: client.get_model_version_by_alias("sentiment", "nope"))
step("model", lambda: client.get_registered_model("sentiment"))
step("download uri", lambda: client.get_model_version_download_uri("sentiment", "2"))
step("download by alias", lambda: sorted(os.listdir(mlflow.artifacts.download_artifacts("models:/sentiment@champion"))))
step("stage", lambda: client.transition_model_version_stage("sentiment", "1", "Staging"))
step("stage spelled otherwise", lambda: client.transition_model_version_stage("sentiment", "2", "staging", archive_existing_versions=True))
fails("stage that is none", lambda: client.transition_model_version_stage("sentiment", "1", "Nowhere"))
fails("archive on no active stage", lambda: client.transition_model_version_stage("sentiment", "1", "None", archive_existing_versions=True))
step("latest versions", lambda: [[v.version, v.current_stage] for v in client.get_latest_versions("sentiment")])
step("latest of a stage", lambda: [v.version for v in client.get_latest_versions("sentiment", ["Staging"])])
step("search versions", lambda: sorted([v.name, v.version] for v in client.search_model_versions(f"run_id = '{run_id}'")))
step("search versions by name", lambda: [v.version for v in client.search_model_versions("name = 'sentiment'", order_by=["version_number DESC"])])
client.create_registered_model("another")
client.create_model_version("another", source, run_id)
for order in [[], ["version_number DESC"], ["version_number"], ["creation_timestamp DESC"], ["name DESC"]]:
    step(f"versions in the order {order}", lambda order=order: [[v.name, v.version] for v in client.search_model_versions("name IN ('another', 'sentiment')", order_by=order)])
step("search versions by number", lambda: [v.version for v in client.search_model_versions("version_number > 1 AND name = 'sentiment'")])
step("search versions by tag", lambda: [v.version for v in client.search_model_versions("tags.checked = 'yes'")])
step("search models", lambda: [m.name for m in client.search_registered_models("name LIKE 'sent%'")])
step("search one-tuples", lambda: [len(client.search_registered_models(f"name IN {('sentiment',)}")), len(client.search_model_versions(f"run_id IN {(run_id,)}"))])
step("search models by tag", lambda: [m.name for m in client.search_registered_models("tags.owner = 'ada'")])
step("search models in order", lambda: [m.name for m in client.search_registered_models(order_by=["name DESC"])])
fails("search models nonsense", lambda: client.search_registered_models("nope = 'x'"))
fails("search versions nonsense", lambda: client.search_model_versions("nope = 'x'"))
step("copy version", lambda: client.copy_model_version("models:/sentiment/1", "copied"))
step("rename model", lambda: client.rename_registered_model("fresh", "renamed"))
fails("rename onto another", lambda: client.rename_registered_model("renamed", "sentiment"))
step("versions follow the name", lambda: [v.name for v in client.search_model_versions("name = 'renamed'")])
step("delete alias", lambda: client.delete_registered_model_alias("sentiment", "champion"))
step("delete alias again", lambda: client.delete_registered_model_alias("sentiment", "champion"))
step("delete version", lambda: client.delete_model_version("sentiment", "2"))
fails("deleted version", lambda: client.get_model_version("sentiment", "2"))
step("numbers are not given twice", lambda: client.create_model_version("sentiment", source, run_id).version)
step("delete model", lambda: client.delete_registered_model("renamed"))
fails("deleted model", lambda: client.get_registered_model("renamed"))

# A logged model, as MLflow 3 has it
class Echo(mlflow.pyfunc.PythonModel):
    def predict(self, model_input: list[str]) -> list[str]:
        return [text.upper() for text in model_input]


with mlflow.start_run(run_name="logs a model") as model_run:
    info = step("log model", lambda: [mlflow.pyfunc.log_model(
        name="echo", python_model=Echo(), input_example=["hi"], registered_model_name="echo", pip_requirements=[],
        params={"depth": 3})][0] and mlflow.last_logged_model().name)
    logged = mlflow.last_logged_model()
    mlflow.log_metric("acc", 0.9, model_id=logged.model_id)
    mlflow.log_metric("acc", 0.8, step=1, model_id=logged.model_id, dataset=dataset)
model_id = logged.model_id
step("logged model", lambda: {k: v for k, v in client.get_logged_model(model_id).to_dictionary().items() if k not in ("tags", "metrics")})
step("its metrics", lambda: sorted([m.key, m.value, m.step, m.dataset_name or ""] for m in client.get_logged_model(model_id).metrics))
step("its tags", lambda: client.set_logged_model_tags(model_id, {"kind": "echo"}) or client.get_logged_model(model_id).tags.get("kind"))
step("untag it", lambda: client.delete_logged_model_tag(model_id, "kind"))
step("outputs of its run", lambda: [[o.step] for o in client.get_run(model_run.info.run_id).outputs.model_outputs])
step("search logged models", lambda: [m.name for m in client.search_logged_models([home])])
for text in ["name = 'echo'", f"name IN {('echo',)}", "metrics.acc > 0.85", "params.depth = '3'", "name LIKE 'x%'", f"source_run_id = '{model_run.info.run_id}'"]:
    step(f"logged models with {text}", lambda text=text: [m.name for m in client.search_logged_models([home], filter_string=text)])
step("ordered", lambda: [m.name for m in client.search_logged_models([home], order_by=[{"field_name": "metrics.acc", "ascending": False}])])
step("its artifacts", lambda: sorted(f.path for f in client.list_logged_model_artifacts(model_id)))
step("load by id", lambda: mlflow.pyfunc.load_model(f"models:/{model_id}").predict(["abc"]))
step("load by run", lambda: mlflow.pyfunc.load_model(f"runs:/{model_run.info.run_id}/echo").predict(["abc"]))
step("load by version", lambda: mlflow.pyfunc.load_model("models:/echo/1").predict(["abc"]))
step("its version", lambda: client.get_model_version("echo", "1"))
def versions_tag():
    return sorted(json.loads(client.get_logged_model(model_id).tags["mlflow.modelVersions"]), key=lambda one: (one["name"], str(one["version"])))


step("the versions that it knows of, as text", lambda: client.get_logged_model(model_id).tags["mlflow.modelVersions"])
step("the versions that it knows of", versions_tag)
step("another version of it", lambda: client.create_model_version("echo", f"models:/{model_id}", model_run.info.run_id, model_id=model_id).version)
step("the versions that it knows of now", versions_tag)
step("a version of a run that is not there", lambda: client.create_model_version("echo", f"runs:/{'0' * 32}/model", "0" * 32))
step("its download uri", lambda: client.get_model_version_download_uri("echo", "3"))
fails("a version of another run that is not there", lambda: client.create_model_version("echo", f"runs:/{'0' * 32}/model", "1" * 32))
pending = step("initialize", lambda: client.create_logged_model if False else mlflow.initialize_logged_model(name="pending", tags={"a": "b"}, params={"p": "1"}))
step("pending status", lambda: client.get_logged_model(pending.model_id).status)
fails("a logged model's param again", lambda: client.log_model_params(pending.model_id, {"p": "2"}))
step("finalize", lambda: client.finalize_logged_model(pending.model_id, "FAILED").status)
step("delete logged model", lambda: client.delete_logged_model(pending.model_id))
fails("deleted logged model", lambda: client.get_logged_model(pending.model_id))
fails("bad logged model name", lambda: mlflow.initialize_logged_model(name="a/b"))

# What only plain HTTP can ask
session = requests.Session()
api = f"{uri}/api/2.0/mlflow"


def raw(name, method, path, **more):
    response = session.request(method, path if path.startswith("http") else f"{api}/{path}", **more)
    try:
        body = response.json()
    except ValueError:
        body = response.text[:80]
    if isinstance(body, dict):
        for extra in ("sqlstate", "error_class"):
            body.pop(extra, None)
        if "experiment" in body:
            body["experiment"]["tags"].sort(key=lambda tag: tag["key"])
    answers.append({"step": normal(name), "status": response.status_code, "answer": normal(body)})


raw("missing field", "POST", "experiments/create", json={})
raw("wrong type", "POST", "experiments/create", json={"name": 12})
raw("missing run id", "GET", "runs/get")
raw("run uuid instead", "GET", "runs/get", params={"run_uuid": "f" * 32})
raw("numbers as texts", "POST", "runs/create", json={"experiment_id": home, "start_time": "123", "run_name": "texts", "user_id": "u"})
raw("batch too large", "POST", "runs/log-batch", json={"run_id": run_id, "params": [{"key": f"k{i}", "value": "v"} for i in range(101)]})
raw("too many metrics", "POST", "runs/log-batch", json={"run_id": run_id, "metrics": [{"key": "k", "value": i, "timestamp": 1, "step": i} for i in range(1001)]})
raw("params twice", "POST", "runs/log-batch", json={"run_id": run_id, "params": [{"key": "d", "value": "1"}, {"key": "d", "value": "2"}]})
raw("metric without value", "POST", "runs/log-batch", json={"run_id": run_id, "metrics": [{"key": "k", "timestamp": 1}]})
raw("bulk history", "GET", f"{uri}/ajax-api/2.0/mlflow/metrics/get-history-bulk", params={"run_id": [run_id], "metric_key": "m"})
raw("bulk history of no run", "GET", f"{uri}/ajax-api/2.0/mlflow/metrics/get-history-bulk", params={"metric_key": "m"})
raw("sampled history", "GET", f"{uri}/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval", params={"run_ids": [child.info.run_id], "metric_key": "loss", "max_results": 3})
raw("sampled history of no run", "GET", f"{uri}/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval", params={"metric_key": "loss"})
raw("experiments without a page size", "POST", "experiments/search", json={})
raw("deleted experiments by number", "POST", "experiments/search", json={"max_results": 10, "view_type": 2})
for value in ["1.5", " 2 ", "-1e3", "NaN", "Infinity", "-inf", ".5", "+3"]:
    raw(f"batch with the text {value}", "POST", "runs/log-batch", json={"run_id": run_id, "metrics": [{"key": f"text {value.strip().strip('+')}", "value": value, "timestamp": "1", "step": "2"}]})
for value in ["x", "0x10", "", "1e", "--1"]:
    raw(f"metric with the text {value}", "POST", "runs/log-metric", json={"run_id": run_id, "key": "text", "value": value, "timestamp": 1})
step("metrics from texts", lambda: {key: value for key, value in client.get_run(run_id).data.metrics.items() if key.startswith("text")})
raw("datasets", "POST", f"{uri}/ajax-api/2.0/mlflow/experiments/search-datasets", json={"experiment_ids": [home]})
raw("ajax prefix", "GET", f"{uri}/ajax-api/2.0/mlflow/experiments/get", params={"experiment_id": home})
session.put(f"{uri}/api/2.0/mlflow-artifacts/artifacts/0/range.txt", data=b"hello")
for part in ["bytes=1-2", "bytes=-2", "bytes=9-"]:
    response = session.get(f"{uri}/api/2.0/mlflow-artifacts/artifacts/0/range.txt", headers={"Range": part})
    answers.append({"step": part, "status": response.status_code, "part": response.headers.get("Content-Range")})
raw("delete an artifact", "DELETE", f"{uri}/api/2.0/mlflow-artifacts/artifacts/0/range.txt")
raw("delete it again", "DELETE", f"{uri}/api/2.0/mlflow-artifacts/artifacts/0/range.txt")
RUN = '''query GetRun($data: MlflowGetRunInput!) @component(name: "x") { mlflowGetRun(input: $data) { apiError { code message }
 run { info { runId runName status startTime endTime artifactUri lifecycleStage userId } experiment { experimentId name artifactLocation tags { key } effectiveTraceArchivalRetention }
 data { metrics { key value step timestamp datasetName } params { key value } tags { key value } }
 inputs { datasetInputs { tags { key value } dataset { name digest sourceType source schema profile } } modelInputs { modelId } } outputs { modelOutputs { modelId step } }
 modelVersions { name version status source runLink description userId statusMessage modelId } } } }'''


def sorted_graphql(value, field=""):
    """Times are texts there, and lists stand in the database's order."""
    if isinstance(value, dict):
        return {key: sorted_graphql(part, key) for key, part in value.items()}
    if isinstance(value, list):
        parts = [sorted_graphql(part) for part in value]
        return parts if field in ("runs", "errors") else sorted(parts, key=lambda part: json.dumps(part, sort_keys=True))
    return "<time>" if isinstance(value, str) and re.fullmatch(r"1[6-9]\d{11}", value) else value


for name, query, variables in [
    ("a run", RUN, {"data": {"runId": run_id}}),
    ("a run that is not there", RUN, {"data": {"runId": "0" * 32}}),
    ("a run with a dataset", RUN, {"data": {"runId": data_run.info.run_id}}),
    ("a run with NaN", RUN, {"data": {"runUuid": run_id}}),
    ("an experiment", "query Q($input: MlflowGetExperimentInput!) { mlflowGetExperiment(input: $input) { experiment { name lifecycleStage creationTime } } }", {"input": {"experimentId": home}}),
    ("no experiment", '{ mlflowGetExperiment(input: {experimentId: "424242"}) { experiment { name } } }', None),
    ("runs", "query S($data: MlflowSearchRunsInput!) { mlflowSearchRuns(input: $data) { runs { info { runName } experiment { name } } nextPageToken } }", {"data": {"experimentIds": [home], "filter": "metrics.f1 > 0.55", "orderBy": ["metrics.f1"]}}),
    ("runs as a mutation", "mutation S($data: MlflowSearchRunsInput!) { mlflowSearchRuns(input: $data) { runs { info { runName } } } }", {"data": {"experimentIds": [home], "filter": "params.p = 'v'"}}),
    ("a bad order", "query S($data: MlflowSearchRunsInput!) { mlflowSearchRuns(input: $data) { runs { info { runName } } } }", {"data": {"experimentIds": [home], "orderBy": ["nope.x"]}}),
    ("history", "query H($data: MlflowGetMetricHistoryBulkIntervalInput!) { mlflowGetMetricHistoryBulkInterval(input: $data) { metrics { runId key value step } apiError { code } } }", {"data": {"runIds": [child.info.run_id], "metricKey": "loss"}}),
    ("artifacts", "query A($data: MlflowListArtifactsInput!) { mlflowListArtifacts(input: $data) { rootUri files { path isDir fileSize } } }", {"data": {"runId": run_id, "path": "sub"}}),
    ("datasets", "mutation D($data: MlflowSearchDatasetsInput!) { mlflowSearchDatasets(input: $data) { datasetSummaries { name digest context } } }", {"data": {"experimentIds": [home]}}),
    ("a field that is not there", "{ mlflowGetRun(input: 3) { nope } }", None),
    ("an echo", '{ test(inputString: "abc") { output } }', None),
]:
    body = session.post(f"{uri}/graphql", json={"query": query, "variables": variables})
    answer = body.json()
    if answer["errors"] is not None and answer["data"] is None:
        answer["errors"] = len(answer["errors"]) > 0
    answers.append({"step": f"graphql: {name}", "status": body.status_code, "answer": normal(sorted_graphql(answer))})
for start in ["api", "ajax-api"]:
    raw(f"{start} evaluation datasets", "POST", f"{uri}/{start}/3.0/mlflow/datasets/search", json={"experiment_ids": [home]})
raw("gateway", "GET", f"{uri}/ajax-api/2.0/mlflow/gateway-proxy", params={"gateway_path": "api/2.0/endpoints/"})
text = {"Content-Type": "text/plain"}
for name, params, more in [
    ("no run", {}, {"data": b"x"}), ("no path", {"run_uuid": run_id}, {"data": b"x"}), ("outside", {"run_uuid": run_id, "path": "../x"}, {"data": b"x"}),
    ("nothing", {"run_uuid": run_id, "path": "page/a.txt"}, {}), ("of a run that is not there", {"run_uuid": "0" * 32, "path": "a.txt"}, {"data": b"x"}),
    ("too large", {"run_uuid": run_id, "path": "page/b.txt"}, {"data": b"x" * (10 * 1024 * 1024 + 1)}), ("small", {"run_uuid": run_id, "path": "page/a.txt"}, {"data": b"hello"}),
]:
    raw(f"upload from a page: {name}", "POST", f"{uri}/ajax-api/2.0/mlflow/upload-artifact", params=params, headers=text, **more)
raw("upload from a page: a form", "POST", f"{uri}/ajax-api/2.0/mlflow/upload-artifact", params={"run_uuid": run_id, "path": "page/c.txt"}, data={"a": "b"})
step("uploaded from a page", lambda: [f.path for f in client.list_artifacts(run_id, "page")])
raw("health", "GET", f"{uri}/health")
raw("get artifact", "GET", f"{uri}/get-artifact", params={"run_id": run_id, "path": "local.txt"})
for name in ["local.txt", "odd näme.txt"]:
    headers = session.get(f"{uri}/get-artifact", params={"run_id": run_id, "path": name}).headers
    answers.append({"step": f"headers of {name}", "answer": [headers["Content-Type"], headers["Content-Disposition"]]})
raw("multipart outside", "POST", f"{uri}/api/2.0/mlflow-artifacts/mpu/create/..%2fx", json={"path": "x", "num_parts": 2})
raw("presigned download", "GET", f"{uri}/api/2.0/mlflow-artifacts/presigned/0/x")
raw("presigned download outside", "GET", f"{uri}/api/2.0/mlflow-artifacts/presigned/..%2fx")
for body in [{}, {"path": "x"}, {"run_id": "0" * 32, "path": "x"}, {"run_id": "0" * 32, "model_id": "m", "path": "x"}, {"run_id": run_id, "path": "../x"},
             {"run_id": 1, "path": "x"}, {"run_id": "0" * 32, "path": "x", "expiration": 0}]:
    for what in ["upload", "download"]:
        raw(f"presigned {what} url {body}", "POST", f"artifacts/presigned-{what}-url", json=body)
raw("get artifact outside", "GET", f"{uri}/get-artifact", params={"run_id": run_id, "path": "../../x"})
raw("upload outside", "PUT", f"{uri}/api/2.0/mlflow-artifacts/artifacts/..%2f..%2fx", data=b"x")
raw("foreign host", "GET", "experiments/get", params={"experiment_id": "0"}, headers={"Host": "evil.example"})
raw("foreign origin", "POST", "experiments/create", json={"name": "evil"}, headers={"Origin": "http://evil.example"})
raw("method that is not there", "GET", "experiments/create")
raw("no such endpoint", "GET", f"{uri}/api/2.0/mlflow/nope")

fails("a location that climbs", lambda: client.create_experiment("climb", "mlflow-artifacts:/../../x"))

with open(output, "w") as file:
    json.dump(answers, file, indent=1, ensure_ascii=False)
print(len(answers), "steps")
