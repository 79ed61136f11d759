"""The backend's settings, read once from the environment into one typed object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from backend.db.base import database_url
from backend.domain.calendar import parse_dates
from common import secretfile, settings


@dataclass(frozen=True)
class Config:
    """What ``backend.main`` needs to wire the application. Secrets are kept out of ``repr``-able logs by never logging this."""

    host: str
    port: int
    data_dir: Path
    database_url: str
    model_dir: Path
    web_dir: Path
    rasa_url: str
    rasa_token: str
    rasa_timeout_s: float
    actions_url: str
    internal_token: str
    secret_key: str
    admin_password: str
    demo: bool
    centre_name: str
    case_prefix: str
    session_hours: float
    staff_session_hours: float
    upload_max_bytes: int
    messages_per_minute: int
    trust_proxy: bool
    secure_cookies: bool
    holidays: frozenset[date] = frozenset()
    extra_workdays: frozenset[date] = frozenset()
    upload_max_files: int = 20
    create_per_hour: int = 1200
    draft_days: int = 7
    pdf_font: Path | None = None

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Config:
        """Read every setting; missing secrets are generated into the data folder."""

        def get(name: str) -> str:
            return settings.get(name, env)

        model_dir = Path(get("JIEFEN_MODEL_DIR"))
        web_dir = Path(get("JIEFEN_WEB_DIR"))
        return cls(
            host=get("JIEFEN_HOST"),
            port=int(get("JIEFEN_PORT")),
            data_dir=settings.data_dir(env),
            database_url=database_url(env),
            model_dir=model_dir if model_dir.is_absolute() else settings.ROOT / model_dir,
            web_dir=web_dir if web_dir.is_absolute() else settings.ROOT / web_dir,
            rasa_url=settings.rasa_url(env),
            rasa_token=secretfile.load_or_create("JIEFEN_RASA_TOKEN", env),
            rasa_timeout_s=float(get("JIEFEN_RASA_TIMEOUT_S")),
            actions_url=f"http://127.0.0.1:{get('JIEFEN_ACTIONS_PORT')}",
            internal_token=secretfile.load_or_create("JIEFEN_INTERNAL_TOKEN", env),
            secret_key=secretfile.load_or_create("JIEFEN_SECRET_KEY", env),
            admin_password=get("JIEFEN_ADMIN_PASSWORD"),
            demo=get("JIEFEN_DEMO") == "1",
            centre_name=get("JIEFEN_CENTRE_NAME"),
            case_prefix=get("JIEFEN_CASE_PREFIX"),
            session_hours=float(get("JIEFEN_SESSION_HOURS")),
            staff_session_hours=float(get("JIEFEN_STAFF_SESSION_HOURS")),
            upload_max_bytes=int(float(get("JIEFEN_UPLOAD_MAX_MB")) * 1024 * 1024),
            messages_per_minute=int(get("JIEFEN_MESSAGES_PER_MINUTE")),
            trust_proxy=get("JIEFEN_TRUST_PROXY") == "1",
            secure_cookies=get("JIEFEN_SECURE_COOKIES") == "1",
            holidays=parse_dates(get("JIEFEN_HOLIDAYS")),
            extra_workdays=parse_dates(get("JIEFEN_EXTRA_WORKDAYS")),
            upload_max_files=int(get("JIEFEN_UPLOAD_MAX_FILES")),
            create_per_hour=int(get("JIEFEN_CREATE_PER_HOUR")),
            draft_days=int(get("JIEFEN_DRAFT_DAYS")),
            pdf_font=Path(get("JIEFEN_PDF_FONT")) if get("JIEFEN_PDF_FONT") else None,
        )
