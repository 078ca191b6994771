"""PyTorch's `transformers` as a peer of bench/encoder: one JSON request a line on standard input, one answer a line on standard output.

Batches of like length, padded to their longest row, as ours; attention as the library chooses it.
"""

import argparse
import json
import sys
import time

import numpy as np
import torch
import transformers
from tokenizers import Tokenizer

WINDOW = 16


def pooled(encoder, ids, mask):
    states = encoder(input_ids=ids, attention_mask=mask).last_hidden_state
    weights = mask.unsqueeze(-1).to(states.dtype)
    return (states * weights).sum(1) / weights.sum(1)


def tokens(request, data):
    tokenizer = Tokenizer.from_file(request["folder"] + "/tokenizer.json")
    tokenizer.no_padding()
    tokenizer.enable_truncation(request["maxTokens"])
    return [encoding.ids for encoding in tokenizer.encode_batch(data["texts"])]


def batch_of(rows, chosen):
    steps = max(len(rows[row]) for row in chosen)
    ids = torch.zeros(len(chosen), steps, dtype=torch.long)
    mask = torch.zeros(len(chosen), steps, dtype=torch.long)
    for k, row in enumerate(chosen):
        ids[k, : len(rows[row])] = torch.tensor(rows[row])
        mask[k, : len(rows[row])] = 1
    return ids, mask


def by_length(rows, order, size):
    order = sorted(order, key=lambda row: len(rows[row]))
    return [order[k : k + size] for k in range(0, len(order), size)]


def embed(request, data):
    encoder = transformers.AutoModel.from_pretrained(request["folder"]).eval()
    started = time.perf_counter()
    rows = tokens(request, data)
    vectors = np.empty((len(rows), encoder.config.hidden_size), dtype=np.float32)
    with torch.inference_mode():
        for chosen in by_length(rows, range(len(rows)), request["batch"]):
            vectors[chosen] = pooled(encoder, *batch_of(rows, chosen)).numpy()
    return {"seconds": time.perf_counter() - started, "first": vectors[0].tolist()}


def fine_tune(request, data):
    torch.manual_seed(request["seed"])
    encoder = transformers.AutoModel.from_pretrained(request["folder"], add_pooling_layer=False).train()
    head = torch.nn.Linear(encoder.config.hidden_size, 1)
    torch.nn.init.zeros_(head.weight)
    torch.nn.init.zeros_(head.bias)
    parameters = [*encoder.parameters(), *head.parameters()]
    optimizer = torch.optim.AdamW(
        [
            {"params": [p for p in parameters if p.dim() > 1], "weight_decay": request["weightDecay"]},
            {"params": [p for p in parameters if p.dim() < 2], "weight_decay": 0.0},
        ],
        lr=request["learningRate"],
    )
    rows = tokens(request, data)
    labels = torch.tensor(data["labels"], dtype=torch.float32)
    size = request["batch"]
    steps = -(-len(rows) // size)
    schedule = transformers.get_linear_schedule_with_warmup(optimizer, round(steps / 10), steps)
    started = time.perf_counter()
    random = np.random.default_rng(request["seed"])
    order = random.permutation(len(rows)).tolist()
    batches = [
        batch
        for k in range(0, len(order), WINDOW * size)
        for batch in by_length(rows, order[k : k + WINDOW * size], size)
    ]
    for k in random.permutation(len(batches)):
        ids, mask = batch_of(rows, batches[k])
        logits = head(pooled(encoder, ids, mask)).squeeze(1)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, labels[batches[k]])
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        schedule.step()
    seconds = time.perf_counter() - started
    encoder.eval()
    right = 0
    with torch.inference_mode():
        for chosen in by_length(rows, range(len(rows)), 64):
            scores = head(pooled(encoder, *batch_of(rows, chosen))).squeeze(1)
            right += int(((scores > 0) == (labels[chosen] == 1)).sum())
    return {"seconds": seconds, "accuracy": right / len(rows)}


TASKS = {"embed": embed, "fineTune": fine_tune}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=1)
    threads = parser.parse_args().threads
    torch.set_num_threads(threads)
    version = f"PyTorch {torch.__version__}, transformers {transformers.__version__}"
    print(json.dumps({"name": "PyTorch", "version": version, "threads": threads}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        with open(request["rows"], encoding="utf-8") as file:
            data = json.load(file)
        print(json.dumps(TASKS[request["task"]](request, data)), flush=True)


main()
