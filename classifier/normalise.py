"""Text normalisation before the tokenizer: width, script, case, noise.

The map from traditional to simplified characters is generated at training time (``model/t2s.json``), so that serving
needs no conversion package.
"""

from __future__ import annotations

import re

# Chinese prose was pre-trained with full-width marks; residents type either. One form each.
_PUNCTUATION = {
    ",": "，", "?": "？", "!": "！", ";": "；", "(": "（", ")": "）", "｡": "。", "､": "、", "〜": "~", "～": "~",
    "﹐": "，", "﹑": "、", "﹖": "？", "﹗": "！", "︰": ":", "：": ":", "「": "“", "」": "”", "『": "“", "』": "”",
    '"': "”", "＂": "”", "‘": "“", "’": "”", "'": "”", "‐": "-", "–": "-", "—": "-", "−": "-", "…": "。", "⋯": "。",
}  # fmt: skip
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B) if chr(code - 0xFEE0).isalnum()}
_FULL_WIDTH.update({0xFF05: ord("%"), 0xFFE5: ord("¥"), 0xFF0F: ord("/"), 0xFF0D: ord("-"), 0xFF0B: ord("+"), 0xFF0E: ord(".")})
_TABLE: dict[int, int | str] = {**_FULL_WIDTH, **{ord(k): v for k, v in _PUNCTUATION.items()}}
# White space, control and invisible format characters (zero-width joiners, variation selectors, direction marks) carry nothing.
_DROPPED = re.compile("[\\s\\x00-\\x1f\\x7f-\\xa0\\u00ad\\u200b-\\u200f\\u2028-\\u202f\\u2060-\\u206f\\ufe00-\\ufe0f\\ufeff\\u3000]+")
_REPEATED = re.compile(r"(.)\1{3,}", re.DOTALL)


def normalise(text: str, simplified: dict[int, str] | None = None) -> str:
    """Bring a text to the form the model was trained on.

    Args:
        text: any Unicode text, of any length, empty included.
        simplified: code point of a traditional character → simplified character.

    Returns:
        Lower case, simplified, one width per mark, no white space, a character repeated at most three times.
    """
    text = _DROPPED.sub("", text)
    if simplified:
        text = text.translate(simplified)
    text = text.translate(_TABLE).lower()
    return _REPEATED.sub(r"\1\1\1", text)
