"""One story, several disputes: where one ends and the next begins.

A story is cut between clauses so that each side, read by itself, is clearly another kind of dispute. Two different labels for
one quarrel (“房东不退押金” is rent and contract) must not become two cases: a cut has to explain the story much better than the
best single label does, and more so where nothing (“还有”, “另外一件”) announces a second matter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.runtime import NO_DISPUTE, Classifier

Array = NDArray[np.float32]

# Set on texts the model never learned from, alone and joined two by two; measured on the blind set S1 (tests/holdout/score_split.py).
CERTAIN = 0.55  # least probability of a part's type
GAIN = 5.5  # nats by which two labels must explain the story better than one
GAIN_ANNOUNCED = 2.5  # the same where words announce another matter
SHORTEST = 6  # characters of a part
LONGEST = 1500  # characters looked at; beyond that the rest belongs to the last part
SIDE = 380  # characters read on each side of a cut: two windows
MOST_CUTS = 30
MOST_PARTS = 3

_CLAUSE_END = re.compile(r"[。！？；，、!?;,\n]+\s*|[ 　\t]+")
_ANNOUNCED = re.compile(
    r"还有(?:一?[个件桩码]|就是|[，, ])|另外|再一?[个件](?:事|就是|呢)?|再就是|再有|再说说|顺便|顺带|对了|与此同时|第二[件个，, ]|第三[件个，, ]|其次|二是|三是"
    r"|二来|[一另]件事|另一[个件头边]|除了这[个事]|这还不算|这是一[个件码]|一码归一码|两码事|两[件个码]事|还想(?:问|反映|说)"
    r"|[，, ]也(?:想|要)(?:问|反映|说)"
)


@dataclass(frozen=True)
class DisputePart:
    """One dispute of a story.

    Attributes:
        start, end: offsets into the text as given; parts follow one another without a gap.
        text: the words of the part.
        dispute_type, subtype, route: most probable labels of these words alone; the subtype belongs to the type.
        probability: calibrated probability of the type.
    """

    start: int
    end: int
    text: str
    dispute_type: str
    subtype: str
    route: str
    probability: float


def split(classifier: Classifier, text: str) -> tuple[DisputePart, ...]:
    """The disputes of a story in reading order: two or three only when sure, otherwise one part that covers all.

    Costs two passes a clause, in batches: some tens of milliseconds for a long story on one core; an empty text gives no part.
    """
    if not text.strip():
        return ()
    spans = [(0, len(text))]
    while len(spans) < MOST_PARTS:
        cut = next(((i, found) for i, span in enumerate(spans) if (found := _best_cut(classifier, text, span)) is not None), None)
        if cut is None:
            break
        at, place = cut
        spans[at : at + 1] = [(spans[at][0], place), (place, spans[at][1])]
    parts = _described(classifier, text, spans)
    # A third part may say the first dispute again.
    return parts if len({part.dispute_type for part in parts}) == len(parts) else _described(classifier, text, _joined(parts))


def cut_places(text: str, start: int, end: int) -> list[tuple[int, bool]]:
    """Places between clauses of ``text[start:end]`` and whether words there announce another matter."""
    announced = {match.start() + len(match.group()) - len(match.group().lstrip("，, ")) for match in _ANNOUNCED.finditer(text, start, end)}
    ends = {match.end() for match in _CLAUSE_END.finditer(text, start, min(end, start + LONGEST))}
    places = {place: place in announced for place in ends | announced if start + SHORTEST <= place <= end - SHORTEST}
    chosen = sorted(places, key=lambda place: (not places[place], place))
    if len(chosen) > MOST_CUTS:  # announced ones first, the others evenly
        first = [place for place in chosen if places[place]][:MOST_CUTS]
        rest = [place for place in chosen if not places[place]]
        room = MOST_CUTS - len(first)
        chosen = first + [rest[i * len(rest) // room] for i in range(room)] if room else first
    return [(place, places[place]) for place in sorted(chosen)]


def gains(before: Array, after: Array, ignored: Sequence[int]) -> tuple[Array, Array]:
    """By how much two labels explain the two sides better than one, and the smaller probability of the two labels.

    Args:
        before, after: probabilities of the types, (cuts, types), of what stands before and after each cut.
        ignored: types that make no second case.

    Returns:
        Nats and probabilities, (cuts,).
    """
    one = np.log(before + 1e-6) + np.log(after + 1e-6)
    left, right = before.copy(), after.copy()
    left[:, ignored] = right[:, ignored] = 0.0
    a, b = left.argmax(axis=1), right.argmax(axis=1)
    rows = np.arange(len(before))
    smaller = np.minimum(left[rows, a], right[rows, b])
    two = np.log(left[rows, a] + 1e-6) + np.log(right[rows, b] + 1e-6)
    gain = np.where(a == b, -np.inf, two - one.max(axis=1))
    return gain.astype(np.float32), smaller.astype(np.float32)


def _best_cut(classifier: Classifier, text: str, span: tuple[int, int]) -> int | None:
    places = cut_places(text, *span)
    if not places:
        return None
    clean = classifier.tokenizer.clean
    sides = [clean(text[max(span[0], place - SIDE) : place]) for place, _ in places]
    sides += [clean(text[place : min(span[1], place + SIDE)]) for place, _ in places]
    types = classifier.probabilities(sides)["type"]
    heads = classifier.meta.heads["type"]
    gain, smaller = gains(types[: len(places)], types[len(places) :], [heads.index(code) for code in NO_DISPUTE])
    needed = np.array([GAIN_ANNOUNCED if announced else GAIN for _, announced in places])
    score = np.where(smaller >= CERTAIN, gain - needed, -np.inf)
    best = int(score.argmax())
    return places[best][0] if score[best] >= 0 else None


def _described(classifier: Classifier, text: str, spans: Sequence[tuple[int, int]]) -> tuple[DisputePart, ...]:
    scores = classifier.probabilities([classifier.tokenizer.clean(text[a:b]) for a, b in spans])
    heads = classifier.meta.heads
    parts = []
    for i, (start, end) in enumerate(spans):
        best = int(scores["type"][i].argmax())
        code = heads["type"][best]
        own = [j for j, subtype in enumerate(heads["subtype"]) if subtype.startswith(code)]
        subtype = heads["subtype"][max(own, key=lambda j: scores["subtype"][i][j])]
        route = heads["route"][int(scores["route"][i].argmax())]
        parts.append(DisputePart(start, end, text[start:end], code, subtype, route, float(scores["type"][i][best])))
    return tuple(parts)


def _joined(parts: Sequence[DisputePart]) -> list[tuple[int, int]]:
    """Neighbours of one type become one part; a type that comes back later keeps the story in one piece."""
    spans: list[tuple[int, int]] = []
    codes: list[str] = []
    for part in parts:
        if codes and codes[-1] == part.dispute_type:
            spans[-1] = (spans[-1][0], part.end)
        else:
            spans.append((part.start, part.end))
            codes.append(part.dispute_type)
    return spans if len(set(codes)) == len(codes) else [(parts[0].start, parts[-1].end)]
