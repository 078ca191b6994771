"""The sentences about Amazon's products that come with the npm package `sentiment`, without doubles, in two files."""

import csv
import json
import random
import shutil
import sys
import tempfile
from pathlib import Path

import mlflow

ROOT = Path(__file__).resolve().parents[2]
KEPT_BACK = 100

wanted = int(float(sys.argv[1]))
source = ROOT / "node_modules/sentiment/test/fixtures/amazon.json"
unique = {
    entry["text"].strip().lower(): (entry["text"].strip(), "positive" if entry["class"] else "negative")
    for entry in json.loads(source.read_text())
    if entry["text"].strip()
}
rows = list(unique.values())
random.Random(42).shuffle(rows)
wanted = min(wanted, len(rows) - KEPT_BACK)

with tempfile.TemporaryDirectory() as folder:
    for name, part in [("kept-back.csv", rows[:KEPT_BACK]), ("rows.csv", rows[KEPT_BACK : KEPT_BACK + wanted])]:
        with open(Path(folder) / name, "w", newline="") as file:
            csv.writer(file).writerows([("text", "label"), *part])
    shutil.copy(Path(__file__).with_name("space.yaml"), folder)
    # The run that `mlflow run` opened: the environment names it.
    with mlflow.start_run():
        mlflow.log_artifacts(folder, "data")
        mlflow.log_metrics({"rows": wanted, "kept_back": KEPT_BACK})
