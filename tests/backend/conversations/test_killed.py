"""The backend process is killed with SIGKILL in the middle of things; a new one on the same data goes on."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from aiohttp.test_utils import unused_port

from tests.backend.conversations.rasa import Rasa

ROOT = Path(__file__).parents[3]
SERVER = Path(__file__).with_name("serve_for_kill.py")


@asynccontextmanager
async def backend(data: Path, port: int, rasa: Rasa) -> AsyncIterator[asyncio.subprocess.Process]:
    env = {
        **os.environ,
        "JIEFEN_DATA_DIR": str(data),
        "JIEFEN_PORT": str(port),
        "JIEFEN_RASA_URL": rasa.url,
        "JIEFEN_RASA_TIMEOUT_S": "30",
        "PYTHONPATH": str(ROOT),
        "OMP_NUM_THREADS": "1",
    }
    process = await asyncio.create_subprocess_exec(sys.executable, str(SERVER), env=env, cwd=ROOT)
    try:
        async with aiohttp.ClientSession() as session:
            for _ in range(200):
                try:
                    async with session.get(f"http://127.0.0.1:{port}/healthz"):
                        break
                except aiohttp.ClientError:
                    assert process.returncode is None, "the backend did not start"
                    await asyncio.sleep(0.1)
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.wait()


async def test_killed_in_mid_turn(tmp_path: Path, rasa: Rasa) -> None:
    port = unused_port()
    root = f"http://127.0.0.1:{port}/api/v1/conversations"
    async with aiohttp.ClientSession() as session:
        async with backend(tmp_path, port, rasa) as process:
            async with session.post(root, json={"contact_channel": "web"}) as answer:
                opened = await answer.json()
            messages, auth = f"{root}/{opened['conversation_id']}/messages", {"Authorization": f"Bearer {opened['token']}"}
            rasa.fault = "hang"
            body = {"text": "楼上漏水把我家泡了", "client_message_id": "k"}
            asking = asyncio.create_task(session.post(messages, json=body, headers=auth))
            await asyncio.wait_for(rasa.asked.wait(), 20)
            process.send_signal(signal.SIGKILL)
            await process.wait()
            [outcome] = await asyncio.gather(asking, return_exceptions=True)
            assert isinstance(outcome, aiohttp.ClientError)
        rasa.fault = None
        async with backend(tmp_path, port, rasa):
            async with session.post(messages, json=body, headers=auth) as answer:
                assert answer.status == 200
                turn = await answer.json()
            async with session.get(messages, headers=auth) as answer:
                lines = (await answer.json())["messages"]
    assert [m["text"] for m in turn["messages"]] == ["记下了：楼上漏水把我家泡了"]
    assert [m["role"] for m in lines] == ["bot", "resident", "bot"]
    assert rasa.effects == [f"{opened['conversation_id']}-2"]
