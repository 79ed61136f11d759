"""Fixtures: the shipped knowledge, and a copy that a test may spoil."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import knowledge
from knowledge.loader import FOLDER


@pytest.fixture(scope="session")
def shipped() -> knowledge.Knowledge:
    return knowledge.load()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A writable copy of every YAML file."""
    target = tmp_path / "files"
    shutil.copytree(FOLDER, target, ignore=shutil.ignore_patterns("*.py", "__pycache__", ".mypy_cache"))
    return target
