"""What a gridsearch model reads of a text: which one it is, is told by the file it stands in."""

import json
import math
import os
import re
import unicodedata

import numpy as np

PADDING, UNKNOWN, FIRST_WORD = 0, 1, 2
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def load_features(folder):
    """An object that encodes a text, and stacks encoded texts into what the network takes."""
    for name, load in _FEATURES.items():
        if os.path.exists(os.path.join(folder, name)):
            return load(folder)
    raise ValueError(f"{folder}: there is none of {', '.join(_FEATURES)}")


def load_normalization(folder):
    """What is made of a text before anything reads it."""
    if not os.path.exists(os.path.join(folder, "text.json")):
        return lambda text: text
    name = _read_json(folder, "text.json")["normalize"]
    if name != "tweets":
        raise ValueError(f"text.json: no normalization {name!r}")
    return lambda text: " ".join(map(_tweet, text.split(" ")))


def _tweet(word):
    """Mentions and addresses as TweetEval has them."""
    if word.startswith("http"):
        return "http"
    return "@user" if len(word) > 1 and word.startswith("@") else word


def tokenize(text, token):
    """NFKC, lower case, U+2019 to an apostrophe, no variation selectors; then every match of the package's pattern."""
    text = unicodedata.normalize("NFKC", text).lower().replace("\u2019", "'")
    return token.findall(_SELECTORS.sub("", text))


class Tokens:
    """Numbers of words, padded to the longest text."""

    def __init__(self, folder):
        vocabulary = _read_json(folder, "vocabulary.json")
        self._max_tokens = vocabulary["max_tokens"]
        self._ids = {word: number + FIRST_WORD for number, word in enumerate(vocabulary["words"])}
        self._token = re.compile(vocabulary["tokenizer"]["pattern"])

    def tokenize(self, text):
        return tokenize(text, self._token)

    def encode(self, text):
        words = self.tokenize(text)[: self._max_tokens]
        # A text without words is one unknown word.
        return [self._ids.get(word, UNKNOWN) for word in words] or [UNKNOWN]

    def stack(self, rows):
        ids = np.full((len(rows), max(map(len, rows))), PADDING, dtype=np.int32)
        for place, row in enumerate(rows):
            ids[place, : len(row)] = row
        return ids


class Tfidf:
    """TF-IDF weights of terms, as scikit-learn's TfidfVectorizer has them."""

    def __init__(self, folder):
        facts = _read_json(folder, "tfidf.json")
        self._ngram_max = facts["ngram_max"]
        self._sublinear = facts["sublinear_tf"]
        self._columns = {term: number for number, term in enumerate(facts["terms"])}
        self._idf = facts["idf"]
        self._token = re.compile(facts["tokenizer"]["pattern"])

    def tokenize(self, text):
        return tokenize(text, self._token)

    def encode(self, text):
        words = self.tokenize(text)
        counts = {}
        for length in range(1, self._ngram_max + 1):
            for start in range(len(words) - length + 1):
                column = self._columns.get(" ".join(words[start : start + length]))
                if column is not None:
                    counts[column] = counts.get(column, 0) + 1
        weights = {
            column: (1 + math.log(count) if self._sublinear else count) * self._idf[column]
            for column, count in counts.items()
        }
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1
        return {column: weight / length for column, weight in weights.items()}

    def stack(self, rows):
        x = np.zeros((len(rows), len(self._columns)), dtype=np.float32)
        for place, row in enumerate(rows):
            x[place, list(row)] = list(row.values())
        return x


def _read_json(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return json.load(file)


def _sentences(folder):
    # It needs `tokenizers`, which the others do without.
    from gridsearch_sentences import Sentences

    return Sentences(folder)


_FEATURES = {"sentences.json": _sentences, "vocabulary.json": Tokens, "tfidf.json": Tfidf}
