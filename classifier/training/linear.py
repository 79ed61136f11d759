"""The n-gram linear model: the baseline to beat, and the wide part of the shipped network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from classifier.ngrams import NgramTable

Array = NDArray[np.float32]
CONTEXT_WEIGHT = 0.5


def matrix(table: NgramTable, texts: list[str], contexts: list[str] | None = None, known: tuple[str, ...] = ()) -> csr_matrix:
    """Sparse TF-IDF rows of normalised texts; one extra column a context when ``known`` is given."""
    columns: list[NDArray[np.int64]] = []
    values: list[Array] = []
    ends = [0]
    for i, text in enumerate(texts):
        rows, weights = table.rows(text)
        if contexts is not None and contexts[i] in known:
            rows = np.append(rows, len(table.known) + known.index(contexts[i]) + 1)
            weights = np.append(weights, np.float32(CONTEXT_WEIGHT))
        columns.append(rows - 1)
        values.append(weights)
        ends.append(ends[-1] + len(rows))
    width = len(table.known) + len(known)
    return csr_matrix((np.concatenate(values), np.concatenate(columns), np.array(ends)), shape=(len(texts), width))


@dataclass
class LinearHead:
    """Margins of a one-against-rest linear SVM: ``x @ weights + bias``, columns in the order of the labels."""

    weights: Array
    bias: Array

    def margins(self, x: csr_matrix) -> Array:
        return np.asarray(x @ self.weights + self.bias, dtype=np.float32)


def fit_head(x: csr_matrix, y: NDArray[np.int64], classes: int, sample_weight: Array | None = None, c: float = 1.0) -> LinearHead:
    """Fit on label indices; classes never seen get a margin of −1."""
    model = LinearSVC(C=c).fit(x, y, sample_weight=sample_weight)
    weights = np.zeros((x.shape[1], classes), dtype=np.float32)
    bias = np.full(classes, -1.0, dtype=np.float32)
    coefficients, intercepts = model.coef_, model.intercept_
    if len(model.classes_) == 2:
        coefficients, intercepts = np.vstack((-coefficients, coefficients)), np.concatenate((-intercepts, intercepts))
    weights[:, model.classes_] = coefficients.T
    bias[model.classes_] = intercepts
    return LinearHead(weights, bias)
