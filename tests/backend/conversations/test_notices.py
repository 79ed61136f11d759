"""What happens to a case is told without being asked: warmly, once for each event, and not after it was taken back."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, select

from backend.db.models_conversations import Conversation
from backend.http.keys import SESSIONS
from tests.backend.conftest import Api
from tests.backend.conversations.conftest import Chat, values
from tests.backend.conversations.rasa import Rasa
from tests.backend.conversations.test_returning import device, filed
from tests.backend.conversations.test_socket import connect
from tests.backend.conversations.test_uploads import JPEG, send


class Desk:
    """Staff at a case. ``news`` is what a change brought into a talk."""

    def __init__(self, api: Api, receipt: dict[str, Any], headers: dict[str, str]) -> None:
        self.api, self.receipt, self.headers = api, receipt, headers
        self.url = f"/api/v1/cases/{receipt['number']}"

    async def change(self, **change: Any) -> None:
        seen = await (await self.api.client.get(self.url, headers=self.headers, params={"identity": "0"})).json()
        answer = await self.api.client.patch(self.url, json={"version": seen["version"], **change}, headers=self.headers)
        assert answer.status == 200, await answer.text()

    async def refer(self) -> str:
        units = (await (await self.api.client.get("/api/v1/organisations", headers=self.headers)).json())["items"]
        unit = next(u for u in units if u["id"] != self.receipt["organisation"]["id"])
        await self.change(status="referred", next_organisation=unit["id"])
        return str(unit["name"])

    async def history(self) -> list[dict[str, Any]]:
        return list((await (await self.api.client.get(self.url, headers=self.headers)).json())["history"])


@pytest.fixture
async def desk(chat: Chat, api: Api, rasa: Rasa) -> Desk:
    return Desk(api, await filed(api, chat, rasa), await api.login())


async def news(chat: Chat, after: int) -> list[dict[str, Any]]:
    return await chat.lines(after)


async def seen(chat: Chat) -> int:
    return int((await chat.lines())[-1]["seq"])


STEPS: list[tuple[list[dict[str, Any]], tuple[str, ...], list[str]]] = [
    ([{"status": "accepted"}], ("已经受理了",), ["status", "reschedule"]),
    ([{"status": "accepted"}, {"status": "assigned"}], ("安排好调解员",), ["status", "reschedule"]),
    ([{"status": "returned", "reason_code": "wrong_division"}], ("换一个更合适的单位", "不用重新登记"), ["status", "reschedule"]),
    ([{"status": "rejected", "reason_code": "not_mediable"}], ("依法不属于调解范围", "不是您的问题不重要"), ["rate", "status"]),
    ([{"appointment": "12月2日上午10点"}], ("时间定好了：12月2日上午10点",), ["status", "reschedule"]),
    ([{"appointment": "12月2日"}, {"appointment": ""}], ("原来约的时间取消了",), ["status", "reschedule"]),
    ([{"status": "accepted"}, {"status": "mediating"}, {"status": "settled"}], ("谈成了", "司法确认"), ["rate", "status"]),
    ([{"status": "accepted"}, {"status": "mediating"}, {"status": "failed"}], ("没有谈拢", "12348"), ["rate", "status"]),
    ([{"status": "rejected", "reason_code": "not_mediable"}, {"status": "closed"}], ("办结了",), ["rate", "status"]),
    ([{"status": "accepted", "public_note": "请带身份证"}], ("已经受理了", "工作人员留话：请带身份证"), ["status", "reschedule"]),
]


@pytest.mark.parametrize(
    ("changes", "words", "buttons"), STEPS, ids=lambda v: v[-1] if isinstance(v, list) and v and isinstance(v[-1], str) else ""
)
async def test_a_change_brings_one_line(
    changes: list[dict[str, Any]], words: tuple[str, ...], buttons: list[str], chat: Chat, desk: Desk
) -> None:
    for change in changes[:-1]:
        await desk.change(**change)
    before = await seen(chat)
    await desk.change(**changes[-1])
    [line] = await news(chat, before)
    assert line["role"] == "bot"
    assert desk.receipt["number"] in line["text"]
    for word in words:
        assert word in line["text"]
    assert values(line) == buttons


async def test_a_referral_names_the_next_unit(chat: Chat, desk: Desk) -> None:
    before = await seen(chat)
    unit = await desk.refer()
    [line] = await news(chat, before)
    assert f"转到{unit}" in line["text"]


@pytest.mark.parametrize("change", [{"note": "电话没打通"}, {"assignee": "admin"}, {"handling_mode": "central"}])
async def test_what_is_only_for_staff_brings_nothing(change: dict[str, Any], chat: Chat, desk: Desk) -> None:
    before = await seen(chat)
    await desk.change(**change)
    assert await news(chat, before) == []


async def test_a_refused_change_brings_nothing(chat: Chat, desk: Desk) -> None:
    before = await seen(chat)
    answer = await desk.api.client.patch(desk.url, json={"version": 99, "status": "accepted"}, headers=desk.headers)
    assert answer.status == 409
    answer = await desk.api.client.patch(desk.url, json={"version": 1, "status": "settled"}, headers=desk.headers)
    assert answer.status == 409
    assert await news(chat, before) == []


async def test_an_open_page_is_shown_it_at_once(chat: Chat, desk: Desk) -> None:
    page = await connect(chat, await seen(chat))
    await page.send_json({"type": "auth", "token": chat.token})
    assert (await page.receive_json(timeout=5))["type"] == "ready"
    await desk.change(status="accepted")
    event = await page.receive_json(timeout=5)
    assert event["type"] == "message"
    assert "已经受理了" in event["message"]["text"]
    assert event["state"] == "filed"


async def test_every_talk_about_the_case_is_told_once(chat: Chat, api: Api, desk: Desk) -> None:
    phone = await device(api, number=desk.receipt["number"], code=desk.receipt["tracking_code"])
    first, second = await seen(chat), await seen(phone)
    await desk.change(status="accepted")
    assert len(await news(chat, first)) == len(await news(phone, second)) == 1


async def test_the_buttons_under_it_work(chat: Chat, rasa: Rasa, desk: Desk) -> None:
    await desk.change(status="accepted")
    await chat.say(choice="reschedule")
    assert rasa.received[-1]["metadata"]["choice"] == "reschedule"


async def test_nothing_comes_after_it_was_taken_back(chat: Chat, api: Api, desk: Desk) -> None:
    body = {"code": desk.receipt["tracking_code"], "kind": "withdraw"}
    answer = await api.client.post(f"{desk.url}/requests", json=body)
    assert answer.status == 200
    before = await seen(chat)
    await desk.change(appointment="12月2日")
    await desk.change(status="closed")
    assert await news(chat, before) == []


async def test_a_deleted_talk_is_nobody_to_tell(chat: Chat, api: Api, desk: Desk) -> None:
    async with api.client.server.app[SESSIONS].begin() as session:  # type: ignore[union-attr]
        await session.execute(delete(Conversation).where(Conversation.id == chat.id))
    await desk.change(status="accepted")
    async with api.client.server.app[SESSIONS].begin() as session:  # type: ignore[union-attr]
        assert list(await session.scalars(select(Conversation.id))) == []


async def test_while_something_is_asked_there_are_no_buttons(chat: Chat, rasa: Rasa, desk: Desk) -> None:
    await chat.say(choice="restart")
    before = await seen(chat)
    await desk.change(status="accepted")
    [line] = await news(chat, before)
    assert line["choices"] == []
    assert (await chat.replay())["expecting"]["slot"] == "consent"


# ── what the resident wants of the case ──


async def ask(desk: Desk, **body: Any) -> tuple[int, dict[str, Any]]:
    answer = await desk.api.client.post(f"{desk.url}/requests", json={"code": desk.receipt["tracking_code"], **body})
    return answer.status, await answer.json()


async def test_another_time_is_a_wish_and_changes_no_appointment(desk: Desk) -> None:
    await desk.change(appointment="12月2日上午10点")
    status, body = await ask(desk, kind="reschedule", text="改到下周三下午")
    assert (status, body["counted"], body["progress"]["appointment"]) == (200, True, "12月2日上午10点")
    assert (await ask(desk, kind="reschedule", text="改到下周三下午"))[1]["counted"] is False
    line = (await desk.history())[-1]
    assert (line["kind"], line["text"], line["note"], line["public"]) == ("reschedule", "希望改时间", "改到下周三下午", True)


async def test_a_mark_counts_once_there_is_a_result(desk: Desk) -> None:
    status, body = await ask(desk, kind="rate", score=5)
    assert (status, body["code"]) == (409, "conflict")
    for change in ("accepted", "mediating", "settled"):
        await desk.change(status=change)
    assert (await ask(desk, kind="rate", score=5, text="很好"))[1]["counted"] is True
    assert (await ask(desk, kind="rate", score=5, text="很好"))[1]["counted"] is False
    assert (await ask(desk, kind="rate", score=2))[1]["counted"] is True
    marks = [line for line in await desk.history() if line["kind"] == "rating"]
    assert [(line["text"], line["note"]) for line in marks] == [("评价：5分", "很好"), ("评价：2分", "")]


@pytest.mark.parametrize("body", [{"kind": "rate"}, {"kind": "rate", "score": 0}, {"kind": "rate", "score": 6}, {"kind": "reschedule"}])
async def test_wishes_that_say_nothing_are_refused(body: dict[str, Any], desk: Desk) -> None:
    assert (await ask(desk, **body))[0] == 400


async def test_material_sent_after_filing_is_seen_in_the_history(chat: Chat, desk: Desk) -> None:
    await send(chat, JPEG, "收条.jpg")
    line = (await desk.history())[-1]
    assert (line["kind"], line["text"], line["note"]) == ("evidence", "补充材料", "收条.jpg")


async def test_material_from_another_device_belongs_to_the_case(api: Api, desk: Desk) -> None:
    phone = await device(api, number=desk.receipt["number"], code=desk.receipt["tracking_code"])
    await send(phone, JPEG, "考勤表.jpg")
    shown = await (await api.client.get(desk.url, headers=desk.headers)).json()
    assert [file["name"] for file in shown["evidence"]] == ["考勤表.jpg"]
