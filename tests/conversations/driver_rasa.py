"""Talks to a running Rasa by HTTP as the backend would, without the backend: for development and for measuring turns.

Usage: python -m tests.conversations.driver_rasa [script ids …]   plays tests/conversations/scripts and prints latencies
       python -m tests.conversations.driver_rasa --talk           type yourself

Environment: JIEFEN_RASA_PORT, JIEFEN_RASA_TOKEN. The safety screen, which is the backend's, is not asked here.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
import urllib.parse
import urllib.request
import uuid
from typing import Any

from tests.conversations.resident import DONE, Script, all_scripts

_BY_SLOT = {"amount": "asked_amount", "contact_phone": "asked_phone", "contact_name": "asked_name", "when": "asked_when"}
_BY_SLOT |= {"narrative": "asked_narrative", "confirm": "confirm_summary"}
_BY_KIND = {"amount": "asked_amount", "phone": "asked_phone", "name": "asked_name", "date": "asked_when", "confirm": "confirm_summary"}


class RasaTalk:
    """One conversation. ``last`` is the last reply; every turn must bring exactly one."""

    def __init__(self, sender: str | None = None) -> None:
        self.sender = sender or f"{uuid.uuid4().hex}-0"
        self.last: dict[str, Any] = {"expecting": {"slot": "consent", "kind": "choice"}, "state": "intake", "text": ""}
        self.seconds: list[float] = []
        self.lines: list[str] = []

    def say(self, text: str, **metadata: Any) -> dict[str, Any]:
        expecting = self.last.get("expecting") or {}
        asked = _BY_SLOT.get(expecting.get("slot", "")) or _BY_KIND.get(expecting.get("kind", ""), "free")
        data = {"conversation_id": self.sender.rsplit("-", 1)[0], "message_id": uuid.uuid4().hex, "context": asked, "risk": "R0"}
        body = {"sender": self.sender, "message": text, "metadata": {**data, "contact_channel": "web", "today": "2026-11-27", **metadata}}
        begin = time.perf_counter()
        answer = _post(body)
        self.seconds.append(time.perf_counter() - begin)
        assert len(answer) == 1, f"{len(answer)} messages after {text!r}: {answer}"
        self.last = answer[0]["custom"]
        self.lines += [
            f"  居民: {text} {metadata or ''}",
            f"  解纷: {self.last['text']}",
            f"     → {self.last['expecting']} {self.last['state']}",
        ]
        return self.last


def _post(body: dict[str, Any]) -> list[dict[str, Any]]:
    port, token = os.environ.get("JIEFEN_RASA_PORT", "5005"), os.environ["JIEFEN_RASA_TOKEN"]
    url = f"http://127.0.0.1:{port}/webhooks/rest/webhook?{urllib.parse.urlencode({'token': token})}"
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        found: list[dict[str, Any]] = json.load(answer)
    return found


def play(script: Script, most: int = 20) -> RasaTalk:
    """The script's answers, without its checks (test_conversations makes them on the whole stack)."""
    talk = RasaTalk()
    answers = {slot: list(value) if isinstance(value, list) else [value] for slot, value in script.answers.items()}
    opening, pending = list(script.opening), list(script.interrupts)
    while len(talk.seconds) < most and (opening or talk.last["state"] not in DONE):
        slot = (talk.last.get("expecting") or {}).get("slot")
        interrupt = next((i for i in pending if i["at"] == slot), None)
        if opening:
            said: Any = opening.pop(0)
        elif interrupt:
            pending.remove(interrupt)
            said = interrupt["say"]
        else:
            waiting = answers.get(slot or "")
            said = waiting.pop(0) if waiting else "不知道"
        if isinstance(said, dict):
            talk.say("继续", choice=said.get("choose"), edits=said.get("edits"))
        else:
            talk.say(str(said))
    return talk


def report(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return f"{len(ordered)} turns: p50 {statistics.median(ordered) * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms, max {ordered[-1] * 1000:.0f} ms"


def main() -> None:
    if "--talk" in sys.argv:
        talk = RasaTalk()
        while text := input("> ").strip():
            print(talk.say(text)["text"])
        return
    seconds: list[float] = []
    for script in all_scripts():
        if len(sys.argv) > 1 and not any(script.id.startswith(wanted) for wanted in sys.argv[1:]):
            continue
        talk = play(script)
        seconds += talk.seconds
        print(f"{script.id}: {len(talk.seconds)} messages, {talk.last['state']}, case {talk.last.get('case_number')}")
        if len(sys.argv) > 1:
            print("\n".join(talk.lines))
    print(report(seconds))


if __name__ == "__main__":
    main()
