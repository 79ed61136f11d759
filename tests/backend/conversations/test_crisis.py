"""Danger: the fixed text at once, staff alerted, questions stopped, nothing to be told twice. Rasa is not needed for any of it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from common.payloads import LabelScore, Prediction
from tests.backend.conftest import Api
from tests.backend.conversations.conftest import Chat, said, values
from tests.backend.conversations.rasa import Rasa, reply

R3_WORDS = "他现在拿着菜刀在门口说要砍死我"
R2_WORDS = "我老公昨天又动手打我了，我怕他回家"


async def alerts(api: Api) -> list[dict[str, Any]]:
    answer = await api.client.get("/api/v1/staff/alerts", headers=await api.login())
    assert answer.status == 200
    return list((await answer.json())["items"])


async def test_r3_gets_numbers_and_an_alert_while_rasa_is_down(chat: Chat, api: Api, rasa: Rasa) -> None:
    await rasa.stop()
    turn = await chat.say(R3_WORDS)
    assert turn["state"] == "crisis"
    assert "110" in said(turn)
    [message] = turn["messages"]
    assert values(message) == ["handoff"]
    assert message["card"]["kind"] == "crisis"
    assert "110" in [n["number"] for n in message["card"]["numbers"]]
    assert turn["expecting"] == {"slot": "safety", "kind": "choice", "optional": False}
    [alert] = await alerts(api)
    assert (alert["level"], alert["kind"], alert["conversation_id"]) == ("R3", "crisis", chat.id)
    assert alert["cues"]
    assert all(R3_WORDS[c["start"] : c["end"]] == c["text"] for c in alert["cues"])


async def test_r3_further_words_are_kept_and_only_staff_resume(chat: Chat, api: Api, rasa: Rasa) -> None:
    await chat.say(R3_WORDS)
    for words in ("我现在安全，继续登记", "他走了，欠我三万块钱的事还没完"):
        turn = await chat.say(words)
        assert turn["state"] == "crisis"
        assert "110" in said(turn)
    turn = await chat.say(choice="safe")
    assert turn["state"] == "crisis"
    assert rasa.received == []
    assert (await alerts(api))[0]["count"] == 4

    staff = await api.login()
    answer = await api.client.post(f"/api/v1/staff/conversations/{chat.id}/resume", headers=staff)
    assert answer.status == 200, await answer.text()
    lines = await chat.until(lambda ls: ls[-1]["text"].startswith("记下了"))
    assert (await chat.replay())["state"] == "intake"
    [request] = rasa.received
    assert request["message"] == f"{R3_WORDS}\n我现在安全，继续登记\n他走了，欠我三万块钱的事还没完"
    assert request["metadata"]["choice"] == "safe"
    assert (request["metadata"]["risk"], request["metadata"]["risk_seen"]) == ("R2", "R3")
    assert [ls["role"] for ls in lines[-2:]] == ["system", "bot"]
    assert await alerts(api) == []
    again = await api.client.post(f"/api/v1/staff/conversations/{chat.id}/resume", headers=staff)
    assert again.status == 409


async def test_r2_goes_on_when_the_resident_is_safe_and_nothing_is_told_twice(chat: Chat, api: Api, rasa: Rasa) -> None:
    turn = await chat.say(R2_WORDS)
    assert turn["state"] == "crisis"
    assert values(turn["messages"][0]) == ["safe", "handoff"]
    assert "110" in said(turn)
    await chat.say("我该怎么办")
    rasa.script.append([reply("您的话我都记着。后来呢？", draft={"claim": "安全"})])
    turn = await chat.say(choice="safe")
    assert turn["state"] == "intake"
    assert said(turn).endswith("您的话我都记着。后来呢？")
    assert len(turn["messages"]) == 1
    [request] = rasa.received
    assert request["message"] == f"{R2_WORDS}\n我该怎么办"
    assert request["metadata"]["choice"] == "safe"
    assert request["metadata"]["risk"] == "R2"
    assert request["metadata"]["cues"]
    [alert] = await alerts(api)
    assert alert["resident_safe_at"] is not None
    await chat.say("他叫王建国")
    assert rasa.texts == [request["message"], "他叫王建国"]
    assert rasa.received[-1]["metadata"]["risk"] == "R0"
    assert rasa.received[-1]["metadata"]["risk_seen"] == "R2"


@pytest.mark.parametrize("words", ["我现在安全了", "没事了", "我们安全", "继续登记", "现在没危险了，可以继续"])
async def test_clear_words_of_safety_count(chat: Chat, words: str) -> None:
    await chat.say(R2_WORDS)
    assert (await chat.say(words))["state"] == "intake"


@pytest.mark.parametrize("words", ["我不安全", "没有安全感", "不是没事", "好像安全了他又来了", "？"])
async def test_other_words_do_not(chat: Chat, words: str) -> None:
    await chat.say(R2_WORDS)
    assert (await chat.say(words))["state"] == "crisis"


async def test_r2_may_rise_to_r3_and_never_falls(chat: Chat, api: Api) -> None:
    await chat.say(R2_WORDS)
    turn = await chat.say(R3_WORDS)
    assert values(turn["messages"][0]) == ["handoff"]
    turn = await chat.say(R2_WORDS)
    assert values(turn["messages"][0]) == ["handoff"]
    assert [a["level"] for a in await alerts(api)] == ["R3"]


async def test_new_words_bring_an_acknowledged_alert_back(chat: Chat, api: Api) -> None:
    await chat.say(R2_WORDS)
    [alert] = await alerts(api)
    staff = await api.login()
    answer = await api.client.post(f"/api/v1/staff/alerts/{alert['id']}", json={"note": "已回电"}, headers=staff)
    assert (await answer.json())["acknowledged_at"] is not None
    await chat.say("他又动手打我了")
    [alert] = await alerts(api)
    assert alert["acknowledged_at"] is None
    answer = await api.client.post(f"/api/v1/staff/alerts/{alert['id']}", json={"close": True}, headers=staff)
    assert (await answer.json())["note"] == "已回电"
    assert await alerts(api) == []


async def test_cues_split_over_messages_are_found(chat: Chat, rasa: Rasa) -> None:
    assert (await chat.say("他说了要打"))["state"] == "intake"
    turn = await chat.say("死我")
    assert turn["state"] == "crisis"
    assert rasa.texts == ["他说了要打"]


async def test_old_words_do_not_raise_an_alarm_again(chat: Chat, rasa: Rasa) -> None:
    await chat.say(R2_WORDS)
    await chat.say(choice="safe")
    assert (await chat.say("欠我三万"))["state"] == "intake"


async def test_danger_does_not_wait_behind_a_message_that_hangs(chat: Chat, rasa: Rasa) -> None:
    rasa.fault = "hang"
    slow = asyncio.create_task(chat.say("我邻居老是半夜放音响"))
    await asyncio.sleep(0.2)
    begin = asyncio.get_running_loop().time()
    turn = await chat.say(R3_WORDS)
    assert asyncio.get_running_loop().time() - begin < 0.6
    assert turn["state"] == "crisis"
    assert (await slow)["state"] == "crisis"
    texts = [m["text"] for m in await chat.lines() if m["role"] == "bot"]
    assert len(texts) == 2  # greeting and safety text; no question and no excuse in between


async def test_a_reply_that_comes_after_danger_is_not_shown(chat: Chat, rasa: Rasa) -> None:
    rasa.delay_s = 0.5
    slow = asyncio.create_task(chat.say("我邻居老是半夜放音响"))
    await asyncio.sleep(0.2)
    await chat.say(R3_WORDS)
    late = await slow
    assert late["messages"] == []
    assert late["state"] == "crisis"
    assert [m["role"] for m in await chat.lines()] == ["bot", "resident", "resident", "bot"]


async def test_handoff_works_in_a_crisis(chat: Chat) -> None:
    await chat.say(R3_WORDS)
    turn = await chat.say("转人工")
    assert turn["state"] == "handoff"


async def test_the_engine_may_find_danger_itself(chat: Chat, api: Api, rasa: Rasa) -> None:
    rasa.script.append([reply("请先保证安全，打110。", state="crisis", expecting=None)])
    turn = await chat.say("有人受伤")
    assert turn["state"] == "crisis"
    assert values(turn["messages"][0]) == ["safe", "handoff"]
    assert [a["level"] for a in await alerts(api)] == ["R2"]
    turn = await chat.say(choice="safe")
    assert turn["state"] == "intake"
    assert rasa.received[-1]["metadata"]["choice"] == "safe"
    assert rasa.texts[-1] == "继续"  # the button's title must not become part of the story


class Model:
    """A risk head that says what the test wants; the real one is tested with the classifier."""

    version = "test"

    def __init__(self, *scores: tuple[str, float], fails: bool = False) -> None:
        self.scores = tuple(LabelScore(code, code, p) for code, p in scores)
        self.fails = fails

    def predict(self, text: str) -> Prediction:
        if self.fails:
            raise RuntimeError("model broke")
        return Prediction((), (), (), self.scores, False, "test")


async def seen_risk(make_api: Any, rasa: Rasa, model: Model, words: str) -> tuple[str, str]:
    api = await make_api({"classifier": model}, rasa_url=rasa.url)
    chat = await Chat(api).open()
    turn = await chat.say(words)
    risk = rasa.received[-1]["metadata"]["risk"] if rasa.received else "-"
    return turn["state"], risk


async def test_the_model_raises_but_never_lowers(make_api: Any, rasa: Rasa) -> None:
    assert await seen_risk(make_api, rasa, Model(("R1", 0.7), ("R0", 0.3)), "邻居家的狗天天叫") == ("intake", "R1")


async def test_an_unsure_model_changes_nothing(make_api: Any, rasa: Rasa) -> None:
    assert await seen_risk(make_api, rasa, Model(("R0", 0.8), ("R2", 0.1), ("R1", 0.1)), "邻居家的狗天天叫") == ("intake", "R0")


async def test_the_model_cannot_talk_danger_away(make_api: Any, rasa: Rasa) -> None:
    assert (await seen_risk(make_api, rasa, Model(("R0", 1.0)), R3_WORDS))[0] == "crisis"


async def test_a_broken_model_leaves_the_rules_standing(make_api: Any, rasa: Rasa) -> None:
    assert (await seen_risk(make_api, rasa, Model(fails=True), R3_WORDS))[0] == "crisis"


async def test_a_sure_model_stops_the_intake_without_any_cue(make_api: Any, rasa: Rasa) -> None:
    api = await make_api({"classifier": Model(("R2", 0.9), ("R3", 0.08), ("R0", 0.02))}, rasa_url=rasa.url)
    chat = await Chat(api).open()
    turn = await chat.say("羊都分给侄子了，就跟你说一声")
    assert turn["state"] == "crisis"
    assert values(turn["messages"][0]) == ["safe", "handoff"]
    assert "12356" in said(turn)
    assert "现在安全吗" in said(turn)
    [alert] = await alerts(api)
    assert [(c["category"], c["text"]) for c in alert["cues"]] == [("general", "羊都分给侄子了，就跟你说一声")]


async def test_a_half_sure_model_marks_r1_and_tells_the_dialogue_to_ask(make_api: Any, rasa: Rasa) -> None:
    model = Model(("R2", 0.3), ("R0", 0.65), ("R1", 0.05))
    assert await seen_risk(make_api, rasa, model, "羊都分给侄子了，就跟你说一声") == ("intake", "R1")
    assert [cue["category"] for cue in rasa.received[-1]["metadata"]["cues"]] == ["general"]


async def test_ordinary_short_answers_go_through_with_the_real_model(make_api: Any, rasa: Rasa) -> None:
    from classifier import runtime

    api = await make_api({"classifier": runtime.load()}, rasa_url=rasa.url)
    chat = await Chat(api).open()
    for words in ("好的，再见", "就今早", "我前夫", "昨天晚上八点多", "我这里很快", "'; DROP TABLE messages; --", "不知道", "三万二"):
        assert (await chat.say(words))["state"] == "intake", words
    assert all(cue["category"] != "general" for request in rasa.received for cue in request["metadata"]["cues"])


async def test_the_model_alone_does_not_overrule_i_am_safe(make_api: Any, rasa: Rasa) -> None:
    api = await make_api({"classifier": Model(("R2", 0.9), ("R3", 0.05), ("R0", 0.05))}, rasa_url=rasa.url)
    chat = await Chat(api).open()
    assert (await chat.say("羊都分给侄子了，就跟你说一声"))["state"] == "crisis"
    assert (await chat.say("我现在安全了"))["state"] == "intake"
    assert (await chat.say("他借了我三万块钱，我去要他就骂我，一直拖着不还"))["state"] == "intake"
    assert rasa.received[-1]["metadata"]["risk"] == "R1"
    assert (await chat.say("他又动手打我了"))["state"] == "crisis"  # a named danger stops again
