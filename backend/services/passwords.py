"""Argon2id, off the event loop and at most two at a time: each check takes 64 MiB and tens of milliseconds on purpose."""

from __future__ import annotations

import asyncio
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from common.errors import BadInput

MIN_LENGTH = 10
MAX_LENGTH = 256


class Passwords:
    """Hashes and checks passwords. Tests hand in a cheaper hasher."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._slots = asyncio.Semaphore(2)
        self._nobody: str | None = None

    async def hash(self, password: str) -> str:
        async with self._slots:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, stored: str | None, password: str) -> bool:
        """True when the password fits. For an unknown account (None) a check of the same cost is made and fails."""
        if stored is None:
            if self._nobody is None:
                self._nobody = await self.hash(secrets.token_urlsafe(16))
            await self._check(self._nobody, password)
            return False
        return await self._check(stored, password)

    def outdated(self, stored: str) -> bool:
        """True when today's parameters are stronger than those of the stored hash."""
        return self._hasher.check_needs_rehash(stored)

    async def _check(self, stored: str, password: str) -> bool:
        async with self._slots:
            return await asyncio.to_thread(self._verify, stored, password)

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


def check_strength(password: str) -> None:
    """Length is what counts.

    Raises:
        BadInput: shorter than MIN_LENGTH or longer than MAX_LENGTH.
    """
    if len(password) < MIN_LENGTH:
        raise BadInput(f"密码至少要 {MIN_LENGTH} 个字符", field="password")
    if len(password) > MAX_LENGTH:
        raise BadInput(f"密码最多 {MAX_LENGTH} 个字符", field="password")
