"""What a resident typed, made safe to process. The log keeps the words as they came."""

from __future__ import annotations

import re
import unicodedata

MAX_CHARACTERS = 5_000  # one message; a story longer than this is told in several

# Every character that looks like a slash: Rasa reads a leading one as an intent (/intent{...}), whoever sends it.
_LEADING_SLASHES = re.compile(r"^[\s/／∕⁄⧸╱\\＼]+")
_KEPT_CONTROLS = {"\n", "\t"}
_JOINER, _EMOJI_STYLE = "\u200d", "\ufe0f"
_EMOJI_PARTS = {_JOINER, _EMOJI_STYLE, "\u20e3"}
_HANDOFF = re.compile(
    r"(?:请|麻烦|帮我|给我|我要|我想|你好|您好|，|,|\s)*(?:转|找|要|叫|换)?(?:一下|一个|个)?"
    r"(?:人工|真人)(?:客服|服务|坐席)?(?:吧|呢|啊|谢谢|[。！!，,\s])*"
)


def clean(original: str) -> str:
    """The words to process: composed (NFC), without control and invisible characters, without leading slashes, trimmed.

    Line breaks stay. Emoji keep their joiners, so that 👨‍👩‍👧 stays one sign.
    """
    composed = unicodedata.normalize("NFC", original.replace("\r\n", "\n").replace("\r", "\n"))
    kept: list[str] = []
    for character in composed:
        if character in _EMOJI_PARTS:
            if kept and (_is_picture(kept[-1]) or kept[-1] in _EMOJI_PARTS):  # between words it would only hide them from the screen
                kept.append(character)
        elif character in _KEPT_CONTROLS or unicodedata.category(character) not in {"Cc", "Cf", "Co", "Cs"}:
            kept.append(character)
    return _LEADING_SLASHES.sub("", "".join(kept)).strip()


def storable(original: str) -> str:
    """The original for the log. Only NUL, which PostgreSQL cannot keep in a text, is replaced by its visible sign ␀."""
    return original.replace("\x00", "\u2400")


def is_emoji_only(cleaned: str) -> bool:
    """True when there are pictures and nothing a sentence could be made of (👍, 😭😭, ❤️)."""
    symbols = [c for c in cleaned if not c.isspace() and c not in _EMOJI_PARTS]
    return bool(symbols) and all(_is_picture(c) for c in symbols)


def asks_for_human(cleaned: str) -> bool:
    """True for a short, unmistakable call for a person (“转人工”, “找人工客服”); anything longer is for the dialogue to read."""
    return len(cleaned) <= 16 and _HANDOFF.fullmatch(cleaned) is not None


def mask_phones(text: str) -> str:
    """Digits of anything phone-like hidden, for lists that many may see: 139****5678."""
    return re.sub(r"(?<!\d)(\d{3})\d{4,11}(\d{4})(?!\d)", r"\1****\2", text)


def _is_picture(character: str) -> bool:
    if "\U0001f000" <= character <= "\U0001faff":  # also signs newer than this Python's tables, and skin tones
        return True
    return unicodedata.category(character) == "So" and character not in "°℃№㎡"
