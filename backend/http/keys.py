"""Typed keys of everything the application carries. Handlers read these; only ``backend.main`` writes them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from datetime import datetime
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from backend.config import Config
from backend.db.base import Sessions
from backend.http.parts import AskPort, ClassifierPort, ExtractPort, IntakePort, ScreenPort
from backend.services.audit import AuditService
from backend.services.case_changes import CaseChangeService
from backend.services.case_list import CaseListService
from backend.services.cases import CaseService
from backend.services.resident import ResidentService
from backend.services.staff import StaffService

if TYPE_CHECKING:
    from knowledge import Knowledge

CONFIG = web.AppKey("config", Config)
KNOWLEDGE: web.AppKey[Knowledge] = web.AppKey("knowledge")
CLOCK: web.AppKey[Callable[[], datetime]] = web.AppKey("clock")  # returns UTC; tests replace it
ENGINE = web.AppKey("engine", AsyncEngine)
SESSIONS: web.AppKey[Sessions] = web.AppKey("sessions")  # for transactions that write
READS: web.AppKey[Sessions] = web.AppKey("reads")  # for transactions that only read
CLIENT = web.AppKey("client", aiohttp.ClientSession)  # to Rasa and the action server
EXECUTOR = web.AppKey("executor", Executor)  # where the model runs, so that the loop stays free
CLASSIFIER: web.AppKey[ClassifierPort | None] = web.AppKey("classifier")  # None: no model is installed
SCREEN: web.AppKey[ScreenPort] = web.AppKey("screen")  # intake.safety.Screen
INTAKE: web.AppKey[IntakePort] = web.AppKey("intake")  # intake.engine.IntakeEngine
STAFF = web.AppKey("staff", StaffService)
AUDIT = web.AppKey("audit", AuditService)
CASES = web.AppKey("cases", CaseService)
CASE_LIST = web.AppKey("case_list", CaseListService)
CASE_CHANGES = web.AppKey("case_changes", CaseChangeService)
EXTRACT: web.AppKey[ExtractPort] = web.AppKey("extract")
ASK: web.AppKey[AskPort] = web.AppKey("ask")
RESIDENT = web.AppKey("resident", ResidentService)
