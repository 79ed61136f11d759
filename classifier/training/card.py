"""Fill the figures of ``MODEL_CARD.md`` from ``model/meta.json`` and the model itself: ``python -m classifier.training.card``.

Everything between the two markers is replaced; the words around them are written by hand.
"""

from __future__ import annotations

import json
from pathlib import Path

from classifier.evaluate import Figures, held_out_sets, report, table
from classifier.runtime import load
from classifier.training.data import CORPUS, QUESTIONS

ROOM = Path(__file__).resolve().parents[1]
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"


def figures_text(model_dir: Path) -> str:
    """The measured part of the card."""
    meta = json.loads((model_dir / "meta.json").read_text(encoding="utf-8"))
    honest = [Figures(**row) for row in meta["held_out"]]
    intents = meta["intent_held_out"]
    curve = "\n".join(f"| {p['threshold']:.2f} | {p['coverage'] * 100:.0f} | {p['accuracy'] * 100:.1f} |" for p in meta["coverage_curve"])
    said = "".join(f"- {name}: {value * 100:.1f} %\n" for name, value in intents.items() if name != "texts")
    own = report(load(model_dir), model_dir, held_out_sets(QUESTIONS, CORPUS / "authored"))
    return f"""{BEGIN}

### The two halves and both together, on the texts kept apart (blends and threshold were fitted on these)

{table(honest)}

### The shipped model on texts it never learned from (`jiefen evaluate`)

{own}

### Intents kept apart ({int(intents.get("texts", 0))} utterances, {len(meta["heads"]["intent"])} fine labels)

{said}
### Coverage and accuracy (texts kept apart, each set counted alike; threshold shipped: {meta["abstain_below"]:.2f})

| threshold | coverage % | accuracy % |
|---|---|---|
{curve}

{END}"""


def main() -> None:
    card = ROOM / "MODEL_CARD.md"
    text = card.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    card.write_text(before + figures_text(ROOM / "model") + after, encoding="utf-8")
    print(f"written: {card}")


if __name__ == "__main__":
    main()
