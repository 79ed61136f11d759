"""Reading what callers send: JSON into a pydantic model, mistakes into a sentence that names the field."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from common.errors import BadInput, TooLarge

M = TypeVar("M", bound=BaseModel)

MAX_TEXT = 20_000  # characters of one text; longer ones are refused, never cut
MAX_JSON_BYTES = 512 * 1024

_MESSAGES: dict[str, str] = {
    "missing": "缺少必填内容",
    "string_type": "应当是文字",
    "string_too_short": "不能为空",
    "string_too_long": "太长了，最多 {max_length} 个字",
    "string_pattern_mismatch": "格式不对",
    "int_type": "应当是整数",
    "int_parsing": "应当是整数",
    "int_from_float": "应当是整数",
    "float_type": "应当是数字",
    "float_parsing": "应当是数字",
    "finite_number": "应当是有限的数字",
    "bool_type": "应当是“是”或“否”（true/false）",
    "bool_parsing": "应当是“是”或“否”（true/false）",
    "list_type": "应当是列表",
    "dict_type": "应当是对象",
    "model_type": "应当是对象",
    "model_attributes_type": "应当是对象",
    "date_from_datetime_parsing": "日期应当写成 2026-11-27 这样",
    "date_parsing": "日期应当写成 2026-11-27 这样",
    "date_type": "日期应当写成 2026-11-27 这样",
    "datetime_parsing": "时间格式不对",
    "datetime_from_date_parsing": "时间格式不对",
    "enum": "不在可选范围内",
    "literal_error": "不在可选范围内",
    "greater_than": "数值太小",
    "greater_than_equal": "数值太小",
    "less_than": "数值太大",
    "less_than_equal": "数值太大",
    "too_long": "项数太多，最多 {max_length} 项",
    "too_short": "至少要有 {min_length} 项",
    "extra_forbidden": "不认识这一项",
}


class RequestModel(BaseModel):
    """Base of request bodies: no silent conversion of types, unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", strict=True)


def plain_text(value: Any) -> Any:
    """Refuse lone surrogates, which JSON can carry but neither UTF-8 nor a database can. For use as a validator."""
    if isinstance(value, str):
        value.encode("utf-8")  # raises UnicodeEncodeError, a ValueError
    return value


async def read_json(request: web.Request) -> Any:
    """The request's JSON value.

    Raises:
        BadInput: empty, not UTF-8, or not JSON.
        TooLarge: more than MAX_JSON_BYTES.
    """
    if request.content_length is not None and request.content_length > MAX_JSON_BYTES:
        raise TooLarge("提交的内容太大")
    raw = await request.content.read(MAX_JSON_BYTES + 1) if request.body_exists else b""
    while len(raw) <= MAX_JSON_BYTES:
        more = await request.content.read(MAX_JSON_BYTES + 1 - len(raw))
        if not more:
            break
        raw += more
    if len(raw) > MAX_JSON_BYTES:
        raise TooLarge("提交的内容太大")
    return parse_json(raw)


def parse_json(raw: bytes) -> Any:
    """Parse strictly: no NaN or Infinity, no bottomless nesting, no lone surrogates."""
    if not raw.strip():
        raise BadInput("请求没有内容，应当是 JSON")
    try:
        value = json.loads(raw.decode("utf-8"), parse_constant=_no_constants)
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise BadInput("文字里有无法识别的字符") from error
    except (ValueError, RecursionError) as error:
        raise BadInput("请求内容不是有效的 JSON") from error
    return value


async def read_model(request: web.Request, model: type[M]) -> M:
    """The request's JSON as ``model``.

    Raises:
        BadInput: with the field and a Chinese sentence.
        TooLarge: a text above its limit.
    """
    return to_model(await read_json(request), model)


def to_model(value: Any, model: type[M]) -> M:
    """Validate a parsed JSON value; see :func:`read_model`."""
    if not isinstance(value, dict):
        raise BadInput("请求内容应当是一个 JSON 对象")
    try:
        # through JSON, so that strict models still read dates and enums from their written form
        return model.model_validate_json(json.dumps(value, ensure_ascii=False))
    except ValidationError as error:
        raise _explain(error) from None  # pydantic's own message quotes the input


def _explain(error: ValidationError) -> BadInput | TooLarge:
    first = error.errors(include_url=False, include_input=False)[0]
    field = ".".join(str(part) for part in first["loc"]) or None
    context = first.get("ctx") or {}
    kind = first["type"]
    if kind == "value_error":
        return BadInput(str(context.get("error") or "内容有误"), field=field)
    sentence = _MESSAGES.get(kind, "内容有误").format_map({k: v for k, v in context.items()})
    detail = f"“{field}”{sentence}" if field else sentence
    return TooLarge(detail, field=field) if kind == "string_too_long" else BadInput(detail, field=field)


def _no_constants(name: str) -> Any:
    raise ValueError(name)
