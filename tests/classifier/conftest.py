"""One shipped model for all tests of this room."""

from __future__ import annotations

import pytest

from classifier.runtime import Classifier, load
from common.settings import ROOT


@pytest.fixture(scope="session")
def classifier() -> Classifier:
    return load(ROOT / "classifier/model")
