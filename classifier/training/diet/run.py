"""Trains the stock pipeline and answers texts; runs in Rasa's environment: ``bot/.venv/bin/python classifier/training/diet/run.py FOLDER``.

FOLDER holds ``nlu.yml`` (examples by dispute type) and ``texts.jsonl`` (id, text); ``answers.json`` is written there.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path


def main(folder: Path) -> None:
    from rasa.core.agent import Agent
    from rasa.model_training import train_nlu

    config = Path(__file__).with_name("config.yml")
    model = train_nlu(str(config), str(folder / "nlu.yml"), str(folder / "models"), fixed_model_name="diet")
    if model is None:
        raise SystemExit("the stock pipeline was not trained")
    agent = Agent.load(model)
    rows = [json.loads(line) for line in (folder / "texts.jsonl").read_text(encoding="utf-8").splitlines()]

    async def answer() -> dict[str, dict[str, list[str]]]:
        found = {}
        for row in rows:
            parsed = await agent.parse_message(row["text"])
            found[row["id"]] = {"type": [intent["name"] for intent in parsed["intent_ranking"][:3]]}
        return found

    (folder / "answers.json").write_text(json.dumps(asyncio.run(answer())), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
