"""The classifiers of learning/models in PyTorch, and batches of like length: what torch_fold.py and torch_fit.py train.

Written for speed on a processor, and measured while written: ids time-major, as the recurrent kernel wants them, nothing
packed or masked, Adam in its fused form (a fifth to a third off an epoch of the sentences).
"""

import numpy as np
import torch
from torch import nn


class LSTM(nn.Module):
    """Embedding, one LSTM layer, its last state, dropout, one logit. Starts from weights drawn as Keras draws them.

    Without `packed` the kernel runs over the padding too and the last state is picked by length, which costs less than packing
    when the rows of a batch are of like length.
    """

    def __init__(self, vocabulary_size, embedding, units, dropout=0.0, packed=False):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, embedding, padding_idx=0)
        self.lstm = nn.LSTM(embedding, units)
        self.dropout = nn.Dropout(dropout)
        self.dense = nn.Linear(units, 1)
        self.packed = packed
        start_embedding(self.embedding)
        nn.init.xavier_uniform_(self.lstm.weight_ih_l0)
        nn.init.orthogonal_(self.lstm.weight_hh_l0)
        nn.init.zeros_(self.lstm.bias_ih_l0)
        nn.init.zeros_(self.lstm.bias_hh_l0)
        with torch.no_grad():
            self.lstm.bias_ih_l0[units : 2 * units] = 1  # the forget gate
        start_dense(self.dense)

    def forward(self, ids, lengths):
        """`ids` [longest, rows], `lengths` [rows]; logits [rows]."""
        inputs = self.embedding(ids)
        if self.packed:
            inputs = nn.utils.rnn.pack_padded_sequence(inputs, lengths, enforce_sorted=False)
            last = self.lstm(inputs)[1][0][0]
        elif int(lengths.min()) == len(ids):
            last = self.lstm(inputs)[1][0][0]
        else:
            states, _ = self.lstm(inputs)
            last = states[lengths - 1, torch.arange(len(lengths))]
        return self.dense(self.dropout(last))[:, 0]


class Simple(nn.Module):
    """Mean of a text's embeddings, one logit."""

    def __init__(self, vocabulary_size, embedding):
        super().__init__()
        self.embedding = nn.EmbeddingBag(vocabulary_size, embedding, mode="mean", padding_idx=0)
        self.dense = nn.Linear(embedding, 1)
        start_embedding(self.embedding)
        start_dense(self.dense)

    def forward(self, ids, _lengths):
        return self.dense(self.embedding(ids.T))[:, 0]


def adam(model, learning_rate):
    return torch.optim.Adam(model.parameters(), learning_rate, eps=1e-7, fused=True)


def start_embedding(layer):
    nn.init.uniform_(layer.weight, -0.05, 0.05)
    with torch.no_grad():
        layer.weight[0] = 0


def start_dense(layer):
    nn.init.xavier_uniform_(layer.weight)
    nn.init.zeros_(layer.bias)


class Rows:
    """Encoded texts: ids [rows, max tokens], 0 beyond a row's length, and labels."""

    def __init__(self, ids, labels):
        ids = np.asarray(ids, dtype="int64")
        self.lengths = np.maximum(1, (ids != 0).sum(axis=1))
        self.ids = torch.from_numpy(ids)
        self.labels = torch.tensor(labels, dtype=torch.float32)

    def batch(self, rows):
        lengths = self.lengths[rows]
        rows = torch.from_numpy(rows)
        return self.ids[rows, : lengths.max()].T.contiguous(), torch.from_numpy(lengths), self.labels[rows]

    def shuffled(self, size, generator):
        """One epoch's batches of like length: rows shuffled, sorted by length in windows, and the batches shuffled."""
        order = generator.permutation(len(self.lengths))
        window = 16 * size
        batches = []
        for start in range(0, len(order), window):
            part = order[start : start + window]
            part = part[np.argsort(self.lengths[part], kind="stable")]
            batches += [part[k : k + size] for k in range(0, len(part), size)]
        for k in generator.permutation(len(batches)):
            yield self.batch(batches[k])

    def mixed(self, size, generator):
        """One epoch's batches without a thought for lengths."""
        order = generator.permutation(len(self.lengths))
        for k in range(0, len(order), size):
            yield self.batch(order[k : k + size])

    def sorted(self, size):
        """All rows by length: pairs of rows and batch."""
        order = np.argsort(self.lengths, kind="stable")
        for k in range(0, len(order), size):
            yield order[k : k + size], self.batch(order[k : k + size])


def train_epoch(model, optimizer, batches, accuracy=False):
    """Mean loss over the epoch's batches and, when asked for, their accuracy, as Keras reports them."""
    model.train()
    loss_of = nn.functional.binary_cross_entropy_with_logits
    total, correct, rows = torch.zeros(()), torch.zeros((), dtype=torch.int64), 0
    for ids, lengths, labels in batches:
        optimizer.zero_grad()
        logits = model(ids, lengths)
        loss = loss_of(logits, labels)
        loss.backward()
        optimizer.step()
        total += loss.detach() * len(labels)
        rows += len(labels)
        if accuracy:
            correct += ((logits > 0) == (labels > 0.5)).sum()
    return float(total) / rows, int(correct) / rows


def predict(model, rows, size=256):
    """Logits of all rows, in their order."""
    model.eval()
    logits = torch.empty(len(rows.lengths))
    with torch.inference_mode():
        for which, (ids, lengths, _) in rows.sorted(size):
            logits[torch.from_numpy(which)] = model(ids, lengths)
    return logits


def scores(logits, labels):
    """Loss and accuracy."""
    loss = nn.functional.binary_cross_entropy_with_logits(logits, labels)
    return float(loss), float(((logits > 0) == (labels > 0.5)).float().mean())
