"""The one loader of the knowledge files.

A mistake stops the start: :class:`common.errors.KnowledgeError` whose detail has one line per mistake,
``knowledge/<file>:<line>: <reason>``. Nothing is read at import and nothing is cached.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from common.errors import KnowledgeError
from knowledge import checks
from knowledge.sources import Loaded, read_all
from knowledge.store import PLACEHOLDERS_KEY, Knowledge

FOLDER = Path(__file__).resolve().parent
_SHOWN = 12  # mistakes listed at once; more would only hide the first


def load(folder: Path | None = None) -> Knowledge:
    """Read, validate and cross-check all knowledge files.

    Args:
        folder: another folder of the same layout; None is the one beside this module.

    Raises:
        KnowledgeError: file, line and reason of every mistake found (the first twelve).
    """
    root = FOLDER if folder is None else Path(folder)
    loaded, problems = read_all(root)
    if loaded is not None:
        problems = checks.problems(loaded)
    if problems or loaded is None:
        raise KnowledgeError("\n".join(problems[:_SHOWN]))
    return _knowledge(loaded, version(root))


def version(root: Path) -> str:
    """Short hash over names and bytes of all YAML files; changes when any rule or sentence changes."""
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.yml")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _knowledge(loaded: Loaded, digest: str) -> Knowledge:
    types = {entry.value.code: entry.value for entry in loaded.types}
    return Knowledge(
        types=types,
        routes={entry.value.code: entry.value for entry in loaded.routes},
        organisation_kinds={entry.value.code: entry.value for entry in loaded.kinds},
        organisations={entry.value.id: entry.value for entry in loaded.organisations},
        divisions={entry.value.code: entry.value for entry in loaded.divisions},
        routing=loaded.routing.value,
        questions={entry.value.slot: entry.value for entry in sorted(loaded.questions, key=lambda entry: entry.value.rank)},
        risk=loaded.risk.value,
        legality=tuple(entry.value for entry in loaded.legality),
        statutes={entry.value.law: entry.value for entry in loaded.statutes},
        phrases={key: text for key, text in loaded.phrases.value.items() if key != PLACEHOLDERS_KEY},
        faq={entry.value.id: entry.value for entry in loaded.faq},
        version=digest,
        subtypes={subtype.code: subtype for kind in types.values() for subtype in kind.subtypes},
        _type_of={subtype.code: kind.code for kind in types.values() for subtype in kind.subtypes},
    )
