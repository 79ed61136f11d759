"""What is handed in when a case is filed, checked and tidied; the narrative stays as it is."""

from __future__ import annotations

import hashlib
import json
import math
import re
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from common.enums import ContactChannel, CounterpartyKind, Flag, RiskLevel, Route
from common.errors import BadInput
from common.payloads import CaseFacts
from knowledge import Knowledge

MAX_NARRATIVE = 20_000
MAX_AMOUNT = 1e12  # CNY; more is a slip of the pen
MAX_PEOPLE = 100_000
MAX_FIELD_CHARS = 2_000
_PHONE = re.compile(r"\+?[0-9][0-9\- ()]{4,22}")
IDENTITY = ("contact_name", "contact_phone")


def _no_nul(value: Any) -> Any:
    """PostgreSQL cannot hold U+0000; it is no word anybody said."""
    return value.replace("\x00", "") if isinstance(value, str) else value


class Consent(BaseModel):
    """Which text the resident agreed to, and when (个人信息保护法第14条)."""

    version: Annotated[str, Field(min_length=1, max_length=32)]
    at: AwareDatetime


class CaseFiling(BaseModel):
    """Request body of ``POST /api/v1/cases``. Unknown keys are ignored, so that a newer action server can file here."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    conversation_id: Annotated[str, Field(max_length=64)] | None = None
    contact_channel: ContactChannel = ContactChannel.WEB
    dispute_type: Annotated[str, Field(min_length=1, max_length=8)]
    secondary: Annotated[list[str], Field(max_length=5)] = []
    subtype: Annotated[str, Field(max_length=8)] | None = None
    route: Route | None = None
    routes: Annotated[list[dict[str, Any]], Field(max_length=12)] = []
    dispute_types: Annotated[list[dict[str, Any]], Field(max_length=22)] = []
    risk_level: RiskLevel = RiskLevel.R0
    fields: dict[str, Any] = {}
    flags: Annotated[list[Flag], Field(max_length=40)] = []
    narrative: Annotated[str, Field(min_length=1, max_length=MAX_NARRATIVE), BeforeValidator(_no_nul)]
    consent: Consent
    model_version: Annotated[str, Field(max_length=64)] = ""
    link: Annotated[str, Field(min_length=1, max_length=128, description="同一段陈述分开登记的几件，填同一个值，互相关联")] | None = None

    @field_validator("narrative")
    @classmethod
    def _not_blank(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("请写明事情的经过")
        return value

    @field_validator("fields")
    @classmethod
    def _fields(cls, value: dict[str, Any]) -> dict[str, Any]:
        if len(value) > 80:
            raise ValueError("填写的项目太多")
        return {key[:64]: _tidy(key, item) for key, item in value.items() if item is not None and item != ""}

    def body_hash(self) -> str:
        """Fingerprint of the request, to tell a repetition from a different request under the same key."""
        left_out = {"link"} if self.link is None else None  # filings from before there were links keep their fingerprint
        canonical = json.dumps(self.model_dump(mode="json", exclude=left_out), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(canonical.encode("utf-8")).hexdigest()

    def facts(self, knowledge: Knowledge, division: str | None) -> CaseFacts:
        """What routing decides on.

        Raises:
            BadInput: a type or subtype that does not exist.
        """
        for code in (self.dispute_type, *self.secondary):
            if code not in knowledge.types:
                raise BadInput("没有这个纠纷类型", field="dispute_type")
        return CaseFacts(
            dispute_type=self.dispute_type,
            subtype=self.own_subtype(knowledge),
            secondary=tuple(self.secondary),
            route=self.route.value if self.route else None,
            amount=self.fields.get("amount"),
            people=self.fields.get("people"),
            counterparty_kind=self.counterparty_kind(),
            division_code=division,
            risk=self.risk_level,
            flags=frozenset(self.flags),
            handling_mode=self.fields.get("handling_mode"),
        )

    def own_subtype(self, knowledge: Knowledge) -> str | None:
        """The subtype when it belongs to the type (or a secondary one); two heads of a model may disagree, the type counts.

        Raises:
            BadInput: the code does not exist at all.
        """
        if self.subtype is None:
            return None
        if self.subtype not in knowledge.subtypes:
            raise BadInput("没有这个细类", field="subtype")
        return self.subtype if knowledge.type_of(self.subtype) in (self.dispute_type, *self.secondary) else None

    def counterparty_kind(self) -> CounterpartyKind:
        given = self.fields.get("counterparty_kind")
        return next((kind for kind in CounterpartyKind if kind.value == given), CounterpartyKind.UNKNOWN)


def _tidy(key: str, value: Any) -> Any:
    """Check one field. Errors are sentences, because a clerk or resident reads them."""
    if key == "amount":
        return _number(value, "金额", MAX_AMOUNT)
    if key == "people":
        people = _number(value, "人数", MAX_PEOPLE)
        if people != int(people) or people < 1:
            raise ValueError("人数应当是大于零的整数")
        return int(people)
    if key == "contact_phone":
        if not isinstance(value, str) or not _PHONE.fullmatch(value.strip()):
            raise ValueError("电话号码好像不对，请核对一下")
        return re.sub(r"[\s\-()]", "", value)
    if key == "contact_name" and (not isinstance(value, str) or len(value.strip()) > 60):
        raise ValueError("姓名太长或格式不对")
    if isinstance(value, str):
        if len(value) > MAX_FIELD_CHARS and key != "narrative":
            raise ValueError(f"“{key[:32]}”太长了，最多 {MAX_FIELD_CHARS} 个字")
        return value.replace("\x00", "").strip()
    if len(json.dumps(value, ensure_ascii=False, default=str)) > 4 * MAX_FIELD_CHARS:
        raise ValueError(f"“{key[:32]}”的内容太多")
    return value


def _number(value: Any, name: str, highest: float) -> int | float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError(f"{name}应当是数字")
    if not 0 <= value <= highest:
        raise ValueError(f"{name}超出了合理范围")
    return int(value) if value == int(value) else value
