"""The pure parts: tokens, words, merging, order."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.conversations.context import intent_context
from backend.conversations.merge import BadReply, merge
from backend.conversations.ordering import KeyedLocks
from backend.conversations.text import asks_for_human, clean, is_emoji_only, mask_phones
from backend.conversations.tokens import TokenSigner
from common.enums import ConversationState
from common.errors import Unauthorized
from common.payloads import Expecting

ID = "0123456789abcdef" * 2


def test_tokens_fit_one_key_and_one_conversation() -> None:
    token = TokenSigner("secret").issue(ID, 1_800_000_000)
    assert TokenSigner("secret").verify(token) == ID
    with pytest.raises(Unauthorized):
        TokenSigner("other").verify(token)


@given(st.text(max_size=120))
def test_made_up_tokens_are_refused(token: str) -> None:
    with pytest.raises(Unauthorized):
        TokenSigner("secret").verify(token)


@given(st.integers(0, 90), st.characters())
def test_any_changed_character_is_refused(position: int, character: str) -> None:
    token = TokenSigner("secret").issue(ID, 1_800_000_000)
    changed = token[: position % len(token)] + character + token[position % len(token) + 1 :]
    if changed != token:
        with pytest.raises(Unauthorized):
            TokenSigner("secret").verify(changed)


@given(st.text())
def test_cleaned_words_never_start_an_intent_and_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean(text)
    assert not once.startswith(("/", "／"))
    assert clean(once) == once


@pytest.mark.parametrize(("text", "expected"), [("👍", True), ("❤️", True), ("👍好", False), ("!", False), ("1️⃣", False), ("", False)])
def test_emoji_only(text: str, expected: bool) -> None:
    assert is_emoji_only(clean(text)) is expected


@pytest.mark.parametrize("text", ["转人工", "我要转人工客服", "人工", "请帮我找个真人，谢谢", "你好，转人工。"])
def test_calls_for_a_person(text: str) -> None:
    assert asks_for_human(text)


@pytest.mark.parametrize("text", ["人工费没给我", "工地的人工工资欠着", "转人工之前我想说他打我", "不要转人工", "人工智能", "你是真人吗"])
def test_what_only_sounds_like_it(text: str) -> None:
    assert not asks_for_human(text)


def test_phones_are_masked() -> None:
    assert mask_phones("打13899012345或0990-6881234，欠3000元") == "打138****2345或0990-6881234，欠3000元"


def custom(text: str, **more: Any) -> dict[str, Any]:
    return {"recipient_id": "x", "custom": {"text": text, "state": "intake", **more}}


def test_merging_takes_texts_together_and_the_rest_from_the_last() -> None:
    turn = merge(
        [
            custom("答", case_number="K-1", draft={"a": 1}, choices=[{"title": "旧", "value": "o"}]),
            custom("问", state="confirming", expecting={"slot": "confirm", "kind": "confirm"}, choices=[{"title": "对", "value": "yes"}]),
            custom("问", state="confirming", expecting={"slot": "confirm", "kind": "confirm"}),
        ]
    )
    assert turn is not None
    assert turn.text == "答\n\n问"
    assert turn.choices == ()
    assert turn.expecting == Expecting("confirm", "confirm", False)
    assert turn.state is ConversationState.CONFIRMING
    assert (turn.case_number, turn.draft) == ("K-1", {"a": 1})


@pytest.mark.parametrize("payload", [[], [{"recipient_id": "x"}], [{"recipient_id": "x", "text": " "}], [custom("")]])
def test_nothing_said_is_no_turn(payload: Any) -> None:
    assert merge(payload) is None


@pytest.mark.parametrize(
    "payload",
    [
        {}, "x", None, [1], [{"custom": "x"}], [{"custom": {}}], [custom("a", state="dreaming")], [custom("a", choices="x")],
        [custom("a", choices=[{"title": "x"}])], [custom("a", expecting={"kind": "text"})], [custom("a", card=1)], [custom("a", case_number=5)],
    ],
)  # fmt: skip
def test_what_is_not_a_reply_is_said_to_be_none(payload: Any) -> None:
    with pytest.raises(BadReply):
        merge(payload)


@pytest.mark.parametrize(
    ("slot", "kind", "expected"),
    [("amount", "amount", "asked_amount"), ("deposit", "amount", "asked_amount"), ("contact_phone", "phone", "asked_phone"),
     ("when", "date", "asked_when"), ("narrative", "text", "asked_narrative"), ("confirm", "confirm", "confirm_summary"),
     ("consent", "choice", "free"), ("place", "place", "free")],
)  # fmt: skip
def test_context_of_a_question(slot: str, kind: str, expected: str) -> None:
    assert intent_context(Expecting(slot, kind)) == expected


async def test_locks_are_first_come_first_served_and_forgotten() -> None:
    locks, order = KeyedLocks(), []

    async def work(i: int) -> None:
        async with locks.hold("a"):
            await asyncio.sleep(0)
            order.append(i)

    await asyncio.gather(*(work(i) for i in range(50)))
    assert order == list(range(50))
    assert not locks.busy("a")
    assert locks._locks == {}
