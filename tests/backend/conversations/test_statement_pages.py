"""The statement over HTTP: whoever holds the token gets it, from what the engine handed over, the files sent and the filed case."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from tests.backend.conftest import Api
from tests.backend.conversations.conftest import Chat
from tests.backend.conversations.rasa import Rasa, reply
from tests.backend.conversations.test_returning import filed
from tests.backend.conversations.test_uploads import JPEG, send
from tests.backend.test_documents import docx_text
from tests.intake.test_statement import STORY, told

KINDS = ("docx", "pdf")


def draft() -> dict[str, Any]:
    """As the engine itself hands it over."""
    from tests.intake.talk import engine

    return engine().draft(told().state)


async def fetch(chat: Chat, kind: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    answer = await chat.api.client.get(f"{chat.url}/statement.{kind}", headers=headers or chat.auth)
    return answer.status, await answer.read(), dict(answer.headers)


async def confirming(chat: Chat, rasa: Rasa) -> None:
    rasa.script.append(
        [reply("请您过目。", state="confirming", expecting={"slot": "confirm", "kind": "confirm", "optional": False}, draft=draft())]
    )
    await chat.say(STORY)


async def test_at_the_card_it_holds_what_was_told(chat: Chat, rasa: Rasa) -> None:
    await confirming(chat, rasa)
    status, content, headers = await fetch(chat, "docx")
    assert status == 200
    text = docx_text(content)
    for words in (STORY, "王建国", "我的要求", "把三个月工资结清", "日期：2026年11月27日", "不是法律意见", "姓名"):
        assert words in text
    assert "登记编号" not in text
    assert "矛盾纠纷调处化解中心" in text, "a door is named also before the case has one"
    assert (
        headers["Content-Disposition"]
        == "attachment; filename=\"statement.docx\"; filename*=UTF-8''%E6%83%85%E5%86%B5%E8%AF%B4%E6%98%8E.docx"
    )
    assert headers["Cache-Control"] == "no-store"
    status, content, headers = await fetch(chat, "pdf")
    assert (status, headers["Content-Type"]) == (200, "application/pdf")
    assert content.startswith(b"%PDF-")


async def test_files_that_were_sent_are_named(chat: Chat, rasa: Rasa) -> None:
    await send(chat, JPEG, "考勤表.jpg")
    await confirming(chat, rasa)
    assert "考勤表.jpg" in docx_text((await fetch(chat, "docx"))[1])


async def test_after_filing_it_has_the_number_and_the_organisation(chat: Chat, api: Api, rasa: Rasa) -> None:
    receipt = await filed(api, chat, rasa)
    rasa.script.append([reply("不客气。", state="filed", expecting=None, case_number=receipt["number"], draft=draft())])
    await chat.say("谢谢")
    text = docx_text((await fetch(chat, "docx"))[1])
    assert receipt["number"] in text
    assert receipt["organisation"]["name"] in text
    assert receipt["tracking_code"] not in text, "paper is seen by others"
    for item in receipt["bring"][:2]:
        assert item in text


@pytest.mark.parametrize("kind", KINDS)
async def test_before_there_is_anything_it_is_said_kindly(kind: str, chat: Chat) -> None:
    answer = await chat.api.client.get(f"{chat.url}/statement.{kind}", headers=chat.auth)
    problem = await answer.json()
    assert (answer.status, problem["code"]) == (409, "conflict")
    assert "先把事情说一说" in problem["detail"]


@pytest.mark.parametrize("kind", KINDS)
async def test_only_the_holder_of_the_token_gets_it(kind: str, chat: Chat, api: Api, rasa: Rasa) -> None:
    await confirming(chat, rasa)
    other = await Chat(api).open()
    assert (await fetch(chat, kind, Authorization=f"Bearer {other.token}"))[0] == 401
    assert (await fetch(chat, kind, Authorization="Bearer x"))[0] == 401
    assert (await fetch(chat, kind, Accept="*/*"))[0] == 401


async def test_a_wrong_font_setting_breaks_nothing(make_api: Any, rasa: Rasa, tmp_path: Path) -> None:
    api = await make_api(rasa_url=rasa.url, pdf_font=tmp_path / "no such font.ttf")
    chat = await Chat(api).open()
    await confirming(chat, rasa)
    status, content, _ = await fetch(chat, "pdf")
    assert status == 200
    assert b"STSong-Light" in content


async def test_a_restart_takes_the_page_away(chat: Chat, rasa: Rasa) -> None:
    await confirming(chat, rasa)
    await chat.say(choice="restart")
    assert (await fetch(chat, "docx"))[0] == 409


async def test_the_document_opens_as_word(chat: Chat, rasa: Rasa) -> None:
    await confirming(chat, rasa)
    document = Document(io.BytesIO((await fetch(chat, "docx"))[1]))
    assert document.core_properties.title == "情况说明"
    assert document.core_properties.author == ""
