"""Macro F1 of two classes."""

import numpy as np


def f1_macro(labels, positive):
    scores = []
    for label in (0, 1):
        hit = np.sum((positive == label) & (labels == label))
        scores.append(2 * hit / max(1, np.sum(positive == label) + np.sum(labels == label)))
    return float(np.mean(scores))
