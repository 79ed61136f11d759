"""A resident with a fact sheet, who talks to the public API as a person would.

A conversation file (tests/conversations/scripts/*.yml) holds what she says at first, what she answers when asked for a
slot, and where she interrupts. The resident answers only what was asked; a slot asked twice, a silent turn or a turn
without a question is an error of the bot and fails the test.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import yaml

SCRIPTS = Path(__file__).parent / "scripts"
DONE = {"filed", "handoff", "crisis", "redirected", "closed"}


@dataclass
class Script:
    """One conversation file.

    Attributes:
        says: messages she sends without being asked for anything special: the first when consent is asked or the story is wanted.
        answers: slot → what she answers (text, or {choose: value}, or {edits: {...}}); a list is used up in order.
        interrupts: [{at: slot, say: …, expect: [...words the reply must contain]}], said once when ``at`` is asked.
        expect: state, type, subtype(s), route(s), fields, words that must or must never be said; ``linked``: the same for each other
            case of the story.
        goes_on: said one by one when the conversation has come to an end, to go on with the next case; {move: code} takes another device.
        then: steps on this and other devices when everything is said, see tests/conversations/elsewhere.py.
    """

    id: str
    title: str
    max_turns: int
    answers: dict[str, Any]
    expect: dict[str, Any]
    opening: list[str] = field(default_factory=list)
    interrupts: list[dict[str, Any]] = field(default_factory=list)
    after: list[dict[str, Any]] = field(default_factory=list)
    goes_on: list[Any] = field(default_factory=list)
    then: list[dict[str, Any]] = field(default_factory=list)
    today_independent: bool = True

    @classmethod
    def read(cls, path: Path) -> Script:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        return cls(id=path.stem, **content)


def all_scripts() -> list[Script]:
    return [Script.read(p) for p in sorted(SCRIPTS.glob("*.yml"))]


@dataclass
class Turn:
    said: Any
    reply: dict[str, Any]
    seconds: float

    @property
    def text(self) -> str:
        return "\n".join(m["text"] for m in self.reply["messages"] if m["role"] != "resident")


class Conversation:
    """One conversation over the public API; keeps every turn for the checks and for the failure message."""

    def __init__(self, session: aiohttp.ClientSession, base: str) -> None:
        self.session, self.base = session, base
        self.turns: list[Turn] = []
        self.id = self.token = ""
        self.devices: list[tuple[str, str]] = []
        self.last: dict[str, Any] = {}

    async def open(self, contact_channel: str = "web") -> dict[str, Any]:
        async with self.session.post(f"{self.base}/api/v1/conversations", json={"contact_channel": contact_channel}) as answer:
            assert answer.status in (200, 201), await answer.text()
            self.last = await answer.json()
        self.id, self.token = self.last["conversation_id"], self.last["token"]
        self.devices.append((self.id, self.token))
        return self.last

    async def send(self, said: Any) -> Turn:
        """``said``: a text, {choose: value} or {edits: {slot: value}}."""
        body: dict[str, Any] = {"client_message_id": uuid.uuid4().hex}
        if isinstance(said, dict):
            body.update({"choice": said["choose"]} if "choose" in said else {"edits": said["edits"]})
        else:
            body["text"] = str(said)
        begin = time.perf_counter()
        url = f"{self.base}/api/v1/conversations/{self.id}/messages"
        async with self.session.post(url, json=body, headers={"Authorization": f"Bearer {self.token}"}) as answer:
            reply = await answer.json()
            assert answer.status == 200, f"{answer.status} {reply} to {said!r}\n{self.transcript()}"
        turn = Turn(said, reply, time.perf_counter() - begin)
        self.turns.append(turn)
        self.last = reply
        assert turn.text.strip(), f"silent turn after {said!r}\n{self.transcript()}"
        return turn

    def said_by_bot(self) -> str:
        return "\n".join(t.text for t in self.turns)

    def transcript(self) -> str:
        lines = []
        for turn in self.turns:
            lines += [f"  居民: {turn.said}", f"  解纷: {turn.text}", f"        → {turn.reply.get('expecting')} {turn.reply.get('state')}"]
        return "\n".join(lines)


async def _stay(conversation: Conversation, by: str) -> None:
    raise NotImplementedError("this player has one device only")


async def play(conversation: Conversation, script: Script, moved: Callable[[Conversation, str], Awaitable[None]] = _stay) -> None:
    """Talk until the conversation ends, answering what is asked.

    Raises:
        AssertionError: a slot was asked twice, nothing was asked, or more turns than allowed.
    """
    await conversation.open()
    answers = {slot: list(value) if isinstance(value, list) else [value] for slot, value in script.answers.items()}
    opening, pending, asked = list(script.opening), list(script.interrupts), []
    goes_on = list(script.goes_on)
    while True:
        state, expecting = conversation.last["state"], conversation.last.get("expecting")
        if state in DONE and not opening:
            if not goes_on:
                break
            step = goes_on.pop(0)
            if isinstance(step, dict) and "move" in step:
                await moved(conversation, step["move"])
            else:
                await conversation.send(step)
            continue
        slot = expecting["slot"] if expecting else None
        interrupt = next((i for i in pending if i["at"] == slot), None)
        if opening:
            said: Any = opening.pop(0)
        elif interrupt:
            pending.remove(interrupt)
            turn = await conversation.send(interrupt["say"])
            for word in interrupt.get("expect", []):
                assert word in turn.text, f"“{word}” not in the reply to {interrupt['say']!r}\n{conversation.transcript()}"
            continue
        else:
            assert slot, f"nothing was asked in state {state}\n{conversation.transcript()}"
            asked.append(slot)
            waiting = answers.get(slot)
            assert waiting != [], f"{slot} was asked again\n{conversation.transcript()}"
            assert asked.count(slot) <= max(1, len(script.answers.get(slot, [1])) if isinstance(script.answers.get(slot), list) else 1), (
                f"{slot} was asked again\n{conversation.transcript()}"
            )
            said = waiting.pop(0) if waiting else "不知道"
        await conversation.send(said)
        assert len(conversation.turns) <= script.max_turns, f"more than {script.max_turns} messages\n{conversation.transcript()}"
    for step in script.after:
        turn = await conversation.send(step["say"])
        for word in step.get("expect", []):
            assert word in turn.text, f"“{word}” not in the reply to {step['say']!r}\n{conversation.transcript()}"
