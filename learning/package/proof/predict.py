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
    forms = {
        "list": texts,
        "array": np.array(texts, dtype=object),
        "Series": frame["text"],
        "Series of another name": frame["text"].rename("review"),
        "Series without a name": pd.Series(texts),
        "columns": {"text": texts},
        "columns of arrays": {"text": np.array(texts, dtype=object)},
        "column of an array": np.array(texts, dtype=object).reshape(-1, 1),
        "text among other columns": frame.assign(id="1", stars=5)[["id", "text", "stars"]],
    }
    for name, form in forms.items():
        assert model.predict(form).reset_index(drop=True).equals(answer.reset_index(drop=True)), name
    assert list(model.predict(frame["text"]).index) == list(frame.index), "the index of a Series is kept"
    assert list(model.predict(texts[0])["label"]) == list(answer["label"][:1]), "one string"
    assert len(model.predict(frame[:0])) == len(model.predict([])) == 0, "no rows"
    wrongs = {
        "no column 'text'; there are: a, b": pd.DataFrame({"a": ["x"], "b": ["y"]}),
        "no column 'text'; there are: id": pd.DataFrame({"id": ["42"]}),
        "no key 'text'; there are: id": {"id": ["42"]},
        "row 0 is not a string: 1.5": pd.DataFrame({"text": [1.5]}),
        "row 1 is not a string: None": ["x", None],
    }
    for message, wrong in wrongs.items():
        try:
            model.predict(wrong)
        except ValueError as error:
            assert message in str(error), f"{error} instead of {message}"
            continue
        raise AssertionError(f"accepted:\n{wrong}")

    info = Model.load(folder)
    assert info.signature.inputs is None, "MLflow would refuse a list, or hide columns"
    assert list(answer.columns) == info.signature.outputs.input_names()
    example = info.load_input_example(folder)
    assert list(example.columns) == ["text"] and len(model.predict(example)) == len(example)
    assert info.model_uuid == mlflow.models.get_model_info(folder).model_uuid
    assert mlflow.pyfunc.get_model_dependencies(folder)
    return answer.to_dict(orient="records")


main(*sys.argv[1:])
