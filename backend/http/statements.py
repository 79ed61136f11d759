"""The statement 情况说明 to take along, as a file. It is made when it is asked for and kept nowhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from urllib.parse import quote

from aiohttp import web

from backend.documents import pdf, word
from backend.documents.page import Page
from backend.http import keys
from backend.http.conversation_keys import PARTS, SAYING, require_conversation
from backend.http.endpoint import Endpoint


async def statement_docx(request: web.Request) -> web.Response:
    """What the resident told, as a Word document: who, the other side, when and where, her own words, what she wants, which door."""
    return await _file(request, word.render, word.MEDIA_TYPE, "docx")


async def statement_pdf(request: web.Request) -> web.Response:
    """The same page as PDF, for printing."""
    return await _file(request, partial(pdf.render, font=request.app[keys.CONFIG].pdf_font), pdf.MEDIA_TYPE, "pdf")


async def _file(request: web.Request, render: Callable[[Page], bytes], media_type: str, ending: str) -> web.Response:
    conversation_id = await require_conversation(request)
    request.app[SAYING].hit(conversation_id)
    page = await request.app[PARTS].statements.page(conversation_id)
    content = await asyncio.get_running_loop().run_in_executor(request.app[keys.EXECUTOR], render, page)
    name = f"attachment; filename=\"statement.{ending}\"; filename*=UTF-8''{quote(f'{page.title}.{ending}')}"
    return web.Response(body=content, content_type=media_type, headers={"Content-Disposition": name})


_ERRORS = ("unauthorized", "token_expired", "not_found", "conflict", "too_many_requests")

ENDPOINTS = [
    Endpoint(
        "GET", "/api/v1/conversations/{id}/statement.docx", statement_docx, "情况说明（Word），带去别的部门或者调解时用", "conversations",
        auth="conversation", response_media=word.MEDIA_TYPE, errors=_ERRORS,
    ),
    Endpoint(
        "GET", "/api/v1/conversations/{id}/statement.pdf", statement_pdf, "情况说明（PDF）", "conversations",
        auth="conversation", response_media=pdf.MEDIA_TYPE, errors=_ERRORS,
    ),
]  # fmt: skip
