"""A person takes over: first time asked, one owner, silent bot, and back to the open question with what was said."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from common.enums import StaffRole
from tests.backend.conftest import Api
from tests.backend.conversations.conftest import Chat, said, values
from tests.backend.conversations.rasa import Rasa, reply

QUEUE = "/api/v1/staff/conversations"


async def operator(api: Api, name: str, role: StaffRole = StaffRole.OPERATOR) -> dict[str, str]:
    from backend.http.keys import STAFF

    password = "坐席的长密码-一二三"
    app = api.client.server.app  # type: ignore[union-attr]
    await app[STAFF].create(name, password, role, {"wang": "王芳", "li": "李强"}.get(name, name))
    return await api.login(name, password)


async def call(api: Api, path: str, staff: dict[str, str], **body: Any) -> tuple[int, dict[str, Any]]:
    answer = await api.client.post(f"{QUEUE}/{path}", json=body, headers=staff)
    return answer.status, await answer.json()


async def queue(api: Api, staff: dict[str, str], name: str) -> list[dict[str, Any]]:
    answer = await api.client.get(QUEUE, params={"queue": name}, headers=staff)
    assert answer.status == 200, await answer.text()
    return list((await answer.json())["items"])


@pytest.mark.parametrize("words", ["转人工", "人工客服", "我要找真人", "转人工！！"])
async def test_asking_for_a_person_works_the_first_time_even_without_rasa(chat: Chat, rasa: Rasa, words: str) -> None:
    await rasa.stop()
    turn = await chat.say(words)
    assert turn["state"] == "handoff"
    assert turn["expecting"] is None
    assert "转人工" in said(turn)


async def test_the_dialogue_may_understand_it_too(chat: Chat, api: Api, rasa: Rasa) -> None:
    rasa.script.append([reply("好，我帮您转人工。", state="handoff", expecting=None, draft={"dispute_type": "LD", "amount": 32000})])
    turn = await chat.say("你这个机器我不想跟你说了，叫个人来")
    assert turn["state"] == "handoff"
    staff = await operator(api, "wang")
    [row] = await queue(api, staff, "waiting")
    assert (row["conversation_id"], row["dispute_type"]) == (chat.id, "LD")
    assert row["waiting_s"] >= 0


async def test_a_whole_handoff(chat: Chat, api: Api, rasa: Rasa) -> None:
    staff = await operator(api, "wang")
    expecting = {"slot": "amount", "kind": "amount", "optional": True}
    rasa.script.append([reply("欠您多少钱？", expecting=expecting, draft={"dispute_type": "LD", "counterparty": "马建军"})])
    await chat.say("工地老板马建军欠我工资，我电话13899012345")
    await chat.say(choice="handoff")
    first, second = await chat.say("有人吗"), await chat.say("我等着")
    assert len(first["messages"]) == 1
    assert second["messages"] == []

    [row] = await queue(api, staff, "waiting")
    assert row["preview"] == "我等着"
    status, taken = await call(api, f"{chat.id}/take", staff)
    assert (status, taken["state"]) == (200, "handoff")
    answer = await api.client.get(f"{QUEUE}/{chat.id}", headers=staff)
    detail = await answer.json()
    assert detail["draft"] == {"dispute_type": "LD", "counterparty": "马建军"}
    assert detail["operator"]["name"] == "王芳"
    assert [m["text"] for m in detail["messages"] if m["role"] == "resident"] == [
        "工地老板马建军欠我工资，我电话13899012345", "转人工", "有人吗", "我等着",
    ]  # fmt: skip

    status, line = await call(api, f"{chat.id}/messages", staff, text="您好，我是王芳，一共欠多少？", client_message_id="1")
    assert (status, line["role"], line["name"]) == (200, "operator", "王芳")
    again = await call(api, f"{chat.id}/messages", staff, text="您好，我是王芳，一共欠多少？", client_message_id="1")
    assert again == (200, line)
    turn = await chat.say("三万二，四个月的")
    assert (turn["state"], turn["messages"]) == ("handoff", [])
    assert len(rasa.received) == 1

    rasa.script.append([reply("我们接着来。欠您多少钱？", expecting=expecting)])
    status, back = await call(api, f"{chat.id}/hand_back", staff)
    assert (status, back["state"], back["expecting"]) == (200, "intake", expecting)
    lines = await chat.until(lambda ls: ls[-1]["text"].startswith("我们接着来"))
    assert lines[-2]["role"] == "system"
    metadata = rasa.received[-1]["metadata"]
    assert metadata["choice"] == "resume"
    assert metadata["while_away"] == ["三万二，四个月的"]  # 有人吗 and 我等着 tell nothing
    assert rasa.texts[-1] == "三万二，四个月的"
    assert (await chat.replay())["state"] == "intake"
    assert said(await chat.say("三万二")) == "记下了：三万二"
    assert await queue(api, staff, "mine") == []


async def test_phones_are_masked_in_lists(chat: Chat, api: Api) -> None:
    await chat.say(choice="handoff")
    await chat.say("我电话13899012345找我")
    staff = await operator(api, "wang")
    [row] = await queue(api, staff, "attention")
    assert row["preview"] == "我电话138****2345找我"


async def test_two_operators_never_own_one_chat(chat: Chat, api: Api) -> None:
    await chat.say(choice="handoff")
    wang, li = await operator(api, "wang"), await operator(api, "li")
    outcomes = await asyncio.gather(*(call(api, f"{chat.id}/take", who) for who in (wang, li) * 5))
    statuses = [status for status, _ in outcomes]
    assert sorted(statuses) == [200] * 5 + [409] * 5
    assert len(set(statuses[0::2])) == 1  # the same person won every time
    winner, loser = (wang, li) if statuses[0] == 200 else (li, wang)
    assert (await call(api, f"{chat.id}/messages", loser, text="我也来"))[0] == 409
    assert (await call(api, f"{chat.id}/hand_back", loser))[0] == 403
    assert (await call(api, f"{chat.id}/resume", loser))[0] == 409
    assert (await call(api, f"{chat.id}/messages", winner, text="我来了"))[0] == 200
    joined = [m for m in await chat.lines() if m["role"] == "system"]
    assert len(joined) == 1
    boss = await operator(api, "boss", StaffRole.SUPERVISOR)
    assert (await call(api, f"{chat.id}/hand_back", boss))[0] == 200
    assert (await call(api, f"{chat.id}/hand_back", boss))[0] == 409


async def test_an_operator_must_take_before_answering(chat: Chat, api: Api) -> None:
    staff = await operator(api, "wang")
    status, problem = await call(api, f"{chat.id}/messages", staff, text="您好")
    assert (status, problem["code"]) == (409, "conflict")
    await call(api, f"{chat.id}/take", staff)
    for text, expected in (("", 400), (" \n", 400), ("好" * 5001, 413)):
        assert (await call(api, f"{chat.id}/messages", staff, text=text))[0] == expected


async def test_taking_over_without_being_asked_silences_the_bot(chat: Chat, api: Api, rasa: Rasa) -> None:
    staff = await operator(api, "wang")
    rasa.delay_s = 0.4
    asking = asyncio.create_task(chat.say("楼上漏水"))
    await asyncio.sleep(0.15)
    assert (await call(api, f"{chat.id}/take", staff))[0] == 200
    assert (await asking)["messages"] == []
    assert (await chat.say("你们来人了吗"))["messages"] == []
    assert len(rasa.received) == 1


async def test_a_resident_may_go_back_to_the_bot_while_nobody_has_come(chat: Chat, rasa: Rasa) -> None:
    turn = await chat.say(choice="handoff")
    assert values(turn["messages"][0]) == ["resume"]
    turn = await chat.say(choice="resume")
    assert turn["state"] == "intake"
    assert rasa.received[0]["metadata"]["choice"] == "resume"
    assert rasa.texts == ["继续"]


async def test_danger_in_a_taken_chat_shows_numbers_and_stays_with_the_operator(chat: Chat, api: Api) -> None:
    staff = await operator(api, "wang")
    await chat.say(choice="handoff")
    await call(api, f"{chat.id}/take", staff)
    turn = await chat.say("他现在拿着菜刀在门口说要砍死我")
    assert turn["state"] == "handoff"
    assert "110" in said(turn)
    answer = await api.client.get("/api/v1/staff/alerts", headers=staff)
    assert [a["level"] for a in (await answer.json())["items"]] == ["R3"]
    assert [r["crisis_level"] for r in await queue(api, staff, "crisis")] == ["R3"]


async def test_danger_while_waiting_comes_first_and_the_wait_goes_on(chat: Chat, api: Api) -> None:
    await chat.say(choice="handoff")
    turn = await chat.say("我老公昨天又动手打我了，我怕他回家")
    assert turn["state"] == "crisis"
    assert (await chat.say(choice="safe"))["state"] == "handoff"
    staff = await operator(api, "wang")
    assert len(await queue(api, staff, "waiting")) == 1


async def test_danger_stands_above_waiting_in_the_list(api: Api) -> None:
    waiting, danger, ordinary = [await Chat(api).open() for _ in range(3)]
    await waiting.say(choice="handoff")
    await danger.say("他现在拿着菜刀在门口说要砍死我")
    await ordinary.say("楼上漏水")
    staff = await operator(api, "wang")
    assert [r["conversation_id"] for r in await queue(api, staff, "attention")] == [danger.id, waiting.id]
    assert len(await queue(api, staff, "all")) == 3


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", QUEUE), ("get", f"{QUEUE}/x"), ("post", f"{QUEUE}/x/take"), ("post", f"{QUEUE}/x/hand_back"), ("post", f"{QUEUE}/x/resume"),
        ("post", f"{QUEUE}/x/messages"), ("get", f"{QUEUE}/x/evidence/y"), ("get", "/api/v1/staff/alerts"), ("post", "/api/v1/staff/alerts/1"),
        ("get", "/api/v1/staff/ws"),
    ],
)  # fmt: skip
async def test_residents_and_strangers_get_nothing(chat: Chat, api: Api, method: str, path: str) -> None:
    for headers in ({}, chat.auth):
        answer = await getattr(api.client, method)(path.replace("/x", f"/{chat.id}"), headers=headers)
        assert answer.status == 401
        assert (await answer.json())["code"] == "unauthorized"


async def test_unknown_ids(api: Api) -> None:
    staff = await operator(api, "wang")
    for action in ("take", "hand_back", "resume"):
        assert (await call(api, f"{'0' * 32}/{action}", staff))[0] == 404
    answer = await api.client.post("/api/v1/staff/alerts/999", json={}, headers=staff)
    assert answer.status == 404
    answer = await api.client.get(QUEUE, params={"queue": "secret"}, headers=staff)
    assert answer.status == 400


async def test_seeing_a_conversation_is_written_down(chat: Chat, api: Api) -> None:
    from sqlalchemy import select

    from backend.db.models_staff import AuditEntry
    from backend.http.keys import READS

    staff = await operator(api, "wang")
    await api.client.get(f"{QUEUE}/{chat.id}", headers=staff)
    await call(api, f"{chat.id}/take", staff)
    app = api.client.server.app  # type: ignore[union-attr]
    async with app[READS]() as session:
        rows = [(e.action, e.details) for e in await session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    assert ("conversation_viewed", {"conversation_id": chat.id}) in rows
    assert ("conversation_taken", {"conversation_id": chat.id}) in rows
