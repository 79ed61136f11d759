"""One declaration per route: where, who may, what goes in and out. Routing table and OpenAPI both come from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import web
from pydantic import BaseModel

Auth = Literal["public", "conversation", "staff", "internal", "internal_or_staff"]


@dataclass(frozen=True)
class Parameter:
    """A query parameter. Path parameters are read from the path itself."""

    name: str
    description: str
    required: bool = False
    schema: dict[str, object] = field(default_factory=lambda: {"type": "string"})


@dataclass(frozen=True)
class Endpoint:
    """A documented route.

    Attributes:
        method: GET, POST, PATCH, PUT or DELETE.
        path: aiohttp pattern, e.g. ``/api/v1/cases/{number}``.
        summary: one Chinese sentence, shown in the documentation.
        tag: the chapter it belongs to: conversations, classify, cases, staff, operations.
        request: model of the JSON body, None when there is none.
        response: model of the JSON answer, None when it is not JSON.
        statuses: successful statuses; the first is the usual one.
        errors: problem codes a caller should expect besides bad_input.
    """

    method: str
    path: str
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    summary: str
    tag: str
    auth: Auth = "public"
    request: type[BaseModel] | None = None
    response: type[BaseModel] | None = None
    statuses: tuple[int, ...] = (200,)
    errors: tuple[str, ...] = ()
    query: tuple[Parameter, ...] = ()
    request_media: str = "application/json"
    response_media: str = "application/json"


ALL_ENDPOINTS: web.AppKey[list[Endpoint]] = web.AppKey("all_endpoints")  # what register() has seen, in order


def register(app: web.Application, endpoints: list[Endpoint]) -> None:
    """Add the routes and remember them for the OpenAPI document."""
    for endpoint in endpoints:
        app.router.add_route(endpoint.method, endpoint.path, endpoint.handler)
    known = app.get(ALL_ENDPOINTS)
    if known is None:
        known = app[ALL_ENDPOINTS] = []
    known.extend(endpoints)
