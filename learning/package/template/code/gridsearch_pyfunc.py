"""Predicts with a gridsearch model package: plain NumPy, no TensorFlow.

MLflow's python_function flavor calls `_load_pyfunc`. Without MLflow: `GridsearchModel(folder).predict(texts)`.

What it reads of a text is in gridsearch_features; the layers are those of TensorFlow.js and Keras. Tests compare both, the
layers to 1e-4.
"""

import json
import os
import re

import numpy as np
import pandas as pd
from gridsearch_features import PADDING, load_features, load_normalization

BATCH = 256


def _load_pyfunc(path):
    """Called by MLflow with the model's folder."""
    return GridsearchModel(path)


class GridsearchModel:
    """A text classifier; `classes` are its labels in the order of the probability columns."""

    def __init__(self, folder):
        self.classes = _read_json(folder, "labels.json")
        self.features = load_features(folder)
        self._normalize = load_normalization(folder)
        self._network = Network(os.path.join(folder, "tfjs"))

    def predict(self, model_input, params=None):
        """Labels texts.

        `model_input`: a DataFrame with a column `text` (or a single one without a name), a dict `{"text": [...]}`, a
        Series of any name, a list or array of strings, or one string. Returns a DataFrame with the column `label` and a column `probability_<class>` for
        each class, one row per text, with the index of a DataFrame or Series given.
        """
        texts, index = _texts_of(model_input)
        probabilities = self.predict_proba(texts)
        predictions = pd.DataFrame(
            probabilities.astype(np.float64),
            columns=[f"probability_{name}" for name in self.classes],
            index=index,
        )
        labels = [self.classes[best] for best in probabilities.argmax(axis=1)]
        predictions.insert(0, "label", pd.Series(labels, index=predictions.index, dtype=object))
        return predictions

    def predict_proba(self, texts):
        """Probabilities, [texts, classes]."""
        encoded = [self.features.encode(self._normalize(text)) for text in texts]
        probabilities = np.empty((len(encoded), len(self.classes)), dtype=np.float32)
        # Rows of similar length together: less padding to compute.
        order = sorted(range(len(encoded)), key=lambda row: len(encoded[row]))
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            output = self._network(self.features.stack([encoded[row] for row in rows]))
            probabilities[rows] = np.hstack([1 - output, output]) if output.shape[1] == 1 else output
        return probabilities


def _read_json(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return json.load(file)


def _texts_of(model_input):
    index = None
    if isinstance(model_input, pd.DataFrame):
        if "text" in model_input.columns:
            model_input = model_input["text"]
        elif model_input.shape[1] == 1 and not isinstance(model_input.columns[0], str):
            model_input = model_input.iloc[:, 0]
        else:
            names = ", ".join(map(str, model_input.columns))
            raise ValueError(f"the input has no column 'text'; there are: {names}")
    if isinstance(model_input, dict):
        if "text" not in model_input:
            names = ", ".join(map(str, model_input))
            raise ValueError(f"the input has no key 'text'; there are: {names}")
        model_input = model_input["text"]
    if isinstance(model_input, pd.Series):
        index = model_input.index
    if isinstance(model_input, (str, np.str_)):
        model_input = [model_input]
    texts = np.asarray(model_input, dtype=object).ravel().tolist()
    if len(texts) == 1 and isinstance(texts[0], list):
        # MLflow hands {"text": ["a", "b"]} on as a DataFrame of one row that holds the list.
        texts, index = texts[0], None
    for row, text in enumerate(texts):
        if not isinstance(text, str):
            raise ValueError(f"row {row} is not a string: {text!r}")
    return texts, index


class Network:
    """The layers of a TensorFlow.js layers model, read from model.json, on NumPy arrays."""

    def __init__(self, folder):
        model = _read_json(folder, "model.json")
        topology = model["modelTopology"]
        topology = topology.get("model_config", topology)
        self._weights = _read_weights(folder, model["weightsManifest"])
        layers = topology["config"]
        layers = layers["layers"] if isinstance(layers, dict) else layers
        self._layers = [(layer, _LAYERS.get(layer["class_name"])) for layer in layers]
        for layer, function in self._layers:
            if function is None:
                raise ValueError(f"layer {layer['class_name']} is not supported")
        self._is_graph = topology["class_name"] != "Sequential"
        self._outputs = topology["config"]["output_layers"] if self._is_graph else None

    def __call__(self, features):
        """What the features stack → [batch, outputs]."""
        values = {}
        value = (features, None)
        for layer, function in self._layers:
            config = layer["config"]
            if self._is_graph and layer["inbound_nodes"]:
                sources = [values[node[0]] for node in layer["inbound_nodes"][0]]
                value = function(self, config, *sources)
            elif self._is_graph:
                value = (features, None)
            else:
                value = function(self, config, value)
            values[layer.get("name", config.get("name"))] = value
        return value[0] if not self._is_graph else values[self._outputs[0][0]][0]

    def weight(self, *path):
        """A weight by layer and name; None when the layer has none of that name."""
        return self._weights.get("/".join(path))


def _read_weights(folder, manifest):
    weights = {}
    for group in manifest:
        data = b"".join(_read_bytes(folder, path) for path in group["paths"])
        offset = 0
        for spec in group["weights"]:
            if spec["dtype"] != "float32" or "quantization" in spec:
                raise ValueError(f"weight {spec['name']} is not plain float32")
            size = int(np.prod(spec["shape"], dtype=np.int64))
            values = np.frombuffer(data, dtype="<f4", count=size, offset=offset)
            weights[spec["name"]] = values.reshape(spec["shape"])
            offset += 4 * size
    return weights


def _read_bytes(folder, path):
    if path != os.path.basename(path):
        raise ValueError(f"weight file {path!r} is outside the model")
    with open(os.path.join(folder, path), "rb") as file:
        return file.read()


def _sigmoid(x):
    # The same function as 1 / (1 + exp(-x)), without its overflow.
    return 0.5 + 0.5 * np.tanh(0.5 * x)


def _softmax(x):
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


_ACTIVATIONS = {
    "linear": lambda x: x,
    "relu": lambda x: np.maximum(x, 0),
    "sigmoid": _sigmoid,
    "hard_sigmoid": lambda x: np.clip(0.2 * x + 0.5, 0, 1),
    "tanh": np.tanh,
    "softmax": _softmax,
}


# Each layer takes and gives pairs (array, mask); a mask is [batch, time], false where a row is padding.


def _identity(network, config, value):
    return value


def _embedding(network, config, value):
    ids, _ = value
    table = network.weight(config["name"], "embeddings")
    return table[ids], (ids != PADDING) if config.get("mask_zero") else None


def _dense(network, config, value):
    x, mask = value
    y = x @ network.weight(config["name"], "kernel")
    if config.get("use_bias", True):
        y = y + network.weight(config["name"], "bias")
    return _ACTIVATIONS[config["activation"]](y), mask


def _activation(network, config, value):
    x, mask = value
    return _ACTIVATIONS[config["activation"]](x), mask


def _permute(network, config, value):
    x, _ = value
    return x.transpose(0, *config["dims"]), None


def _reshape(network, config, value):
    x, _ = value
    return x.reshape(len(x), *[-1 if size is None else size for size in config["target_shape"]]), None


def _dot(network, config, left, right):
    if config.get("normalize"):
        raise ValueError("layer Dot with normalize is not supported")
    axes = config["axes"]
    left_axis, right_axis = (axes, axes) if isinstance(axes, int) else axes
    return np.matmul(np.moveaxis(left[0], left_axis, -1), np.moveaxis(right[0], right_axis, 1)), None


def _average(network, config, value):
    return value[0].mean(axis=1), None


def _lstm(network, config, value):
    return _run_lstm(network, config, value, config["name"], config.get("go_backwards", False))


def _bidirectional(network, config, value):
    inner = config["layer"]["config"]
    # Sublayers are named forward_<name> and backward_<name>, before or after a save.
    name = re.sub(r"^(forward|backward)_", "", inner["name"])
    there, mask = _run_lstm(network, inner, value, f"{config['name']}/forward_{name}", False)
    back, _ = _run_lstm(network, inner, value, f"{config['name']}/backward_{name}", True)
    if inner["return_sequences"]:
        back = back[:, ::-1]
    merge = {
        "concat": lambda: np.concatenate([there, back], axis=-1),
        "sum": lambda: there + back,
        "ave": lambda: (there + back) / 2,
        "mul": lambda: there * back,
    }[config["merge_mode"]]
    return merge(), mask


def _run_lstm(network, config, value, prefix, backwards):
    """Gates lie side by side in Keras's order i, f, c, o. A masked step leaves the state as it is."""
    x, mask = value
    units = config["units"]
    activation = _ACTIVATIONS[config["activation"]]
    gate = _ACTIVATIONS[config["recurrent_activation"]]
    recurrent_kernel = network.weight(prefix, "recurrent_kernel")
    z = x @ network.weight(prefix, "kernel")  # [batch, time, 4 * units]
    if config.get("use_bias", True):
        z = z + network.weight(prefix, "bias")
    h = np.zeros((len(x), units), dtype=x.dtype)
    c = np.zeros_like(h)
    outputs = []
    for step in range(x.shape[1])[:: -1 if backwards else 1]:
        gates = z[:, step] + h @ recurrent_kernel
        i = gate(gates[:, :units])
        f = gate(gates[:, units : 2 * units])
        candidate = activation(gates[:, 2 * units : 3 * units])
        o = gate(gates[:, 3 * units :])
        next_c = f * c + i * candidate
        next_h = o * activation(next_c)
        if mask is not None:
            here = mask[:, step, np.newaxis]
            next_c = np.where(here, next_c, c)
            next_h = np.where(here, next_h, h)
        c, h = next_c, next_h
        outputs.append(h)
    if config["return_sequences"]:
        return np.stack(outputs, axis=1), mask
    return h, None


_LAYERS = {
    "InputLayer": _identity,
    "Embedding": _embedding,
    "LSTM": _lstm,
    "Bidirectional": _bidirectional,
    "Dense": _dense,
    "Activation": _activation,
    "Permute": _permute,
    "Reshape": _reshape,
    "Dot": _dot,
    "GlobalAveragePooling1D": _average,
    "Dropout": _identity,
    "SpatialDropout1D": _identity,
}
