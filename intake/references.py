"""Finds a case number and its tracking code in a message, however they were typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

_NUMBER = re.compile(r"(?<![A-Z0-9])([A-Z]{2,8})[\s\-_—–]*(\d{8})[\s\-_—–]*(\d{6})(?!\d)")
_CODE = re.compile(r"(?<![A-Z0-9])([A-Z0-9]{8}|[A-Z0-9]{4}[\s\-][A-Z0-9]{4})(?![A-Z0-9])")


def also_of(receipt: Mapping[str, Any]) -> list[dict[str, str]]:
    """The other cases of the same story, as lookups want them."""
    return [{"number": other["number"], "code": other["tracking_code"]} for other in receipt.get("also", [])]


def case_reference(text: str) -> tuple[str | None, str | None]:
    """``(number, tracking code)``, each None when it is not there."""
    words = unicodedata.normalize("NFKC", text).upper()
    number = _NUMBER.search(words)
    rest = words[: number.start()] + " " + words[number.end() :] if number else words
    codes = [c for c in (re.sub(r"[\s\-]", "", m[1]) for m in _CODE.finditer(rest)) if re.search("[A-Z]", c) or number]
    return "-".join(number.groups()) if number else None, codes[0] if codes else None
