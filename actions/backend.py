"""HTTP client of the backend. Tells apart what may be tried again from what was refused for good."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp

FILE_TIMEOUT_S = 8.0
LOOKUP_TIMEOUT_S = 4.0


class BackendAway(Exception):
    """Not reachable, not ready, or not willing now: try again later."""


class Refused(Exception):
    """The backend understood and said no. ``detail`` is a Chinese sentence fit to be shown.

    Attributes:
        status: HTTP status.
    """

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(f"{status}")
        self.status, self.detail = status, detail


class Backend:
    """One client session for the life of the process. Bodies are never logged."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url.rstrip("/")
        self._token = token
        self._session: aiohttp.ClientSession | None = None

    async def file(self, key: str, body: dict[str, Any]) -> dict[str, Any]:
        """File a case under an idempotency key; repeating it is safe.

        Raises:
            BackendAway: try again later.
            Refused: the body is wrong; trying again will not help.
        """
        headers = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": key}
        return await self._call("POST", "/api/v1/cases", FILE_TIMEOUT_S, json=body, headers=headers)

    async def progress(self, number: str, code: str) -> dict[str, Any]:
        """Progress of a case by number and tracking code.

        Raises:
            BackendAway: try again later.
            Refused: 404 for an unknown number or a wrong code.
        """
        return await self._call("GET", f"/api/v1/cases/{number}/progress", LOOKUP_TIMEOUT_S, params={"code": code})

    async def tell(self, number: str, code: str, kind: str, text: str, score: int | None = None) -> dict[str, Any]:
        """Hand a resident's wish to the people of a filed case.

        Args:
            kind: withdraw, urge, add_information, reschedule or rate.
            score: 1–5, of a mark.

        Raises:
            BackendAway: try again later.
            Refused: unknown case, wrong code, or not possible in its status.
        """
        headers = {"Authorization": f"Bearer {self._token}"}
        body = {"code": code, "kind": kind, "text": text, **({} if score is None else {"score": score})}
        return await self._call("POST", f"/api/v1/cases/{number}/requests", LOOKUP_TIMEOUT_S, json=body, headers=headers)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _call(self, method: str, path: str, seconds: float, **options: Any) -> dict[str, Any]:
        if self._session is None:  # made inside the running loop
            self._session = aiohttp.ClientSession()
        timeout = aiohttp.ClientTimeout(total=seconds, sock_connect=min(2.0, seconds))
        try:
            async with self._session.request(method, self._url + path, timeout=timeout, **options) as answer:
                content = await answer.read()
                status = answer.status
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            raise BackendAway(type(error).__name__) from None
        if status >= 500 or status in (401, 403, 408, 425, 429):
            raise BackendAway(f"status {status}")  # a wrong token is a mistake of set-up, not of the resident: keep trying
        try:
            decoded = json.loads(content)
        except ValueError:
            raise BackendAway(f"status {status}, no JSON") from None
        if status >= 400:
            raise Refused(status, str(decoded.get("detail") or decoded.get("title") or ""))
        return dict(decoded)
