"""Sentence vectors of a pretrained encoder in plain NumPy; texts are taken apart by Hugging Face's `tokenizers`."""

import json
import math
import os

import numpy as np

_erf = np.vectorize(math.erf, otypes=[np.float64])
# erf at 0, 1/512, …, beyond which it is ±1 in single precision.
_STEP = 512
_ERF = _erf(np.arange(6 * _STEP + 1) / _STEP)


class Sentences:
    """A vector a text: the encoder stands in the folder `encoder`, as Hugging Face has checkpoints."""

    def __init__(self, folder):
        from tokenizers import Tokenizer

        facts = _read_json(folder, "sentences.json")
        config = _read_json(folder, "encoder", "config.json")
        self._tokenizer = Tokenizer.from_file(os.path.join(folder, "encoder", "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_length=facts["max_tokens"])
        weights = _read_tensors(os.path.join(folder, "encoder", "model.safetensors"))
        self._network = _NETWORKS[config["model_type"]](config, weights, facts["pooling"])
        self._columns = config["hidden_size"]

    def tokenize(self, text):
        return self._tokenizer.encode(text).tokens

    def encode(self, text):
        return self._tokenizer.encode(text).ids

    def stack(self, rows):
        """[rows, columns]; rows of like length go through together."""
        order = sorted(range(len(rows)), key=lambda row: len(rows[row]))
        vectors = np.empty((len(rows), self._columns), dtype=np.float32)
        for start in range(0, len(order), 32):
            some = order[start : start + 32]
            vectors[some] = self._vectors([rows[row] for row in some])
        return vectors

    def _vectors(self, rows):
        lengths = np.array([len(row) for row in rows])
        steps = max(1, lengths.max())
        ids = np.zeros((len(rows), steps), dtype=np.int64)
        for place, row in enumerate(rows):
            ids[place, : len(row)] = row
        return self._network(ids, np.arange(steps) < lengths[:, np.newaxis])


class _Encoder:
    """What the encoders have in common."""

    prefix = ""

    def __init__(self, config, weights, pooling):
        self._config = config
        self._weights = weights
        self._pooling = pooling

    def _weight(self, name):
        return self._weights[self.prefix + name]

    def _linear(self, x, name):
        return x @ self._weight(f"{name}.weight").T + self._weight(f"{name}.bias")

    def _norm(self, x, name):
        old = self.prefix + name + ".gamma" in self._weights
        centred = x - x.mean(axis=-1, keepdims=True)
        scale = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + self._config.get("layer_norm_eps", 1e-12))
        weight, bias = ("gamma", "beta") if old else ("weight", "bias")
        return (centred / scale * self._weight(f"{name}.{weight}") + self._weight(f"{name}.{bias}")).astype(np.float32)

    def _attention(self, query, key, value, present):
        rows, steps, width = query.shape
        heads = self._config["num_attention_heads"]

        def split(x):
            return x.reshape(rows, steps, heads, width // heads).transpose(0, 2, 1, 3)

        scores = split(query) @ split(key).transpose(0, 1, 3, 2) / np.float32(math.sqrt(width // heads))
        scores = np.where(present[:, np.newaxis, np.newaxis], scores, np.float32(-3.4e38))
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        context = powers / powers.sum(axis=-1, keepdims=True) @ split(value)
        return context.transpose(0, 2, 1, 3).reshape(rows, steps, width)

    def _mean(self, x, present):
        counts = np.maximum(present.sum(axis=1, keepdims=True), 1).astype(np.float32)
        return (x * present[:, :, np.newaxis]).sum(axis=1) / counts


class _Bert(_Encoder):
    """BERT and RoBERTa."""

    def __init__(self, config, weights, pooling):
        super().__init__(config, weights, pooling)
        prefix = config["model_type"] + "."
        self.prefix = prefix if prefix + "embeddings.word_embeddings.weight" in weights else ""
        padding = config.get("pad_token_id")
        self._first = (1 if padding is None else padding) + 1 if config["model_type"] == "roberta" else 0

    def __call__(self, ids, present):
        steps = ids.shape[1]
        x = (
            self._weight("embeddings.word_embeddings.weight")[ids]
            + self._weight("embeddings.position_embeddings.weight")[self._first : self._first + steps]
            + self._weight("embeddings.token_type_embeddings.weight")[0]
        )
        x = self._norm(x, "embeddings.LayerNorm")
        for number in range(self._config["num_hidden_layers"]):
            x = self._layer(x, f"encoder.layer.{number}", present)
        return x[:, 0] if self._pooling == "cls" else self._mean(x, present)

    def _layer(self, x, name, present):
        parts = [self._linear(x, f"{name}.attention.self.{part}") for part in ("query", "key", "value")]
        context = self._attention(*parts, present)
        x = self._norm(x + self._linear(context, f"{name}.attention.output.dense"), f"{name}.attention.output.LayerNorm")
        inner = _gelu(self._linear(x, f"{name}.intermediate.dense"))
        return self._norm(x + self._linear(inner, f"{name}.output.dense"), f"{name}.output.LayerNorm")


class _UseLite(_Encoder):
    """The lite Universal Sentence Encoder: normalised before each half of a layer, sines for positions, vectors of length 1."""

    def __call__(self, ids, present):
        angles = np.arange(ids.shape[1], dtype=np.float32)[:, np.newaxis] * self._weight("positions.frequencies")
        x = 2 * self._weight("embeddings.weight")[ids] + np.concatenate([np.sin(angles), np.cos(angles)], axis=1)
        for number in range(self._config["num_hidden_layers"]):
            x = self._layer(x, f"layer.{number}", present)
        bent = np.tanh(self._linear(self._mean(x, present), "projection"))
        return bent / np.sqrt(np.maximum((bent * bent).sum(axis=1, keepdims=True), 1e-12))

    def _layer(self, x, name, present):
        parts = np.split(self._linear(self._norm(x, f"{name}.attention_norm"), f"{name}.qkv"), 3, axis=-1)
        context = self._attention(*parts, present)
        widens = f"{name}.residual.weight" in self._weights
        below = self._linear(x, f"{name}.residual") if widens else x
        x = self._linear(context, f"{name}.attention_output") + below
        inner = np.maximum(self._linear(self._norm(x, f"{name}.output_norm"), f"{name}.intermediate"), 0)
        return x + self._linear(inner, f"{name}.output")


_NETWORKS = {"bert": _Bert, "roberta": _Bert, "universal-sentence-encoder-lite": _UseLite}


def _gelu(x):
    """x Φ(x); erf is taken from a table, as NumPy has none, to 10⁻⁶."""
    z = np.abs(x) / np.float32(math.sqrt(2))
    place = np.minimum(z * _STEP, 6 * _STEP - 1)
    low = place.astype(np.int64)
    erf = _ERF[low] + (place - low) * (_ERF[low + 1] - _ERF[low])
    return (0.5 * x * (1 + np.sign(x) * erf)).astype(np.float32)


_TYPES = {"F32": "<f4", "F16": "<f2"}


def _read_tensors(path):
    """Reads a `.safetensors` file: the header's length, a JSON header, the numbers."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    tensors = {}
    for name, facts in header.items():
        if name == "__metadata__" or facts["dtype"] == "I64":
            continue
        start, end = facts["data_offsets"]
        if facts["dtype"] == "BF16":
            values = (np.frombuffer(data[start:end], dtype="<u2").astype(np.uint32) << 16).view(np.float32)
        else:
            values = np.frombuffer(data[start:end], dtype=_TYPES[facts["dtype"]]).astype(np.float32)
        tensors[name] = values.reshape(facts["shape"])
    return tensors


def _read_json(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return json.load(file)
