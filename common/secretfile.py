"""Secrets: from the environment, or generated once into the data folder with mode 600."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from common import settings


def load_or_create(name: str, env: Mapping[str, str] | None = None) -> str:
    """Value of secret setting ``name``; generated into ``<data>/secrets/<name>`` (mode 600) when unset.

    Safe when several processes start at once: the file is created exclusively, losers read the winner's value.
    """
    given = settings.get(name, env)
    if given:
        return given
    return keep(settings.data_dir(env), name, 32)


def keep(data_dir: Path, name: str, size: int = 12) -> str:
    """The secret kept in ``<data_dir>/secrets/<name>``, made of ``size`` random bytes when it is not there yet."""
    folder = data_dir / "secrets"
    for private in (data_dir, folder):
        private.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / name
    if not path.exists():
        temporary = folder / f".{name}.{os.getpid()}"
        _write_private(temporary, secrets.token_urlsafe(size))
        try:
            os.link(temporary, path)  # atomic: fails when another process was first
        except FileExistsError:
            pass
        finally:
            temporary.unlink(missing_ok=True)
    return path.read_text(encoding="utf-8").strip()


def _write_private(path: Path, value: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(value)
