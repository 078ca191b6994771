"""tokenize_texts.py TEXTS.json FOLDER…: each package's tokens of the texts, as JSON on standard output."""

import json
import os
import sys

texts_path, *folders = sys.argv[1:]
sys.path.insert(0, os.path.join(folders[0], "code"))

from gridsearch_pyfunc import GridsearchModel  # noqa: E402

with open(texts_path, encoding="utf-8") as file:
    texts = json.load(file)
print(json.dumps([[model.features.tokenize(text) for text in texts] for model in map(GridsearchModel, folders)]))
