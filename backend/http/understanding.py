"""``/api/v1/classify``, ``/extract`` and ``/ask``: understanding without filing; nothing is stored."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

from backend.domain.calendar import BEIJING
from backend.http import schemas
from backend.http.body import read_model
from backend.http.endpoint import Endpoint, register
from backend.http.keys import ASK, CLASSIFIER, CLOCK, EXECUTOR, EXTRACT, KNOWLEDGE, SCREEN
from backend.http.parts import ClassifierPort
from backend.http.ratelimit import RateLimiter
from backend.http.security import caller_address
from backend.services.understanding import classification, extraction, model_risk
from common.errors import Unavailable

REQUESTS_PER_MINUTE = 6000  # per address: a call centre's consoles, asking at every pause of the keys, share one
_LIMITER: web.AppKey[RateLimiter] = web.AppKey("understanding_limiter")


def _classifier(app: web.Application) -> ClassifierPort:
    found = app[CLASSIFIER]
    if found is None:
        raise Unavailable("识别模型没有装好，请稍后再试")
    return found


async def classify(request: web.Request) -> web.Response:
    app = request.app
    app[_LIMITER].hit(caller_address(request))
    body = await read_model(request, schemas.TextRequest)
    classifier, screen = _classifier(app), app[SCREEN]

    def work() -> dict[str, Any]:
        prediction = classifier.predict(body.text)
        return classification(prediction, screen.assess(body.text, model_risk(prediction)))

    return web.json_response(await asyncio.get_running_loop().run_in_executor(app[EXECUTOR], work))


async def extract(request: web.Request) -> web.Response:
    app = request.app
    app[_LIMITER].hit(caller_address(request))
    body = await read_model(request, schemas.ExtractRequest)
    today = body.today or app[CLOCK]().astimezone(BEIJING).date()

    def work() -> dict[str, Any]:
        return extraction(app[EXTRACT](body.text, expecting=body.expecting, today=today))

    return web.json_response(await asyncio.get_running_loop().run_in_executor(app[EXECUTOR], work))


async def ask(request: web.Request) -> web.Response:
    app = request.app
    app[_LIMITER].hit(caller_address(request))
    body = await read_model(request, schemas.AskRequest)
    answer = await asyncio.get_running_loop().run_in_executor(app[EXECUTOR], app[ASK], body.question)
    return web.json_response(
        {
            "answer": answer.answer,
            "citations": list(answer.citations),
            "related": list(answer.related),
            "refused": answer.refused,
            "confidence": round(answer.confidence, 4),
        }
    )


async def taxonomy(request: web.Request) -> web.Response:
    """Types, subtypes and routes by name, for pages and outside systems."""
    knowledge = request.app[KNOWLEDGE]
    types = [
        {
            "code": kind.code,
            "name": kind.name,
            "plain": kind.plain,
            "subtypes": [{"code": subtype.code, "name": subtype.name, "plain": subtype.plain} for subtype in kind.subtypes],
        }
        for kind in knowledge.types.values()
    ]
    routes = [{"code": code.value, "name": info.name, "plain": info.plain} for code, info in knowledge.routes.items()]
    return web.json_response({"version": knowledge.version, "types": types, "routes": routes})


def setup(app: web.Application) -> None:
    app[_LIMITER] = RateLimiter(REQUESTS_PER_MINUTE)
    register(app, ENDPOINTS)


_ERRORS = ("too_large", "too_many_requests")
ENDPOINTS = [
    Endpoint("POST", "/api/v1/classify", classify, "判断纠纷类型、细类、化解途径和风险", "understanding", request=schemas.TextRequest,
             response=schemas.ClassifyAnswer, errors=(*_ERRORS, "unavailable")),
    Endpoint("POST", "/api/v1/extract", extract, "从一段话里找出金额、人数、电话、姓名、时间等", "understanding",
             request=schemas.ExtractRequest, response=schemas.ExtractAnswer, errors=_ERRORS),
    Endpoint("POST", "/api/v1/ask", ask, "法律常识问答，只答有依据的", "understanding", request=schemas.AskRequest,
             response=schemas.AskAnswer, errors=_ERRORS),
    Endpoint("GET", "/api/v1/taxonomy", taxonomy, "纠纷类型、细类和化解途径的名称", "understanding", response=schemas.Taxonomy),
]  # fmt: skip
