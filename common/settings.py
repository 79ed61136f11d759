"""Every setting, declared once: name, default, help. ``jiefen settings`` and docs/settings.md are generated from here."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Setting:
    """One environment variable. ``secret`` values are never printed."""

    name: str
    default: str
    help: str
    secret: bool = False


SETTINGS: tuple[Setting, ...] = (
    Setting("JIEFEN_HOST", "127.0.0.1", "Address of the public port (backend). 0.0.0.0 behind a reverse proxy."),
    Setting("JIEFEN_PORT", "8080", "The one public port."),
    Setting("JIEFEN_DATA_DIR", "data", "Folder for database, uploads, secrets, outbox; relative paths count from the repository."),
    Setting("JIEFEN_DATABASE_URL", "", "SQLAlchemy URL; empty means SQLite in the data folder. PostgreSQL: postgresql+psycopg://…"),
    Setting("JIEFEN_RASA_PORT", "5005", "Loopback port of the Rasa server."),
    Setting("JIEFEN_ACTIONS_PORT", "5055", "Loopback port of the action server."),
    Setting("JIEFEN_RASA_URL", "", "Where the backend reaches Rasa; empty means http://127.0.0.1:JIEFEN_RASA_PORT."),
    Setting("JIEFEN_BACKEND_URL", "", "Where actions and the terminal chat reach the backend; empty means http://127.0.0.1:JIEFEN_PORT."),
    Setting("JIEFEN_RASA_TOKEN", "", "Token of the Rasa server; generated into the data folder when empty.", secret=True),
    Setting("JIEFEN_INTERNAL_TOKEN", "", "Shared by actions and backend; generated into the data folder when empty.", secret=True),
    Setting(
        "JIEFEN_SECRET_KEY", "", "Signs conversation tokens and staff sessions; generated into the data folder when empty.", secret=True
    ),
    Setting(
        "JIEFEN_ADMIN_PASSWORD", "", "Password of the first administrator `admin`; generated and printed once when empty.", secret=True
    ),
    Setting("JIEFEN_DEMO", "0", "1 loads the demonstration organisations' operator account (make run sets it)."),
    Setting("JIEFEN_MODEL_DIR", "classifier/model", "Folder with the shipped classifier; any folder of the same layout works."),
    Setting("JIEFEN_CENTRE_NAME", "社会矛盾纠纷多元化解中心", "Name on the centre's door, shown to residents."),
    Setting("JIEFEN_SESSION_HOURS", "72", "How long a resident's conversation token is valid, in hours since last use."),
    Setting("JIEFEN_DRAFT_DAYS", "7", "How many silent days an unfinished intake is kept; its resume code ends with it."),
    Setting("JIEFEN_PDF_FONT", "", "TrueType font with Chinese (.ttf, .ttc) to embed in PDF pages; empty: STSong-Light of the PDF reader."),
    Setting("JIEFEN_RASA_TIMEOUT_S", "20", "Seconds the backend waits for one reply of Rasa."),
    Setting("JIEFEN_UPLOAD_MAX_MB", "10", "Largest evidence file, in MiB."),
    Setting("JIEFEN_UPLOAD_MAX_FILES", "20", "Most evidence files of one conversation."),
    Setting("JIEFEN_CREATE_PER_HOUR", "1200", "Most conversations that one address may start in an hour (a street office shares one)."),
    Setting("JIEFEN_MESSAGES_PER_MINUTE", "60", "Rate limit per conversation."),
    Setting("JIEFEN_WEB_DIR", "web/dist", "Folder with the built web pages."),
    Setting("JIEFEN_CASE_PREFIX", "KLMY", "First part of every case number: KLMY-20261127-000123."),
    Setting("JIEFEN_STAFF_SESSION_HOURS", "12", "How long a staff login is valid, in hours since last use."),
    Setting("JIEFEN_SECURE_COOKIES", "0", "1 marks cookies Secure; set it when the site is served over HTTPS."),
    Setting("JIEFEN_TRUST_PROXY", "0", "1 takes the caller's address from the last X-Forwarded-For entry; only behind your own proxy."),
    Setting("JIEFEN_HOLIDAYS", "", "Public holidays on which nobody works, ISO dates separated by commas. Weekends are known."),
    Setting("JIEFEN_EXTRA_WORKDAYS", "", "Weekend days that are worked (调休), ISO dates separated by commas."),
)
_BY_NAME = {s.name: s for s in SETTINGS}


def get(name: str, env: Mapping[str, str] | None = None) -> str:
    """Value of a declared setting.

    Raises:
        KeyError: the setting is not declared here.
    """
    declared = _BY_NAME[name]
    value = (os.environ if env is None else env).get(name, "")
    return value if value != "" else declared.default


def data_dir(env: Mapping[str, str] | None = None) -> Path:
    """The data folder as an absolute path; not created here."""
    path = Path(get("JIEFEN_DATA_DIR", env))
    return path if path.is_absolute() else ROOT / path


def rasa_url(env: Mapping[str, str] | None = None) -> str:
    return get("JIEFEN_RASA_URL", env) or f"http://127.0.0.1:{get('JIEFEN_RASA_PORT', env)}"


def backend_url(env: Mapping[str, str] | None = None) -> str:
    return get("JIEFEN_BACKEND_URL", env) or f"http://127.0.0.1:{get('JIEFEN_PORT', env)}"
