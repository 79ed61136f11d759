"""What happens beside the talk of one device: another device takes it up, staff change the case, the statement is fetched as a file.

Steps of a script's ``then``, done in order when the conversation has come to an end:
    say: …, expect: […], never: […]      a message (or {choose: …}) on the device that is in hand
    move: code | case                     another device, by the resume code the bot told last, or by number and tracking code
    device: 0                             back to an earlier device, whose token must still be good
    staff: {status: …, …}                 a change of the case; expect: words of the one line that it brings, each exactly once
    upload: name                          a photo
    statement: […]                        the statement as Word holds these words, and as PDF is one
    history: […]                          the case's history as staff see it holds these texts or notes
"""

from __future__ import annotations

import io
import re
import uuid
from typing import Any

import aiohttp
from docx import Document

from scripts.stack import Stack
from tests.conversations.resident import Conversation, Script

CODE = re.compile(r"接着办的号码是 ([2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4})")
CASE = re.compile(r"编号 ([A-Z]+-\d{8}-\d{6})，查询码 ([2-9A-HJ-NP-Z]{8})")
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"


async def move(conversation: Conversation, by: str) -> None:
    """Go on with the conversation on another device."""
    pattern = CODE if by == "code" else CASE
    told = pattern.findall(conversation.said_by_bot())
    assert told, f"no {by} was told\n{conversation.transcript()}"
    body = {"code": told[-1]} if by == "code" else {"number": told[-1][0], "code": told[-1][1]}
    before = conversation.id
    async with conversation.session.post(f"{conversation.base}/api/v1/conversations/resume", json=body) as answer:
        assert answer.status == 201, f"{await answer.text()}\n{conversation.transcript()}"
        opened = await answer.json()
    assert (opened["conversation_id"] == before) == (by == "code")
    conversation.devices.append((opened["conversation_id"], opened["token"]))
    conversation.id, conversation.token = conversation.devices[-1]
    conversation.last = opened


async def follow(conversation: Conversation, script: Script, stack: Stack) -> None:
    """Do the steps of ``then``."""
    for step in script.then:
        told = conversation.transcript()
        if "say" in step:
            turn = await conversation.send(step["say"])
            check(turn.text, step, conversation.transcript())
        elif "move" in step:
            await move(conversation, step["move"])
            check("\n".join(m["text"] for m in conversation.last["messages"]), step, told)
        elif "device" in step:
            conversation.id, conversation.token = conversation.devices[step["device"]]
            conversation.last = await _replay(conversation, 0)
        elif "staff" in step:
            await _staff(conversation, step, stack)
        elif "upload" in step:
            await _upload(conversation, step["upload"])
        elif "statement" in step:
            await _statement(conversation, step["statement"])
        elif "history" in step:
            case = await _case(conversation, stack)
            lines = "\n".join(f"{line['text']} {line['note']} {line['details']}" for line in case["history"])
            for words in step["history"]:
                assert words in lines, f"{words} not in the history:\n{lines}\n{told}"
        else:
            raise AssertionError(f"unknown step {step}")


def check(text: str, step: dict[str, Any], told: str) -> None:
    for words in step.get("expect", []):
        assert words in text, f"“{words}” not in {text!r}\n{told}"
    for words in step.get("never", []):
        assert words not in text, f"“{words}” in {text!r}\n{told}"


def _auth(conversation: Conversation) -> dict[str, str]:
    return {"Authorization": f"Bearer {conversation.token}"}


async def _replay(conversation: Conversation, after: int) -> dict[str, Any]:
    url = f"{conversation.base}/api/v1/conversations/{conversation.id}/messages"
    async with conversation.session.get(url, params={"after": after}, headers=_auth(conversation)) as answer:
        assert answer.status == 200, await answer.text()
        return dict(await answer.json())


def _number(conversation: Conversation) -> str:
    return CASE.findall(conversation.said_by_bot())[0][0]


async def _login(http: aiohttp.ClientSession, stack: Stack) -> dict[str, str]:
    login = {"username": "admin", "password": stack.env["JIEFEN_ADMIN_PASSWORD"]}
    async with http.post(f"{stack.url}/api/v1/login", json=login) as answer:
        return {"Authorization": f"Bearer {(await answer.json())['token']}"}


async def _case(conversation: Conversation, stack: Stack) -> dict[str, Any]:
    headers = await _login(conversation.session, stack)
    async with conversation.session.get(f"{stack.url}/api/v1/cases/{_number(conversation)}", headers=headers) as answer:
        return dict(await answer.json())


async def _staff(conversation: Conversation, step: dict[str, Any], stack: Stack) -> None:
    """Change the case; what it brings must be there once, in the talk of the device in hand."""
    case, headers = await _case(conversation, stack), await _login(conversation.session, stack)
    change = dict(step["staff"])
    if change.get("status") == "referred":
        async with conversation.session.get(f"{stack.url}/api/v1/organisations", headers=headers) as answer:
            units = (await answer.json())["items"]
        change["next_organisation"] = next(u["id"] for u in units if u["id"] != (case["organisation"] or {}).get("id"))
    seen = (await _replay(conversation, 0))["messages"][-1]["seq"]
    url, body = f"{stack.url}/api/v1/cases/{case['number']}", {"version": case["version"], **change}
    async with conversation.session.patch(url, json=body, headers=headers) as answer:
        assert answer.status == 200, await answer.text()
    lines = [line["text"] for line in (await _replay(conversation, seen))["messages"]]
    assert len(lines) == (1 if step.get("expect") else 0), f"{change} brought {lines}\n{conversation.transcript()}"
    check("\n".join(lines), step, conversation.transcript())


async def _upload(conversation: Conversation, name: str) -> None:
    form = aiohttp.FormData()
    form.add_field("file", JPEG, filename=name, content_type="image/jpeg")
    form.add_field("client_message_id", uuid.uuid4().hex)
    url = f"{conversation.base}/api/v1/conversations/{conversation.id}/evidence"
    async with conversation.session.post(url, data=form, headers=_auth(conversation)) as answer:
        assert answer.status == 201, await answer.text()


async def _statement(conversation: Conversation, words: list[str]) -> None:
    url = f"{conversation.base}/api/v1/conversations/{conversation.id}/statement"
    async with conversation.session.get(f"{url}.docx", headers=_auth(conversation)) as answer:
        assert answer.status == 200, f"{await answer.text()}\n{conversation.transcript()}"
        document = Document(io.BytesIO(await answer.read()))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    text = "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
    for wanted in words:
        assert wanted in text, f"“{wanted}” not in the statement:\n{text}"
    async with conversation.session.get(f"{url}.pdf", headers=_auth(conversation)) as answer:
        assert answer.status == 200
        assert (await answer.read()).startswith(b"%PDF-")
