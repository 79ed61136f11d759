"""Coming back: the code told to whoever leaves, another device, the old one, and a filed case by number and tracking code."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from sqlalchemy import select, text

from backend.db.base import make_engine
from backend.db.models_conversations import Conversation, Message, ResumeCode
from backend.http.keys import SESSIONS
from backend.http.wrong_codes import WRONG_CODES_PER_MINUTE
from tests.backend.conftest import Api, Clock, filing
from tests.backend.conversations.conftest import Chat, said
from tests.backend.conversations.rasa import Rasa, reply
from tests.backend.conversations.test_socket import ready

CODE = re.compile(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}")
DRAFT = {"narrative": "同事借了我五千不还", "fields": {}, "stage": "paused"}
PAUSED = {
    "state": "closed",
    "expecting": None,
    "card": {"kind": "pause"},
    "draft": DRAFT,
    "choices": [{"title": "继续登记", "value": "continue"}],
}


async def leaves(chat: Chat, rasa: Rasa) -> str:
    """She tells her story and leaves; the code she was told."""
    rasa.script.append([reply("好的，停下了。", **PAUSED)])
    turn = await chat.say("先不弄了")
    found = CODE.search(said(turn))
    assert found, turn
    assert turn["messages"][0]["card"] == {"kind": "pause", "title": "接着办的号码", "code": found[0], "days": 7}
    return found[0]


async def take_up(api: Api, **body: str) -> tuple[int, dict[str, Any]]:
    answer = await api.client.post("/api/v1/conversations/resume", json=body)
    return answer.status, await answer.json()


async def device(api: Api, **body: str) -> Chat:
    status, opened = await take_up(api, **body)
    assert status == 201, opened
    return Chat(api, opened["conversation_id"], opened["token"], opened)


async def test_another_device_goes_on_and_the_old_one_too(chat: Chat, api: Api, rasa: Rasa) -> None:
    code = await leaves(chat, rasa)
    phone = await device(api, code=code)
    assert phone.id == chat.id
    assert phone.opened["state"] == "closed"
    assert phone.opened["messages"][0]["choices"] == PAUSED["choices"]
    assert [line["text"] for line in await phone.lines()] == [line["text"] for line in await chat.lines()]
    rasa.script += [[reply("好的，接着来。")], [reply("记下了。")]]
    await phone.say(choice="continue")
    assert "记下了" in said(await chat.say("五千块"))
    assert [line["seq"] for line in await phone.lines()] == list(range(1, len(await chat.lines()) + 1))


async def test_the_old_device_is_told(chat: Chat, api: Api, rasa: Rasa) -> None:
    page = await ready(chat)
    code = await leaves(chat, rasa)
    await device(api, code=code)
    while "不是您本人" not in (await page.receive_json(timeout=5)).get("message", {}).get("text", ""):
        pass


@pytest.mark.parametrize("typed", ["{0}", " {0} ", "{0}".lower(), "lower", "dashless", "full width"])
async def test_a_code_is_understood_however_it_is_typed(typed: str, chat: Chat, api: Api, rasa: Rasa) -> None:
    code = await leaves(chat, rasa)
    forms = {"lower": code.lower(), "dashless": code.replace("-", ""), "full width": "".join(chr(ord(c) + 0xFEE0) for c in code)}
    assert (await take_up(api, code=forms.get(typed, typed.format(code))))[0] == 201


async def test_the_same_code_is_told_again_and_shown_on_the_page(chat: Chat, rasa: Rasa) -> None:
    code = await leaves(chat, rasa)
    assert await leaves(chat, rasa) == code
    answer = await chat.api.client.get(f"{chat.url}/resume-code", headers=chat.auth)
    shown = await answer.json()
    assert (answer.status, shown["code"], shown["days"]) == (200, code, 7)
    assert shown["expires_at"].startswith("2026-12-04T")


async def test_the_code_stands_nowhere_in_the_database(chat: Chat, api: Api, rasa: Rasa) -> None:
    code = await leaves(chat, rasa)
    await device(api, code=code)
    engine = make_engine(api.config.database_url)
    async with engine.connect() as connection:
        everything = []
        for table in ("conversations", "messages", "resume_codes"):
            everything += [str(row) for row in await connection.execute(text(f"SELECT * FROM {table}"))]
    await engine.dispose()
    assert any("resume:1" in row for row in everything)
    assert not any(code in row or code.replace("-", "") in row for row in everything)


async def test_staff_see_that_a_code_was_told_but_not_which(chat: Chat, api: Api, rasa: Rasa) -> None:
    code = await leaves(chat, rasa)
    answer = await api.client.get(f"/api/v1/staff/conversations/{chat.id}", headers=await api.login())
    body = str(await answer.json())
    assert answer.status == 200
    assert code not in body
    assert "号码只有本人看得到" in body


async def test_nothing_told_or_filed_has_no_code(chat: Chat, api: Api, rasa: Rasa) -> None:
    answer = await api.client.get(f"{chat.url}/resume-code", headers=chat.auth)
    assert (answer.status, (await answer.json())["code"]) == (409, "conflict")
    rasa.script.append([reply("登记好了。", state="filed", expecting=None, case_number="KLMY-20261127-000001", draft=DRAFT)])
    await chat.say("提交")
    answer = await api.client.get(f"{chat.url}/resume-code", headers=chat.auth)
    assert answer.status == 409
    assert "编号和查询码" in (await answer.json())["detail"]


async def test_filing_takes_the_code_back(chat: Chat, api: Api, rasa: Rasa) -> None:
    code = await leaves(chat, rasa)
    rasa.script.append([reply("登记好了。", state="filed", expecting=None, case_number="KLMY-20261127-000001")])
    await chat.say("提交")
    assert (await take_up(api, code=code))[0] == 404


async def test_a_late_filing_takes_the_code_back(chat: Chat, api: Api, rasa: Rasa) -> None:
    code = await leaves(chat, rasa)
    assert (await api.file(filing(conversation_id=chat.id), key=f"{chat.id}-1"))[0] == 201
    assert (await take_up(api, code=code))[0] == 404


async def test_starting_over_makes_another_code(chat: Chat, api: Api, rasa: Rasa) -> None:
    code = await leaves(chat, rasa)
    await chat.say(choice="restart")
    assert (await take_up(api, code=code))[0] == 404
    again = await leaves(chat, rasa)
    assert again != code
    assert (await take_up(api, code=code))[0] == 404
    assert (await take_up(api, code=again))[0] == 201


async def test_a_code_ends_with_the_draft(chat: Chat, api: Api, rasa: Rasa, clock: Clock) -> None:
    code = await leaves(chat, rasa)
    clock.forward(days=6.9)
    assert (await take_up(api, code=code))[0] == 201
    clock.forward(days=6.9)  # it was silent since, but not for seven days
    assert (await take_up(api, code=code))[0] == 201
    clock.forward(days=7.1)
    assert (await take_up(api, code=code))[0] == 404


async def test_how_long_is_a_setting(make_api: Any, rasa: Rasa) -> None:
    api = await make_api(rasa_url=rasa.url, draft_days=2)
    chat = await Chat(api).open()
    rasa.script.append([reply("好的，停下了。", **PAUSED)])
    turn = await chat.say("先不弄了")
    assert "2天内有效" in said(turn)


async def test_a_token_that_was_over_stays_over_and_one_that_was_good_stays_good(chat: Chat, api: Api, rasa: Rasa, clock: Clock) -> None:
    code = await leaves(chat, rasa)
    clock.forward(hours=10)
    phone = await device(api, code=code)
    assert (await chat.post(choice="continue"))[0] == 200
    clock.forward(hours=73)
    tablet = await device(api, code=code)
    assert (await chat.post(text="还在吗"))[0] == 401
    assert (await phone.post(text="还在吗"))[0] == 401
    assert (await tablet.post(text="还在吗"))[0] == 200


async def test_codes_cannot_be_found_by_trying(chat: Chat, api: Api, rasa: Rasa) -> None:
    code = await leaves(chat, rasa)
    statuses = [(await take_up(api, code=f"AAAA{i:04d}".replace("0", "2").replace("1", "3")))[0] for i in range(WRONG_CODES_PER_MINUTE + 2)]
    assert statuses == [404] * WRONG_CODES_PER_MINUTE + [429, 429]
    assert (await take_up(api, code=code))[0] == 429, "a right one is not told apart either"


@pytest.mark.parametrize("body", [{}, {"code": ""}, {"code": "AAAA2222", "token": "t"}, {"code": 12345678}])
async def test_bad_bodies_are_refused(body: dict[str, Any], api: Api) -> None:
    answer = await api.client.post("/api/v1/conversations/resume", json=body)
    assert (answer.status, (await answer.json())["code"]) == (400, "bad_input")


async def test_wrong_expired_and_revoked_codes_read_the_same(chat: Chat, api: Api, rasa: Rasa) -> None:
    code = await leaves(chat, rasa)
    await chat.say(choice="restart")
    revoked, wrong = (await take_up(api, code=code))[1], (await take_up(api, code="AAAA-2222"))[1]
    assert {**revoked, "instance": ""} == {**wrong, "instance": ""}


async def test_two_devices_at_once_get_one_code_row(chat: Chat, api: Api, rasa: Rasa) -> None:
    await leaves(chat, rasa)
    asks = [api.client.get(f"{chat.url}/resume-code", headers=chat.auth) for _ in range(8)]
    codes = {(await answer.json())["code"] for answer in await asyncio.gather(*asks)}
    assert len(codes) == 1
    async with api.client.server.app[SESSIONS].begin() as session:  # type: ignore[union-attr]
        assert len(list(await session.scalars(select(ResumeCode)))) == 1


# ── a filed case ──


async def filed(api: Api, chat: Chat, rasa: Rasa) -> dict[str, Any]:
    rasa.script.append([reply("已经收好。", state="confirming", expecting=None, draft=DRAFT)])
    await chat.say("我在工地干了四个月，包工头欠我三万二")
    status, receipt = await api.file(filing(conversation_id=chat.id), key=f"{chat.id}-1")
    assert status == 201
    await chat.until(lambda lines: receipt["number"] in lines[-1]["text"])
    return receipt


async def test_number_and_code_open_a_fresh_talk_about_the_case(chat: Chat, api: Api, rasa: Rasa) -> None:
    receipt = await filed(api, chat, rasa)
    phone = await device(api, number=receipt["number"].lower(), code=receipt["tracking_code"])
    assert phone.id != chat.id
    assert (phone.opened["state"], phone.opened["case_number"]) == ("filed", receipt["number"])
    assert "等待受理" in said(phone.opened)
    lines = await phone.lines()
    assert not any("包工头" in line["text"] for line in lines), "the code is on a receipt that others may see"
    await phone.say("我又找到一张考勤表")
    sent = rasa.received[-1]["metadata"]
    assert sent["visited_case"] == {"number": receipt["number"], "tracking_code": receipt["tracking_code"]}
    assert "visited_case" not in rasa.received[0]["metadata"]


async def test_a_wrong_code_opens_nothing_and_counts(chat: Chat, api: Api, rasa: Rasa) -> None:
    receipt = await filed(api, chat, rasa)
    status, problem = await take_up(api, number=receipt["number"], code="AAAA2222")
    assert status == 404
    unknown = (await take_up(api, number="KLMY-20261127-999999", code="AAAA2222"))[1]
    assert problem["detail"] == unknown["detail"]
    async with api.client.server.app[SESSIONS].begin() as session:  # type: ignore[union-attr]
        assert len(list(await session.scalars(select(Conversation)))) == 1


async def test_a_resume_code_is_no_tracking_code(chat: Chat, api: Api, rasa: Rasa) -> None:
    receipt = await filed(api, chat, rasa)
    assert (await take_up(api, code=receipt["tracking_code"]))[0] == 404


async def test_a_visitor_who_files_a_matter_of_her_own_is_no_visitor_any_more(chat: Chat, api: Api, rasa: Rasa) -> None:
    receipt = await filed(api, chat, rasa)
    phone = await device(api, number=receipt["number"], code=receipt["tracking_code"])
    await phone.say(choice="new_case")
    await phone.say("另一件事：邻居占道")
    assert "visited_case" not in rasa.received[-1]["metadata"]
    second = (await api.file(filing(conversation_id=phone.id), key=f"{phone.id}-2"))[1]
    await phone.until(lambda lines: second["number"] in lines[-1]["text"])
    async with api.client.server.app[SESSIONS].begin() as session:  # type: ignore[union-attr]
        assert (await session.get_one(Conversation, phone.id)).visitor is False
        assert (
            await session.scalar(select(Message.id).where(Message.conversation_id == chat.id, Message.text.contains(second["number"])))
            is None
        )
