"""Evidence files over HTTP: a resident sends one at a time as multipart/form-data."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from backend.conversations.uploads import StoredFile
from backend.conversations.views import evidence_view
from backend.db.models_conversations import Evidence
from backend.http import conversation_schemas as schemas
from backend.http.conversation_keys import PARTS, SAYING, require_conversation
from backend.http.endpoint import Endpoint
from backend.http.keys import CLOCK, CONFIG
from common.errors import BadInput, TooLarge

log = logging.getLogger("jiefen.uploads")

_CHUNK = 64 * 1024
_ROOM = 64 * 1024  # for the other fields and the boundaries
_MAX_FIELD = 1024


async def send_file(request: web.Request) -> web.Response:
    """Store the file, then let the conversation know. 200 with the first answer when the same upload comes again."""
    conversation_id = await require_conversation(request)
    request.app[SAYING].hit(conversation_id)
    config, parts = request.app[CONFIG], request.app[PARTS]
    if request.content_type != "multipart/form-data" or "boundary" not in request.headers.get("Content-Type", ""):
        raise BadInput("请用 multipart/form-data 上传，文件放在 file 里", field="file")
    if request.content_length is not None and request.content_length > config.upload_max_bytes + _ROOM:
        limit = config.upload_max_bytes // (1024 * 1024)
        raise TooLarge(parts.conversations.phrases.phrase("upload.too_large", limit=limit), field="file")
    stored, client_message_id = await _receive(request, conversation_id)
    evidence = Evidence(
        id=stored.stored_name.partition(".")[0],
        conversation_id=conversation_id,
        name=stored.name,
        stored_name=stored.stored_name,
        media_type=stored.media_type,
        size=stored.size,
        sha256=stored.sha256,
        created_at=request.app[CLOCK](),
    )
    created = False
    try:
        done = await parts.conversations.post_evidence(conversation_id, evidence, client_message_id, config.upload_max_files)
        created = done.created
    finally:
        if not created:
            parts.folder.discard(conversation_id, stored.stored_name)
    return web.json_response({"evidence": evidence_view(done.evidence), **done.turn}, status=201 if done.created else 200)


async def _receive(request: web.Request, conversation_id: str) -> tuple[StoredFile, str | None]:
    """Read the form piece by piece; nothing is kept in memory."""
    stored: StoredFile | None = None
    client_message_id: str | None = None
    folder = request.app[PARTS].folder
    complete = False
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                raise BadInput("表单的格式不对", field="file")
            if part.name == "file" and stored is None:
                stored = await folder.store(conversation_id, part.filename or "", _chunks(part))
            elif part.name == "client_message_id":
                client_message_id = await _field(part)
        if stored is None:
            raise BadInput("没有收到文件，文件要放在 file 里", field="file")
        complete = True
    except (ValueError, HttpProcessingError, EOFError):
        raise BadInput(request.app[PARTS].conversations.phrases.phrase("upload.failed"), field="file") from None
    finally:
        if stored is not None and not complete:
            folder.discard(conversation_id, stored.stored_name)
    return stored, client_message_id


async def _chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await part.read_chunk(_CHUNK):
        yield bytes(chunk)


async def _field(part: BodyPartReader) -> str:
    value = b""
    while chunk := await part.read_chunk(_MAX_FIELD):
        value += chunk
        if len(value) > _MAX_FIELD:
            raise BadInput("client_message_id 应有 1–128 个字符", field="client_message_id")
    text = value.decode("utf-8")
    if not 1 <= len(text) <= 128:
        raise BadInput("client_message_id 应有 1–128 个字符", field="client_message_id")
    return text


ENDPOINTS = [
    Endpoint(
        "POST", "/api/v1/conversations/{id}/evidence", send_file,
        "上传一份材料（jpg、png、webp、heic、pdf、doc、docx、mp3、m4a、amr、mp4），放在表单的 file 里", "conversations",
        auth="conversation", response=schemas.EvidenceTurnShown, statuses=(201, 200), request_media="multipart/form-data",
        errors=("unauthorized", "token_expired", "not_found", "too_large", "unsupported_media", "too_many_requests"),
    ),
]  # fmt: skip
