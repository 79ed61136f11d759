"""Evidence: told apart by its bytes, kept as it came, seen by staff only."""

from __future__ import annotations

import hashlib
import io
import stat
import zipfile
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.backend.conftest import Api
from tests.backend.conversations.conftest import Chat, said
from tests.backend.conversations.rasa import Rasa, reply

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + b"\x00" * 64 + b"\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + b"\x00" * 64
WEBP = b"RIFF\x40\x00\x00\x00WEBPVP8 " + b"\x00" * 64
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 64
PDF = b"%PDF-1.7\n" + b"x" * 64 + b"\n%%EOF"
DOC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504 + b"\xec\xa5\xc1\x00" + b"\x00" * 600
MP3 = b"ID3\x03\x00\x00\x00\x00\x00\x0a" + b"\x00" * 100
M4A = b"\x00\x00\x00\x20ftypM4A \x00\x00\x00\x00M4A mp42isom" + b"\x00" * 64
AMR = b"#!AMR\n" + b"\x3c" * 64
AMR_WB = b"#!AMR-WB\n" + b"\x3c" * 64
MP4 = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41" + b"\x00" * 64


def zipped(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return buffer.getvalue()


DOCX = zipped("[Content_Types].xml", "_rels/.rels", "word/document.xml")


async def send(chat: Chat, content: bytes, name: str = "照片.jpg", **fields: str) -> tuple[int, dict[str, Any]]:
    form = aiohttp.FormData(quote_fields=False)
    for key, value in fields.items():
        form.add_field(key, value)
    form.add_field("file", io.BytesIO(content), filename=name, content_type="application/octet-stream")
    answer = await chat.api.client.post(f"{chat.url}/evidence", data=form, headers=chat.auth)
    return answer.status, await answer.json()


def files(api: Api) -> list[Path]:
    return sorted(p for p in (api.config.data_dir / "evidence").rglob("*") if p.is_file())


@pytest.mark.parametrize(
    ("content", "media_type", "ending"),
    [
        (JPEG, "image/jpeg", "jpg"), (PNG, "image/png", "png"), (WEBP, "image/webp", "webp"), (HEIC, "image/heic", "heic"),
        (PDF, "application/pdf", "pdf"), (DOC, "application/msword", "doc"),
        (DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
        (MP3, "audio/mpeg", "mp3"), (M4A, "audio/mp4", "m4a"), (AMR, "audio/amr", "amr"), (AMR_WB, "audio/amr", "amr"), (MP4, "video/mp4", "mp4"),
    ],
)  # fmt: skip
async def test_what_residents_have_is_taken(chat: Chat, api: Api, content: bytes, media_type: str, ending: str) -> None:
    status, body = await send(chat, content, "证据.xyz")
    assert status == 201, body
    assert body["evidence"]["media_type"] == media_type
    assert body["evidence"]["name"] == f"证据.{ending}"
    assert body["evidence"]["size"] == len(content)
    assert body["evidence"]["sha256"] == hashlib.sha256(content).hexdigest()
    [path] = files(api)
    assert path.read_bytes() == content
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert "证据" not in path.name


@pytest.mark.parametrize(
    ("content", "name", "status", "code"),
    [
        (b"MZ" + b"\x00" * 200, "照片.jpg", 415, "unsupported_media"),
        (b"<html><script>alert(1)</script></html>", "照片.png", 415, "unsupported_media"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "图.jpg", 415, "unsupported_media"),
        (b"GIF89a" + b"\x00" * 50, "图.jpg", 415, "unsupported_media"),
        (zipped("a.txt"), "材料.docx", 415, "unsupported_media"),
        ("只是文字".encode() * 20, "说明.pdf", 415, "unsupported_media"),
        (b"", "空.jpg", 400, "bad_input"),
    ],
)
async def test_everything_else_is_refused_and_leaves_nothing(
    chat: Chat, api: Api, content: bytes, name: str, status: int, code: str
) -> None:
    got, problem = await send(chat, content, name)
    assert (got, problem["code"]) == (status, code)
    assert any("\u4e00" <= c <= "\u9fff" for c in problem["detail"])
    assert files(api) == []
    assert len(await chat.lines()) == 1


async def test_too_large_is_refused_before_it_fills_the_disk(make_api: Any, rasa: Rasa) -> None:
    api = await make_api(rasa_url=rasa.url, upload_max_bytes=1024 * 1024)
    chat = await Chat(api).open()
    status, problem = await send(chat, JPEG + b"\x00" * (1024 * 1024))
    assert (status, problem["code"]) == (413, "too_large")
    assert "1MB" in problem["detail"]
    status, problem = await send(chat, JPEG + b"\x00" * (3 * 1024 * 1024))
    assert (status, problem["code"]) == (413, "too_large")
    assert files(api) == []
    assert (await send(chat, JPEG + b"\x00" * (1024 * 1024 - len(JPEG))))[0] == 201


async def test_only_so_many_files(make_api: Any, rasa: Rasa) -> None:
    api = await make_api(rasa_url=rasa.url, upload_max_files=2)
    chat = await Chat(api).open()
    assert [(await send(chat, JPEG))[0] for _ in range(3)] == [201, 201, 413]
    assert len(files(api)) == 2


async def test_it_appears_in_the_conversation_and_keeps_the_question(chat: Chat, rasa: Rasa) -> None:
    status, body = await send(chat, JPEG, "借条.jpg")
    assert status == 201
    assert "借条.jpg" in said(body)
    assert body["expecting"] == chat.opened["expecting"]
    [_, line, _] = await chat.lines()
    assert (line["role"], line["card"]["kind"], line["card"]["name"]) == ("resident", "evidence", "借条.jpg")
    assert rasa.received == []
    await chat.say("借条发给您了")
    assert [u["name"] for u in rasa.received[0]["metadata"]["uploads"]] == ["借条.jpg"]


async def test_as_an_answer_to_the_question_for_evidence_it_moves_on(chat: Chat, rasa: Rasa) -> None:
    rasa.script.append([reply("有什么材料？", expecting={"slot": "evidence", "kind": "text", "optional": True})])
    await chat.say("他欠钱")
    rasa.script.append([reply("怎么称呼您？", expecting={"slot": "contact_name", "kind": "name", "optional": True})])
    _, body = await send(chat, PDF, "合同.pdf")
    assert body["expecting"]["slot"] == "contact_name"
    assert said(body) == "收到“合同.pdf”，已经放进您的登记里。\n\n怎么称呼您？"
    assert rasa.received[1]["message"] == "上传材料：合同.pdf"


async def test_the_same_upload_twice_is_one_file(chat: Chat, api: Api) -> None:
    status, first = await send(chat, JPEG, client_message_id="u1")
    again_status, again = await send(chat, JPEG, client_message_id="u1")
    assert (status, again_status) == (201, 200)
    assert again == first
    assert len(files(api)) == 1


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("%E6%AC%A0%E6%9D%A1.jpg", "欠条.jpg"),
        ("..%2F..%2Fetc%2Fpasswd.jpg", "passwd.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("..\\..\\boot.ini", "boot.jpg"),
        ("a\u202egpj.exe", "agpj.jpg"),
        ("x" * 300, "x" * 80 + ".jpg"),
        (".", "材料.jpg"),
        ("微信图片_20261127.JPEG", "微信图片_20261127.jpg"),
        ("<b>借条</b>.jpg", "b_.jpg"),
    ],
)
def test_names_are_made_harmless(given: str, kept: str) -> None:
    from backend.conversations.uploads import safe_name

    assert safe_name(given, "jpg") == kept


async def test_wrong_forms(chat: Chat, api: Api) -> None:
    url = f"{chat.url}/evidence"
    answers = [
        await api.client.post(url, json={"file": "x"}, headers=chat.auth),
        await api.client.post(url, data=b"", headers={**chat.auth, "Content-Type": "multipart/form-data"}),
        await api.client.post(url, data=b"junk", headers={**chat.auth, "Content-Type": "multipart/form-data; boundary=x"}),
        await api.client.post(url, data=b"--x\r\n\r\nabc", headers={**chat.auth, "Content-Type": "multipart/form-data; boundary=x"}),
    ]
    form = aiohttp.FormData()
    form.add_field("other", b"x", filename="a.jpg")
    answers.append(await api.client.post(url, data=form, headers=chat.auth))
    assert [(a.status, (await a.json())["code"]) for a in answers] == [(400, "bad_input")] * 5
    answer = await api.client.post(url, data=aiohttp.FormData({"file": "x"}))
    assert answer.status == 401
    assert files(api) == []


async def test_staff_download_is_an_attachment_and_is_logged(chat: Chat, api: Api) -> None:
    from sqlalchemy import select

    from backend.db.models_staff import AuditEntry
    from backend.http.keys import READS

    _, body = await send(chat, PDF, "合同 正本.pdf")
    url = f"/api/v1/staff/conversations/{chat.id}/evidence/{body['evidence']['id']}"
    assert (await api.client.get(url, headers=chat.auth)).status == 401
    staff = await api.login()
    answer = await api.client.get(url, headers=staff)
    assert await answer.read() == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "%E5%90%88%E5%90%8C%20%E6%AD%A3%E6%9C%AC.pdf" in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    app = api.client.server.app  # type: ignore[union-attr]
    async with app[READS]() as session:
        actions = list(await session.scalars(select(AuditEntry.action)))
    assert actions.count("evidence_downloaded") == 1
    other = await Chat(api).open()
    wrong = await api.client.get(url.replace(chat.id, other.id), headers=staff)
    assert wrong.status == 404
