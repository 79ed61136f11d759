"""The first accounts: the administrator, and the demonstration operator of ``make run``."""

from __future__ import annotations

import logging
import sys

from backend.config import Config
from backend.services.passwords import MIN_LENGTH
from backend.services.staff import StaffService
from common import secretfile
from common.enums import StaffRole

log = logging.getLogger("jiefen.accounts")

ADMIN = "admin"
DEMO = "demo"


async def ensure_accounts(config: Config, staff: StaffService) -> None:
    """Create what is missing.

    A generated administrator password lies in ``<data>/secrets/JIEFEN_ADMIN_PASSWORD`` (mode 600) and is printed once, when the
    account is created – but only to a terminal, because a service's standard output ends up in log files.
    """
    if await staff.missing(ADMIN):
        await staff.ensure_account(ADMIN, StaffRole.ADMIN, _admin_password(config))
    if config.demo:
        password = secretfile.keep(config.data_dir, "DEMO_PASSWORD")
        await staff.ensure_account(DEMO, StaffRole.OPERATOR, password, reset=True)


def _admin_password(config: Config) -> str:
    if config.admin_password:
        if len(config.admin_password) < MIN_LENGTH:
            log.warning("JIEFEN_ADMIN_PASSWORD is shorter than %d characters", MIN_LENGTH)
        return config.admin_password
    password = secretfile.keep(config.data_dir, "JIEFEN_ADMIN_PASSWORD")
    if sys.stdout.isatty():
        print(f"管理员 {ADMIN} 的密码（只显示这一次）：{password}", flush=True)
    log.info("administrator created; password in %s", config.data_dir / "secrets" / "JIEFEN_ADMIN_PASSWORD")
    return password
