"""PyTorch as a peer of bench/fold: one JSON request a line on standard input, one JSON answer a line on standard output.

Trains and predicts what learning/models build, from the same rows, with the same epochs, batch size and optimizer.
"""

import argparse
import json
import sys
import time

import numpy as np
import torch
import torch_model
from f1 import f1_macro


def build(request, vocabulary_size):
    torch.manual_seed(request["seed"])
    if request["model"] == "lstm":
        return torch_model.LSTM(vocabulary_size, request["embedding"], request["units"])
    return torch_model.Simple(vocabulary_size, request["embedding"])


def rows_of(side):
    return torch_model.Rows(side["ids"], side["labels"])


def train(request, data):
    rows, validation = rows_of(data["train"]), rows_of(data["validation"])
    started = time.perf_counter()
    model = build(request, data["vocabularySize"])
    optimizer = torch_model.adam(model, request["learningRate"])
    order = np.random.default_rng(request["seed"])
    epochs = []
    for _ in range(request["epochs"]):
        epoch = time.perf_counter()
        torch_model.train_epoch(model, optimizer, rows.shuffled(request["batch"], order))
        epochs.append(time.perf_counter() - epoch)
    seconds = time.perf_counter() - started
    positive = torch_model.predict(model, validation).numpy() > 0
    return {"epochSeconds": epochs, "seconds": seconds, "f1": f1_macro(validation.labels.numpy(), positive)}


def predict(request, data):
    rows = rows_of(data["train"])
    model = build(request, data["vocabularySize"])
    batch = []
    for _ in range(4):
        started = time.perf_counter()
        torch_model.predict(model, rows).sigmoid_()
        batch.append(time.perf_counter() - started)
    single = []
    with torch.inference_mode():
        for row in range(200):
            ids, lengths, _ = rows.batch(np.array([row]))
            started = time.perf_counter()
            model(ids, lengths).sigmoid_()
            single.append(time.perf_counter() - started)
    return {"batchSeconds": min(batch), "singleSeconds": sorted(single[50:])[75]}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    threads = parser.parse_args().threads
    torch.set_num_threads(threads)
    print(json.dumps({"name": "PyTorch", "version": f"PyTorch {torch.__version__}", "threads": threads}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        with open(request["rows"], encoding="utf-8") as file:
            data = json.load(file)
        answer = train(request, data) if request["task"] == "train" else predict(request, data)
        print(json.dumps(answer), flush=True)


main()
