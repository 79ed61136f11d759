"""Durable outbox: a filing is on disk before it is sent, and is sent until the backend has it. Each exactly once (idempotency key).

Files (mode 600) in ``<data>/outbox``: ``<key>.json`` waits; ``sent/<key>.json`` is the receipt; ``refused/<key>.json`` needs a human.
The cases of one story wait in one file, written at once: a crash between them loses none, and each has its own key and receipt.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from actions.backend import Backend, BackendAway, Refused

log = logging.getLogger("jiefen.outbox")

Outcome: TypeAlias = "dict[str, Any] | Refused | None"  # a receipt, a refusal, or still on its way
FIRST_RETRY_S, LONGEST_RETRY_S = 2.0, 60.0


class Outbox:
    """Filings on their way to the backend."""

    def __init__(self, folder: Path, backend: Backend) -> None:
        self._folder = folder
        self._backend = backend
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        for name in ("", "sent", "refused"):
            (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)

    async def file(self, key: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """Keep a filing, then try to send it at once.

        Returns:
            The receipt, or None: it waits and will be sent by :meth:`run`.

        Raises:
            Refused: the backend will never take this body; it is kept for a human in ``refused/``.
        """
        outcome = (await self.file_all(key, {key: body}))[key]
        if isinstance(outcome, Refused):
            raise outcome
        return outcome

    async def file_all(self, key: str, bodies: Mapping[str, dict[str, Any]]) -> dict[str, Outcome]:
        """Keep the filings of one story together, then try to send each at once.

        Args:
            key: what the file that waits is called.
            bodies: filing by its own idempotency key, in the order of sending.

        Returns:
            By key: the receipt, the refusal (that body is kept in ``refused/``), or None while it waits.
        """
        left = {own: body for own, body in bodies.items() if self.receipt(own) is None}
        outcomes: dict[str, Outcome] = {own: self.receipt(own) for own in bodies}
        if left:
            await asyncio.to_thread(_write, self._path(key), _content(key, left))
            try:
                outcomes |= await self._send(key)
            except BackendAway as away:
                log.warning("filing %s waits: %s", key, away)
                self._wake.set()
                outcomes |= {own: self.receipt(own) for own in left}
        return outcomes

    def receipt(self, key: str) -> dict[str, Any] | None:
        """The receipt of a filing that arrived, None while it waits."""
        found = _read(self._folder / "sent" / f"{_safe(key)}.json")
        return dict(found["receipt"]) if found else None

    def waiting(self) -> list[str]:
        """Keys of filings that wait, oldest first."""
        paths = sorted(self._folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
        return [str(content["key"]) for path in paths if (content := _read(path))]

    def start(self) -> None:
        """Begin sending what waits, also from an earlier life of this process."""
        self._task = asyncio.get_running_loop().create_task(self.run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def run(self) -> None:
        """Send what waits, with growing pauses while the backend is away."""
        pause = FIRST_RETRY_S
        while True:
            try:
                await self._send_all()
                pause = FIRST_RETRY_S
                self._wake.clear()
                if not self.waiting():
                    await self._wake.wait()
                await asyncio.sleep(FIRST_RETRY_S)
            except BackendAway:
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_RETRY_S)
            except OSError as error:
                log.error("outbox folder: %s", error.strerror)
                await asyncio.sleep(LONGEST_RETRY_S)

    async def _send_all(self) -> None:
        for key in self.waiting():
            await self._send(key)

    async def _send(self, key: str) -> dict[str, Outcome]:
        """Send what waits under a key; what has arrived already is not sent again."""
        async with self._locks[key]:
            content = _read(self._path(key))
            if content is None:
                raise BackendAway("nothing waits under this key")
            outcomes = {own: await self._send_one(own, body) for own, body in _bodies(content).items()}
            self._path(key).unlink(missing_ok=True)
        self._locks.pop(key, None)
        return outcomes

    async def _send_one(self, key: str, body: dict[str, Any]) -> Outcome:
        known = self.receipt(key)
        if known is not None:  # arrived, and the process died before the copy that waits was removed
            return known
        try:
            receipt = await self._backend.file(key, body)
        except Refused as refused:
            log.error("filing %s refused with status %d; kept in refused/", key, refused.status)
            await asyncio.to_thread(_write, self._folder / "refused" / f"{_safe(key)}.json", {"key": key, "body": body})
            return refused
        await asyncio.to_thread(_write, self._folder / "sent" / f"{_safe(key)}.json", {"key": key, "receipt": receipt})
        log.info("filing %s arrived as %s", key, receipt.get("number"))
        return receipt

    def _path(self, key: str) -> Path:
        return self._folder / f"{_safe(key)}.json"


def _content(key: str, bodies: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    if list(bodies) == [key]:
        return {"key": key, "body": bodies[key]}
    return {"key": key, "filings": [{"key": own, "body": body} for own, body in bodies.items()]}


def _bodies(content: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Inverse of :func:`_content`."""
    filings = content.get("filings", [content])
    return {str(filing["key"]): dict(filing["body"]) for filing in filings}


def _safe(key: str) -> str:
    """A file name for any key."""
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}", key):
        return key
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def _write(path: Path, content: dict[str, Any]) -> None:
    """Write and flush to the disk, then put in place at once: after a crash the file is whole or absent."""
    temporary = path.with_suffix(".tmp")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except ValueError:
        log.error("outbox file %s is damaged", path.name)
        return None
