"""Is it alive, is it ready, how is it doing, how is it called."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from aiohttp import web
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from backend.db.migrate import current_revision, newest_revision
from backend.http import schemas
from backend.http.endpoint import ALL_ENDPOINTS, Endpoint, register
from backend.http.keys import CLASSIFIER, CLIENT, CONFIG, ENGINE, KNOWLEDGE, READS
from backend.http.metrics import show_metrics
from backend.http.openapi import document

_DOCUMENT: web.AppKey[list[str]] = web.AppKey("openapi_document")
_TIMEOUT = aiohttp.ClientTimeout(total=3)


class NotReady(Exception):
    """A part that does not work; the message goes into the answer, so it holds no secrets."""


async def healthz(_request: web.Request) -> web.Response:
    """The process answers; says nothing about its parts."""
    return web.json_response({"status": "ok"})


async def readyz(request: web.Request) -> web.Response:
    """503 until every part works; each part is named with what it says."""
    app = request.app
    checks: dict[str, Callable[[web.Application], Awaitable[str]]] = {
        "database": _database,
        "knowledge": _knowledge,
        "model": _model,
        "rasa": _rasa,
        "actions": _actions,
    }
    states = await asyncio.gather(*(_state(check, app) for check in checks.values()))
    parts = dict(zip(checks, states, strict=True))
    ready = all(part["ok"] for part in parts.values())
    return web.json_response({"ready": ready, "parts": parts}, status=200 if ready else 503)


async def openapi(request: web.Request) -> web.Response:
    """The OpenAPI 3.1 document of every documented route."""
    made = request.app[_DOCUMENT]
    if not made:  # all routes are there once requests come in, so it is generated once
        known: list[Endpoint] = request.app[ALL_ENDPOINTS]
        made.append(json.dumps(document(known), ensure_ascii=False))
    return web.Response(text=made[0], content_type="application/json")


async def _state(check: Callable[[web.Application], Awaitable[str]], app: web.Application) -> dict[str, Any]:
    begun = time.perf_counter()
    try:
        ok, detail = True, await check(app)
    except NotReady as reason:
        ok, detail = False, str(reason)
    except (aiohttp.ClientError, TimeoutError, SQLAlchemyError, OSError) as error:
        ok, detail = False, type(error).__name__  # messages may hold addresses with tokens
    return {"ok": ok, "detail": detail, "ms": round((time.perf_counter() - begun) * 1000, 1)}


async def _database(app: web.Application) -> str:
    async with app[READS]() as session:
        await session.execute(text("SELECT 1"))
    revision, newest = await current_revision(app[ENGINE]), newest_revision()
    if revision != newest:
        raise NotReady(f"schema is at {revision}, newest is {newest}")
    return f"{app[ENGINE].dialect.name} {revision}"


async def _knowledge(app: web.Application) -> str:
    return app[KNOWLEDGE].version[:12]


async def _model(app: web.Application) -> str:
    classifier = app[CLASSIFIER]
    if classifier is None:
        raise NotReady("no model in JIEFEN_MODEL_DIR")
    return str(classifier.version)


async def _rasa(app: web.Application) -> str:
    """A model that failed to load leaves the server up without an agent; only ``/status`` tells (409)."""
    config = app[CONFIG]
    async with app[CLIENT].get(f"{config.rasa_url}/status", params={"token": config.rasa_token}, timeout=_TIMEOUT) as response:
        if response.status != 200:
            raise NotReady(f"no agent loaded (status {response.status})")
        answer = await response.json()
    if not isinstance(answer, dict) or not answer.get("model_file"):
        raise NotReady("no agent loaded")
    return str(answer["model_file"]).rsplit("/", 1)[-1]


async def _actions(app: web.Application) -> str:
    async with app[CLIENT].get(f"{app[CONFIG].actions_url}/health", timeout=_TIMEOUT) as response:
        if response.status != 200:
            raise NotReady(f"status {response.status}")
    return "ok"


def setup(app: web.Application) -> None:
    app[_DOCUMENT] = []
    register(app, ENDPOINTS)


ENDPOINTS = [
    Endpoint("GET", "/healthz", healthz, "进程活着", "operations", response=schemas.Alive),
    Endpoint("GET", "/readyz", readyz, "各部分是否就绪；没就绪时是 503", "operations", response=schemas.Readiness, statuses=(200, 503)),
    Endpoint("GET", "/metrics", show_metrics, "Prometheus 指标", "operations", response_media="text/plain"),
    Endpoint("GET", "/api/openapi.json", openapi, "这份接口说明", "operations", response_media="application/json"),
]
