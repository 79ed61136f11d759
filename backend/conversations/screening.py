"""The safety screen in front of everything: cues and model together (``intake.safety``), and words split over messages."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace

from backend.conversations.ports import RiskModelPort, ScreenPort
from common.payloads import RiskAssessment, RiskCue
from intake.safety import ModelRisk

log = logging.getLogger("jiefen.screening")

MODEL_TIMEOUT_S = 2.0
FRAGMENT_CHARACTERS = 40  # longer messages are whole sentences; only fragments are read across messages


class Screening:
    """Screens inbound words, alone and together with what was said just before.

    Args:
        model: None when no classifier is installed; the rules stand alone then.
        executor: where the model runs, so that the event loop stays free.
    """

    def __init__(self, screen: ScreenPort, model: RiskModelPort | None, executor: Executor) -> None:
        self._screen = screen
        self._model = model
        self._executor = executor

    async def assess(self, text: str, recent: Sequence[str] = ()) -> RiskAssessment:
        """Risk of ``text``; ``recent`` are the resident's messages of the last minutes, oldest first.

        A cue that only shows when messages are read together (“他说要” / “打死我”) counts when it reaches into the new text;
        what lay wholly in earlier messages was dealt with then.
        """
        alone = self._screen.assess(text, await self._model_risk(text))
        across = self._across(text, recent)
        if not across:
            return alone
        level = max([alone.level, *(cue.level for cue in across)], key=lambda r: r.rank)
        return RiskAssessment(level, alone.cues + across)

    def text_for(self, assessment: RiskAssessment) -> tuple[str, list[str]]:
        """The fixed safety text and the numbers to call, in the order to show them."""
        return self._screen.text_for(assessment)

    def _across(self, text: str, recent: Sequence[str]) -> tuple[RiskCue, ...]:
        before = "".join(m for m in recent if len(m) <= FRAGMENT_CHARACTERS)
        if not before or len(text) > FRAGMENT_CHARACTERS:
            return ()
        border = len(before)
        joined = self._screen.assess(before + text)
        return tuple(
            replace(cue, start=0, end=cue.end - border)  # offsets into the new message
            for cue in joined.cues
            if cue.start < border < cue.end
        )

    async def _model_risk(self, text: str) -> ModelRisk | None:
        if self._model is None or not text:
            return None
        loop = asyncio.get_running_loop()
        try:
            prediction = await asyncio.wait_for(loop.run_in_executor(self._executor, self._model.predict, text), MODEL_TIMEOUT_S)
        except TimeoutError:
            log.error("risk model took more than %.1f s; rules only", MODEL_TIMEOUT_S)
            return None
        except Exception as error:  # whatever the model does, the rules must still protect the resident
            log.error("risk model failed: %s; rules only", type(error).__name__)
            return None
        return ModelRisk.of(prediction.risk)
