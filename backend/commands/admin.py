"""``jiefen db | users | settings | retention``: what whoever runs the service needs."""

from __future__ import annotations

import asyncio
import getpass
import secrets
import sys
from argparse import Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from backend.config import Config
from backend.db.base import Sessions, database_url, make_engine, make_sessionmaker, utc_now
from backend.db.migrate import current_revision, newest_revision, upgrade
from backend.services.passwords import Passwords
from backend.services.retention import Swept, sweep
from backend.services.staff import StaffService
from common import settings
from common.enums import StaffRole


@asynccontextmanager
async def open_database() -> AsyncIterator[tuple[AsyncEngine, Sessions, Sessions]]:
    """The configured database at its newest schema, with writing and reading sessions."""
    settings.data_dir().mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = make_engine(database_url())
    try:
        await upgrade(engine)
        yield engine, make_sessionmaker(engine), make_sessionmaker(engine, read_only=True)
    finally:
        await engine.dispose()


def database(args: Namespace) -> int:
    """``db upgrade`` brings the schema up to date, ``db current`` says where it is."""

    async def run() -> None:
        settings.data_dir().mkdir(mode=0o700, parents=True, exist_ok=True)
        engine = make_engine(database_url())
        try:
            if args.action == "upgrade":
                await upgrade(engine)
            print(f"{engine.dialect.name}: {await current_revision(engine) or 'empty'} (newest {newest_revision()})")
        finally:
            await engine.dispose()

    asyncio.run(run())
    return 0


def users(args: Namespace) -> int:
    """``users list | add | passwd | role | disable | enable``. A new password is asked for, or generated with ``--generate``."""

    async def run() -> None:
        async with open_database() as (_, sessions, reads):
            hours = float(settings.get("JIEFEN_STAFF_SESSION_HOURS"))
            staff = StaffService(sessions, reads, utc_now, session_hours=hours, passwords=Passwords())
            if args.action == "list":
                for member in await staff.list():
                    print(f"{member.username:<20} {member.role.value:<11} {'' if member.active else '已停用'}")
            elif args.action == "add":
                await staff.create(args.username, _password(args), StaffRole(args.role), args.name)
            elif args.action == "passwd":
                await staff.change(args.username, password=_password(args))
            elif args.action == "role":
                await staff.change(args.username, role=StaffRole(args.role))
            else:
                await staff.change(args.username, active=args.action == "enable")

    asyncio.run(run())
    return 0


def _password(args: Namespace) -> str:
    if args.generate:
        password = secrets.token_urlsafe(12)
        print(f"{args.username} 的密码（只显示这一次）：{password}")
        return password
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    return getpass.getpass(f"{args.username} 的新密码：")


def show_settings(args: Namespace) -> int:
    """Every setting with default and meaning; ``--markdown`` writes docs/settings.md. Secrets show only whether they are set."""
    if args.markdown:
        print(settings_markdown(), end="")
        return 0
    for setting in settings.SETTINGS:
        value = settings.get(setting.name)
        shown = ("（已设置）" if value else "（自动生成）") if setting.secret else value or "（空）"
        print(f"{setting.name}={shown}\n    {setting.help}")
    return 0


def settings_markdown() -> str:
    """docs/settings.md, generated so that it cannot fall behind."""
    lines = [
        "# Settings",
        "",
        "Environment variables; written by `jiefen settings --markdown`.",
        "",
        "| name | default | meaning |",
        "|---|---|---|",
    ]
    for setting in settings.SETTINGS:
        default = f"`{setting.default}`" if setting.default else ("*generated*" if setting.secret else "*empty*")
        lines.append(f"| `{setting.name}` | {default} | {setting.help.replace('|', '/')} |")
    return "\n".join(lines) + "\n"


def retention(args: Namespace) -> int:
    """Delete what is no longer needed; ``--dry-run`` only counts."""

    async def run() -> Swept:
        config = Config.from_env()
        days = config.draft_days if args.drafts_days is None else args.drafts_days
        async with open_database() as (_, sessions, _reads):
            return await sweep(
                sessions, config.data_dir, utc_now(), drafts=timedelta(days=days), keys=timedelta(days=90), dry_run=args.dry_run
            )

    swept = asyncio.run(run())
    verb = "将删除" if args.dry_run else "已删除"
    print(
        f"{verb}：未提交的对话 {swept.conversations}，上传的文件 {swept.files}，过期登录 {swept.sessions}，旧的防重键 {swept.keys}，旧的送达凭据 {swept.receipts}"
    )
    return 0
