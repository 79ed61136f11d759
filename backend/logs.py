"""Logs hold ids and codes. What an error quotes – a row, a parameter, a text – is left out whoever logs it."""

from __future__ import annotations

import logging
import re
import sys
import traceback
from types import TracebackType

_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class SafeFormatter(logging.Formatter):
    """Writes an exception as its type and where it came from, without its message; covers mobile numbers everywhere.

    Messages of errors cannot be trusted: pydantic quotes the input, PostgreSQL the failing row.
    """

    def formatException(self, ei: ExcInfo) -> str:
        lines: list[str] = []
        error = ei[1]
        while error is not None:
            lines += [*traceback.format_tb(error.__traceback__), f"{type(error).__module__}.{type(error).__name__}\n"]
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
            if error is not None:
                lines.append("… caused by:\n")
        return "".join(lines).rstrip("\n")

    def format(self, record: logging.LogRecord) -> str:
        return _MOBILE.sub("1**********", super().format(record))


def configure() -> None:
    """Our own logs at INFO to standard error; libraries only when something is wrong. There is no access log: paths hold codes."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(SafeFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("jiefen").setLevel(logging.INFO)
