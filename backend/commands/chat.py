"""``jiefen chat``: the resident's conversation in a terminal, through the public API like every other channel."""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from argparse import Namespace
from typing import Any
from uuid import uuid4

from common import settings

_TIMEOUT_S = 60
_END = {"/quit", "/exit", "/q"}


class Trouble(RuntimeError):
    """What to tell the person at the terminal."""


def chat(args: Namespace) -> int:
    """Talk until /quit or end of input; numbers pick the offered choices."""
    base = (args.url or settings.backend_url()).rstrip("/") + "/api/v1"
    try:
        opened = _call("POST", f"{base}/conversations", {"contact_channel": "terminal"})
        _show(opened["messages"])
        _talk(base, opened)
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 1
    except (EOFError, KeyboardInterrupt):
        print()
    return 0


def _talk(base: str, opened: dict[str, Any]) -> None:
    address = f"{base}/conversations/{opened['conversation_id']}/messages"
    choices = _choices(opened["messages"])
    while True:
        typed = input("您> ").strip()
        if typed in _END:
            return
        if not typed:
            continue
        body = _body(typed, choices)
        answer = _call("POST", address, {**body, "client_message_id": uuid4().hex}, opened["token"])
        _show(answer["messages"])
        choices = _choices(answer["messages"]) or choices
        if answer.get("state") == "closed":
            return


def _body(typed: str, choices: list[dict[str, str]]) -> dict[str, str]:
    if typed.isascii() and typed.isdigit() and 1 <= int(typed) <= len(choices):
        return {"choice": choices[int(typed) - 1]["value"]}
    return {"text": typed}


def _choices(messages: list[dict[str, Any]]) -> list[dict[str, str]]:
    return (messages[-1].get("choices") or []) if messages else []


def _show(messages: list[dict[str, Any]]) -> None:
    for message in messages:
        if message.get("role") == "resident":
            continue
        print(f"\n{message['text']}")
        for line in (message.get("card") or {}).get("lines", []):
            print(f"   {line.get('label', '')}：{line.get('text') or line.get('value') or '—'}")
    for number, choice in enumerate(_choices(messages), start=1):
        print(f"   {number}. {choice['title']}")
    print()


def _call(method: str, url: str, body: dict[str, Any], token: str | None = None) -> dict[str, Any]:
    """One request.

    Raises:
        Trouble: nothing answers, or the answer is a problem (its Chinese sentence is shown).
    """
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers, method=method)  # noqa: S310 - the configured backend
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310
            found: dict[str, Any] = json.load(answer)
            return found
    except urllib.error.HTTPError as error:
        try:
            raise Trouble(str(json.load(error).get("detail"))) from None
        except ValueError:
            raise Trouble(f"服务出错（{error.code}）") from None
    except OSError:
        raise Trouble(f"连不上 {url}。先在另一个窗口运行 make run。") from None
