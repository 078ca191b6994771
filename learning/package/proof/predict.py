"""predict.py TEXTS.json FOLDER…: predictions of each package through mlflow.pyfunc, as JSON on standard output.

Gives each package the texts in every form that is promised to work, and fails when two of them differ.
"""

import json
import sys

import mlflow
import numpy as np
import pandas as pd
from mlflow.models import Model


def main(texts_path, *folders):
    with open(texts_path, encoding="utf-8") as file:
        texts = json.load(file)
    print(json.dumps([predict(folder, texts) for folder in folders]))


def predict(folder, texts):
    sys.modules.pop("gridsearch_pyfunc", None)
    model = mlflow.pyfunc.load_model(folder)
    frame = pd.DataFrame({"text": texts}, index=[f"row {number}" for number in range(len(texts))])
    answer = model.predict(frame)
    assert list(answer.index) == list(frame.index), "the index is kept"
    loader = model._model_impl  # the signature would turn some of these forms into others
    forms = {
        "more columns": frame.assign(other=1)[["other", "text"]],
        "one column of another name": frame.rename(columns={"text": "sentence"}),
        "Series": frame["text"],
        "columns": {"text": texts},
        "list": texts,
        "array": np.array(texts, dtype=object),
        "column of an array": np.array(texts, dtype=object).reshape(-1, 1),
    }
    for name, form in forms.items():
        assert loader.predict(form).reset_index(drop=True).equals(answer.reset_index(drop=True)), name
    columns = model.predict({"text": texts})
    assert columns.equals(answer.reset_index(drop=True)), "columns, through the signature"
    assert len(model.predict(frame[:0])) == 0, "no rows"
    for wrong in (pd.DataFrame({"a": ["x"], "b": ["y"]}), pd.DataFrame({"text": [1.5]})):
        try:
            model.predict(wrong)
        except Exception:
            continue
        raise AssertionError(f"accepted:\n{wrong}")

    info = Model.load(folder)
    assert info.signature is not None and info.signature.inputs.input_names() == ["text"]
    assert list(answer.columns) == info.signature.outputs.input_names()
    example = info.load_input_example(folder)
    assert list(example.columns) == ["text"] and len(model.predict(example)) == len(example)
    assert info.model_uuid == mlflow.models.get_model_info(folder).model_uuid
    assert mlflow.pyfunc.get_model_dependencies(folder)
    return answer.to_dict(orient="records")


main(*sys.argv[1:])
