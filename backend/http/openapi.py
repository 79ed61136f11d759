"""The OpenAPI 3.1 document, generated from the same declarations that make the routing table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from backend.http.endpoint import Endpoint
from backend.http.problems import CODES
from backend.http.schemas import Problem

Names = dict[tuple[type[BaseModel], JsonSchemaMode], str]

_PATH_PARAMETER = re.compile(r"\{(\w+)(?::[^}]*)?\}")
_REF = "#/components/schemas/{model}"
_TAGS = {
    "conversations": "居民的对话：开始、发消息、重放、传材料",
    "understanding": "判断类型、找出要素、法律问答；什么都不保存",
    "cases": "案件：登记、列表、详情、变更、进度",
    "staff": "工作人员登录和账号",
    "operations": "运行状态",
}
_SECURITY: dict[str, list[dict[str, list[str]]]] = {
    "public": [],
    "conversation": [{"conversationToken": []}],
    "staff": [{"staffToken": []}, {"staffCookie": [], "csrf": []}],
    "internal": [{"internalToken": []}],
    "internal_or_staff": [{"internalToken": []}, {"staffToken": []}, {"staffCookie": [], "csrf": []}],
}
_SCHEMES = {
    "conversationToken": {"type": "http", "scheme": "bearer", "description": "POST /api/v1/conversations 返回的 token"},
    "staffToken": {"type": "http", "scheme": "bearer", "description": "POST /api/v1/login 返回的 token"},
    "staffCookie": {"type": "apiKey", "in": "cookie", "name": "jiefen_staff"},
    "csrf": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token", "description": "用 cookie 登录时，改动类请求要带"},
    "internalToken": {"type": "http", "scheme": "bearer", "description": "系统内部进程之间共用"},
}


def document(endpoints: Sequence[Endpoint]) -> dict[str, Any]:
    """The whole document; plain JSON values."""
    names, schemas = _schemas(endpoints)
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        paths.setdefault(plain_path(endpoint.path), {})[endpoint.method.lower()] = _operation(endpoint, names)
    used = {endpoint.tag for endpoint in endpoints}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "解纷 Jiefen",
            "version": "1",
            "description": "矛盾纠纷登记、识别、分派的公开接口。错误按 RFC 9457 返回，code 不变，detail 是可以直接给人看的中文。",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "tags": [{"name": name, "description": text} for name, text in _TAGS.items() if name in used],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": _SCHEMES},
    }


def plain_path(pattern: str) -> str:
    """aiohttp's ``{number:[A-Z]+}`` → OpenAPI's ``{number}``."""
    return _PATH_PARAMETER.sub(r"{\1}", pattern)


def _schemas(endpoints: Sequence[Endpoint]) -> tuple[Names, dict[str, Any]]:
    wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {(Problem, "serialization"): None}
    for endpoint in endpoints:
        if endpoint.request is not None:
            wanted[endpoint.request, "validation"] = None
        if endpoint.response is not None:
            wanted[endpoint.response, "serialization"] = None
    refs, definitions = models_json_schema(list(wanted), ref_template=_REF)
    names = {(model, mode): refs[model, mode]["$ref"] for model, mode in wanted}
    return names, definitions.get("$defs", {})


def _operation(endpoint: Endpoint, names: Names) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": f"{endpoint.handler.__module__.rpartition('.')[2]}_{endpoint.handler.__name__}",
        "summary": endpoint.summary,
        "tags": [endpoint.tag],
        "security": _SECURITY[endpoint.auth],
        "responses": {**_successes(endpoint, names), **_failures(endpoint, names)},
    }
    if endpoint.handler.__doc__:
        operation["description"] = " ".join(endpoint.handler.__doc__.split())
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in _PATH_PARAMETER.findall(endpoint.path)
    ]
    parameters += [
        {"name": p.name, "in": "query", "required": p.required, "description": p.description, "schema": p.schema} for p in endpoint.query
    ]
    if endpoint.path == "/api/v1/cases" and endpoint.method == "POST":
        parameters.append({"name": "Idempotency-Key", "in": "header", "required": True, "schema": {"type": "string", "maxLength": 128}})
    if parameters:
        operation["parameters"] = parameters
    if endpoint.request is not None:
        schema = {"$ref": names[endpoint.request, "validation"]}
        operation["requestBody"] = {"required": True, "content": {endpoint.request_media: {"schema": schema}}}
    return operation


def _successes(endpoint: Endpoint, names: Names) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for status in endpoint.statuses:
        response: dict[str, Any] = {"description": "成功" if status < 400 else "未就绪"}
        if endpoint.response is not None:
            response["content"] = {endpoint.response_media: {"schema": {"$ref": names[endpoint.response, "serialization"]}}}
        elif status not in {101, 204}:
            response["content"] = {endpoint.response_media: {}}
        found[str(status)] = response
    return found


def _failures(endpoint: Endpoint, names: Names) -> dict[str, Any]:
    codes = ["bad_input", *endpoint.errors] if endpoint.request or endpoint.query else list(endpoint.errors)
    by_status: dict[int, list[str]] = {}
    for code in codes:
        by_status.setdefault(CODES[code].status, []).append(code)
    content = {"application/problem+json": {"schema": {"$ref": names[Problem, "serialization"]}}}
    return {
        str(status): {"description": "；".join(f"{code}：{CODES[code].title}" for code in of_status), "content": content}
        for status, of_status in sorted(by_status.items())
    }
