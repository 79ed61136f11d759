"""Write ``model/t2s.json``: traditional → simplified, single characters, from the OpenCC table (.venv has it).

Run once with ``.venv/bin/python -m classifier.training.make_t2s``; the result is shipped, so serving needs no OpenCC.
"""

from __future__ import annotations

import json
from pathlib import Path

OUT = Path(__file__).resolve().parent.parent / "model" / "t2s.json"


def build() -> dict[str, str]:
    """Characters whose first simplified form differs from themselves."""
    import opencc

    table = Path(opencc.__file__).parent / "dictionary" / "TSCharacters.txt"
    pairs: dict[str, str] = {}
    for line in table.read_text(encoding="utf-8").splitlines():
        parts = line.split("\t")
        if len(parts) == 2 and len(parts[0]) == 1:
            simplified = parts[1].split()[0]
            if len(simplified) == 1 and simplified != parts[0]:
                pairs[parts[0]] = simplified
    return pairs


def main() -> None:
    pairs = build()
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps({"from": "".join(pairs), "to": "".join(pairs.values())}, ensure_ascii=False), encoding="utf-8")
    print(f"{len(pairs)} pairs → {OUT}")


if __name__ == "__main__":
    main()
