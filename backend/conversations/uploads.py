"""Evidence files: received in pieces, told apart by their bytes, stored under random names that nothing serves.

The original is kept as it came: a photograph's time and place (EXIF) may be the evidence. It is never shown in a page; staff
download it, and each download is logged.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import re
import secrets
import unicodedata
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import filetype

from backend.conversations.ports import PhrasesPort
from common.errors import BadInput, TooLarge, UnsupportedMedia

# What residents have: photographs, screenshots, scans, recordings, papers. filetype's extension → media type we tell staff.
ALLOWED: dict[str, str] = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "heic": "image/heic",
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "amr": "audio/amr",
    "mp4": "video/mp4",
}
_HEAD_BYTES = 8192  # what filetype needs to see
_AMR_WIDEBAND = b"#!AMR-WB\n"  # newer phones' voice messages; filetype only knows the narrow-band mark
_MAX_NAME = 80
_UNSAFE = re.compile(r'[<>:"/\\|?*%;]')


@dataclass(frozen=True)
class StoredFile:
    """A file that is safely on disk."""

    name: str
    stored_name: str
    media_type: str
    size: int
    sha256: str


class EvidenceFolder:
    """Files under ``<data>/evidence/<conversation>/``; folders 700, files 600.

    Args:
        max_bytes: largest file.
    """

    def __init__(self, root: Path, max_bytes: int, phrases: PhrasesPort) -> None:
        self._root = root
        self._max = max_bytes
        self._phrases = phrases

    async def store(self, conversation_id: str, name: str, chunks: AsyncIterator[bytes]) -> StoredFile:
        """Receive a file.

        Raises:
            TooLarge: more than ``max_bytes``; reading stops there.
            BadInput: nothing in it.
            UnsupportedMedia: not one of ALLOWED, whatever its name says.
        """
        folder = self._root / conversation_id
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        incoming = folder / f".incoming-{secrets.token_hex(8)}"
        try:
            size, digest, head = await self._receive(incoming, chunks)
            if size == 0:
                raise BadInput(self._phrases.phrase("upload.empty"), field="file")
            extension = kind_of(head)
            if extension is None:
                raise UnsupportedMedia(self._phrases.phrase("upload.bad_type"), field="file")
            stored = f"{secrets.token_hex(16)}.{extension}"
            os.replace(incoming, folder / stored)
            _sync_folder(folder)
        finally:
            incoming.unlink(missing_ok=True)
        return StoredFile(safe_name(name, extension), stored, ALLOWED[extension], size, digest)

    def path(self, conversation_id: str, stored_name: str) -> Path:
        """Where a stored file lies."""
        return self._root / conversation_id / stored_name

    def discard(self, conversation_id: str, stored_name: str) -> None:
        """Remove a file that found no place in the conversation."""
        self.path(conversation_id, stored_name).unlink(missing_ok=True)

    async def _receive(self, path: Path, chunks: AsyncIterator[bytes]) -> tuple[int, str, bytes]:
        size, digest, head = 0, hashlib.sha256(), b""
        with _private_file(path) as handle:
            async for chunk in chunks:
                size += len(chunk)
                if size > self._max:
                    raise TooLarge(self._phrases.phrase("upload.too_large", limit=self._max // (1024 * 1024)), field="file")
                if len(head) < _HEAD_BYTES:
                    head += chunk[: _HEAD_BYTES - len(head)]
                digest.update(chunk)
                await asyncio.to_thread(_write_all, handle, chunk)
            await asyncio.to_thread(os.fsync, handle)
        return size, digest.hexdigest(), head


def kind_of(head: bytes) -> str | None:
    """Extension of an allowed kind of file, from its first bytes; None for everything else."""
    if head.startswith(_AMR_WIDEBAND):
        return "amr"
    guess = filetype.guess(head)
    return guess.extension if guess is not None and guess.extension in ALLOWED else None


def safe_name(name: str, extension: str) -> str:
    """The resident's name for a file without paths, control and direction signs, and with the ending that its bytes deserve."""
    base = unquote(name).replace("\\", "/").rsplit("/", 1)[-1]  # some clients send %E6%AC%A0 for 欠
    shown = "".join(c for c in unicodedata.normalize("NFC", base) if unicodedata.category(c) not in {"Cc", "Cf", "Co", "Cn", "Cs"})
    stem = _UNSAFE.sub("_", shown).strip(" .")
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", stem)[:_MAX_NAME].strip(" .")
    return f"{stem or '材料'}.{extension}"


@contextlib.contextmanager
def _private_file(path: Path) -> Iterator[int]:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)


def _write_all(handle: int, chunk: bytes) -> None:
    view = memoryview(chunk)
    while view:
        view = view[os.write(handle, view) :]


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
