"""Who is held out, decided by rule so that every run, every machine and the model card agree.

* Real questions: 15 in 100 by their id (a hash of the text) are development questions; no training of any kind reads them.
* Authored texts: figures "by another author" come from runs that leave that author out entirely (pre-training included for
  ``HELD_OUT_AUTHORS``). The shipped model then learns from every author, except 6 in 100 texts by hash, kept for calibration.
"""

from __future__ import annotations

import hashlib

DEV_PER_CENT = 15
CALIBRATION_PER_CENT = 6
# A2: speech recognition, dialect, no punctuation. A5: long letters. The two voices furthest from the others.
HELD_OUT_AUTHORS = ("A2", "A5")


def per_cent(identity: str) -> int:
    """A stable number 0–99 from an id."""
    return int(hashlib.sha1(identity.encode(), usedforsecurity=False).hexdigest()[:8], 16) % 100


def is_dev_question(identity: str) -> bool:
    """Real question that no training may read."""
    return per_cent(identity) < DEV_PER_CENT


def is_calibration_text(identity: str) -> bool:
    """Authored text the shipped model does not learn from (temperature and threshold are set on these)."""
    return per_cent(identity) < CALIBRATION_PER_CENT
