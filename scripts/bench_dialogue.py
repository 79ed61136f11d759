"""Turn latency and messages per conversation on the real stack, through the public API: ``make bench-dialogue``.

The yardstick is shared/anchors.md: Rasa's stock Chinese pipeline (jieba + DIET) measured at 129 ms a turn on two cores, without any backend.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import aiohttp  # noqa: E402

from scripts.stack import Stack, free_ports  # noqa: E402
from tests.conversations.resident import Conversation, Script, all_scripts, play  # noqa: E402

STOCK_MS = 129.0


async def talk(stack: Stack, script: Script, session: aiohttp.ClientSession) -> Conversation:
    conversation = Conversation(session, stack.url)
    try:
        await play(conversation, script)
    except AssertionError as error:  # a bench measures; the tests judge
        print(f"  {script.id}: {str(error).splitlines()[0]}", file=sys.stderr)
    return conversation


async def measure(stack: Stack) -> list[Conversation]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
        await talk(stack, all_scripts()[0], session)  # warm-up: the first turn loads word lists
        return [await talk(stack, script, session) for script in all_scripts()]


def main() -> int:
    port, rasa, actions = free_ports(3)
    with tempfile.TemporaryDirectory(prefix="jiefen-bench-") as folder:
        ports = {"JIEFEN_PORT": str(port), "JIEFEN_RASA_PORT": str(rasa), "JIEFEN_ACTIONS_PORT": str(actions)}
        stack = Stack(env={**ports, "JIEFEN_DATA_DIR": folder, "JIEFEN_CREATE_PER_HOUR": "100000", "JIEFEN_MESSAGES_PER_MINUTE": "6000"})
        stack.start()
        try:
            ready = stack.wait_ready(240)
            conversations = asyncio.run(measure(stack))
        finally:
            stack.stop()
    turns = sorted(t.seconds * 1000 for c in conversations for t in c.turns)
    filed = [len(c.turns) for c in conversations if any(t.reply.get("case_number") for t in c.turns)]
    p50, p95 = turns[len(turns) // 2], turns[int(len(turns) * 0.95)]
    print(f"ready after {ready:.1f} s · {len(conversations)} conversations · {len(turns)} turns, one sender at a time")
    print(f"turn through backend, Rasa, actions: p50 {p50:.0f} ms · p95 {p95:.0f} ms · slowest {turns[-1]:.0f} ms")
    print(f"stock Rasa pipeline {STOCK_MS:.0f} ms a turn: ratio {STOCK_MS / p50:.1f} × at the median")
    print(f"messages from opening to filing: median {statistics.median(filed):.0f} · most {max(filed)} · filed {len(filed)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
