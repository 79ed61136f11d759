"""The action server: rasa-sdk's application on loopback, with our actions and the outbox beside it."""

from __future__ import annotations

import logging
from typing import Any

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionMissingDomainException, ActionNotFoundException
from sanic import Sanic

from actions.ask import SpeakAction
from actions.base import EngineAction
from actions.extract_details import ActionExtractDetails
from actions.file_case import ActionFileCase
from actions.parts import Parts
from actions.restart import ActionRestart
from actions.validate_form import DETAIL, FOLLOW_UP, ValidateDisputeForm
from common import settings

log = logging.getLogger("jiefen.actions")
PUBLIC_SLOTS = (
    *("consent", "safety", "narrative", "dispute_type", "counterparty", "relation", "when", "place", "amount", "people", "tried"),
    *("claim", "willing", "evidence", "contact_name", "contact_phone", "handling_mode", "appointment", "confirm"),
)


class QuietExecutor(ActionExecutor):
    """Runs actions; on a failure it logs the traceback without the request, which holds the resident's words."""

    async def run(self, action_call: Any) -> Any:
        try:
            return await super().run(action_call)
        except (ActionExecutionRejection, ActionNotFoundException, ActionMissingDomainException):
            raise
        except Exception as error:  # outer loop of one request
            name = str(action_call.get("next_action") or "")
            log.error("action %s failed for sender %s", name, action_call.get("sender_id"), exc_info=error)
            raise ActionExecutionRejection(name, f"{name}: {type(error).__name__}") from None


def all_actions(parts: Parts) -> list[EngineAction]:
    """One object of every action in domain.yml."""
    asks = [SpeakAction(parts, f"action_ask_dispute_form_{slot}") for slot in (*PUBLIC_SLOTS, DETAIL, FOLLOW_UP)]
    return [
        ActionExtractDetails(parts),
        ValidateDisputeForm(parts),
        ActionFileCase(parts),
        ActionRestart(parts),
        SpeakAction(parts, "action_reply"),
        *asks,
    ]


def make_app(parts: Parts) -> Sanic[Any, Any]:
    """The application; the outbox lives and ends with it."""
    executor = QuietExecutor()
    for action in all_actions(parts):
        executor.register_action(action)
    app: Sanic[Any, Any] = create_app(executor, cors_origins=[])

    async def begin(_: Any) -> None:
        parts.outbox.start()

    async def end(_: Any) -> None:
        await parts.outbox.stop()
        await parts.backend.close()

    app.register_listener(begin, "before_server_start")
    app.register_listener(end, "after_server_stop")
    return app


def serve(parts: Parts) -> None:
    """Serve on loopback until SIGTERM or Ctrl-C; one process, because the outbox has one sender."""
    app = make_app(parts)
    app.prepare(host="127.0.0.1", port=int(settings.get("JIEFEN_ACTIONS_PORT")), single_process=True, access_log=False, motd=False)
    Sanic.serve_single(primary=app)
