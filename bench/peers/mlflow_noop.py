"""A real `mlflow server` on SQLite as a peer of bench/noop, through MLflow's Python client from two processes.

Per run: created with tags, one log-batch with fifty metric values and the parameters, finished: three calls where ours makes six.
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from importlib.metadata import version

from two_processes import clock

QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}


def setup(uri, experiment):
    from mlflow.entities import Metric, Param
    from mlflow.tracking import MlflowClient

    client = MlflowClient(uri)

    def trial():
        now = int(time.time() * 1000)
        tags = {f"gridsearch.tag_{k}": str(k) for k in range(10)}
        run = client.create_run(experiment, start_time=now, tags=tags, run_name="no-op")
        client.log_batch(
            run.info.run_id,
            metrics=[
                Metric(f"metric_{k}", epoch + k / 10, int(time.time() * 1000), epoch)
                for epoch in range(1, 6)
                for k in range(10)
            ],
            params=[Param(f"param_{k}", str(k)) for k in range(10)],
        )
        client.set_terminated(run.info.run_id)

    return trial


def start_server(folder):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [os.path.join(os.path.dirname(sys.executable), "mlflow"), "server"]
    command += ["--host", "127.0.0.1", "--port", str(port)]
    command += ["--backend-store-uri", f"sqlite:///{folder}/mlflow.db"]
    command += ["--artifacts-destination", f"{folder}/artifacts"]
    # A group of its own: the command starts server processes, and all of them have to end with it.
    with open(os.path.join(folder, "server.log"), "w", encoding="utf-8") as log:
        server = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **QUIET}, stdout=log, stderr=log, start_new_session=True
        )
    uri = f"http://127.0.0.1:{port}"
    deadline = time.time() + 120
    while time.time() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{uri}/health", timeout=2) as answer:
                if answer.status == 200:
                    return server, uri
        except OSError:
            time.sleep(0.2)
    with open(os.path.join(folder, "server.log"), encoding="utf-8") as log:
        raise SystemExit(f"mlflow server did not start:\n{log.read()[-4000:]}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--trials", type=int, default=100)
    options = parser.parse_args()
    os.environ.update(QUIET)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        server, uri = start_server(folder)
        try:
            from mlflow.tracking import MlflowClient

            experiment = MlflowClient(uri).create_experiment("no-op")
            seconds = clock(setup, (uri, experiment), options.trials)
        finally:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()
    print(json.dumps({"seconds": seconds, "count": options.trials, "version": f"MLflow {version('mlflow')}"}))


if __name__ == "__main__":
    main()
