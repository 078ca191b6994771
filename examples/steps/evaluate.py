"""The accuracy of a registered model on the rows that were kept back."""

import csv
import sys
from pathlib import Path

import mlflow

data, model = sys.argv[1:]
with open(Path(data) / "kept-back.csv", newline="") as file:
    rows = list(csv.DictReader(file))
labels = mlflow.pyfunc.load_model(model).predict([row["text"] for row in rows])["label"]
right = sum(label == row["label"] for label, row in zip(labels, rows))

with mlflow.start_run():
    mlflow.log_metric("kept_back_accuracy", right / len(rows))
