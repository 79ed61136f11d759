"""Intents from our own encoder (ONNX, about 2 ms a message), read in the light of what was asked last."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from classifier.runtime import Classifier, load

logger = logging.getLogger(__name__)

METADATA = "metadata"
CONTEXT = "context"
FREE = "free"


LONGEST, FIRST = 300, 200


def shortened(text: str) -> str:
    """Beginning and end of a long message: enough to tell what it does, and as quick as a short one."""
    return text if len(text) <= LONGEST else text[:FIRST] + text[FIRST - LONGEST :]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class EncoderIntentClassifier(GraphComponent, IntentClassifier):
    """Sets ``intent`` and ``intent_ranking`` of a message.

    The weights are trained outside Rasa (``make train``) from the same ``nlu_data``; :meth:`train` only checks that both
    speak of the same intents. What was asked last comes with the message: ``metadata.context``.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``model_dir``: folder of the classifier, None for ``JIEFEN_MODEL_DIR``; ``ranking``: intents kept per message."""
        return {"model_dir": None, "ranking": 3, "threads": 1}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> EncoderIntentClassifier:
        """A new component (see parent class)."""
        return cls(config)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> EncoderIntentClassifier:
        """The same as :meth:`create`: the weights do not live in Rasa's model."""
        return cls(config)

    def __init__(self, config: dict[str, Any]) -> None:
        folder = config.get("model_dir")
        self._ranking = int(config["ranking"])
        self._classifier: Classifier = load(Path(folder) if folder else None, threads=int(config["threads"]))
        self._classifier.intent("你好", FREE)  # the first resident must not wait for the arrays to load

    def train(self, training_data: TrainingData) -> Resource:
        """Check that ``nlu_data`` and the trained head know the same intents."""
        written = {example.get(INTENT) for example in training_data.intent_examples}
        known = set(self._classifier.meta.heads["intent"])
        if written != known:
            only_data, only_model = sorted(written - known), sorted(known - written)
            logger.warning(
                "nlu_data and the classifier differ; run `make train`. Only in nlu_data: %s. Only in the model: %s.", only_data, only_model
            )
        return Resource(type(self).__name__)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing to add: no later component learns from these examples."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent and ranking. An empty text (Rasa sends one at session start) gets none."""
        for message in messages:
            text = message.get(TEXT) or ""
            context = (message.get(METADATA) or {}).get(CONTEXT) or FREE
            scores = self._classifier.intent(shortened(text), str(context)) if text.strip() else []
            ranking = [{"name": score.name, "confidence": round(score.probability, 4)} for score in scores[: self._ranking]]
            message.set(INTENT, ranking[0] if ranking else {"name": None, "confidence": 0.0}, add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages
