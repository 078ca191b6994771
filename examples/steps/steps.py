"""prepare, search, evaluate: each a run below this one."""

import sys

import mlflow

rows, workers = sys.argv[1:]


def step(name, **parameters):
    """Runs an entry point to its end; raises when it fails. MLflow puts its run below the active one."""
    run = mlflow.projects.run(".", name, parameters=parameters, env_manager="local", run_name=name)
    return mlflow.get_run(run.run_id)


with mlflow.start_run():
    prepared = step("prepare", rows=rows)
    data = f"runs:/{prepared.info.run_id}/data"
    searched = step("search", data=data, workers=workers)
    name, version = searched.data.tags["gridsearch.registered_version"].split("/")
    evaluated = step("evaluate", data=data, model=f"models:/{name}@champion")
    mlflow.log_metrics(evaluated.data.metrics)
    print(f"{name} version {version} is registered; its champion has {evaluated.data.metrics}")
