"""Staff accounts and logins: argon2 passwords, lock-out, sessions that expire."""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.base import Sessions
from backend.db.models_staff import StaffSession, StaffUser
from backend.services.audit import Actor, record
from backend.services.passwords import Passwords, check_strength
from common.enums import StaffRole
from common.errors import BadInput, Conflict, NotFound, TooManyRequests, Unauthorized

log = logging.getLogger("jiefen.staff")

MAX_FAILURES = 5
LOCK = timedelta(minutes=15)
_TOUCH_AFTER = timedelta(minutes=1)  # a session's last use is written at most this often
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
_WRONG = "用户名或密码不对"
_LOCKED = "登录失败次数太多，请 15 分钟后再试"


@dataclass(frozen=True)
class Staff:
    """A staff member as the rest of the backend sees one."""

    id: int
    username: str
    display_name: str
    role: StaffRole
    active: bool = True

    def may(self, minimum: StaffRole) -> bool:
        """Roles include those below them: operator < supervisor < admin."""
        order = list(StaffRole)
        return order.index(self.role) >= order.index(minimum)


@dataclass(frozen=True)
class Login:
    """A fresh session; the token is shown once and never stored."""

    staff: Staff
    token: str
    expires_at: datetime


class StaffService:
    """Accounts and sessions."""

    def __init__(
        self, sessions: Sessions, reads: Sessions, clock: Callable[[], datetime], *, session_hours: float, passwords: Passwords
    ) -> None:
        self._sessions = sessions
        self._reads = reads
        self._clock = clock
        self._life = timedelta(hours=session_hours)
        self._passwords = passwords
        self._unknown: dict[str, tuple[int, datetime]] = {}  # failures of names that do not exist: they lock just the same

    async def login(self, username: str, password: str, address: str = "") -> Login:
        """Open a session.

        Raises:
            Unauthorized: unknown name or wrong password; the two cannot be told apart.
            TooManyRequests: locked after MAX_FAILURES failures in a row, for 15 minutes.
        """
        name = username.strip().lower()
        user = await self._user(name)
        self._refuse_locked(name, user)
        usable = user is not None and user.active
        if not await self._passwords.verify(user.password_hash if user else None, password) or not usable or user is None:
            await self._failed(name, user, address)
            raise Unauthorized(_WRONG)
        now = self._clock()
        token = secrets.token_urlsafe(32)
        async with self._sessions.begin() as session:
            await session.execute(delete(StaffSession).where(StaffSession.expires_at < now))
            values: dict[str, Any] = {"failed_logins": 0, "locked_until": None, "last_login_at": now}
            if self._passwords.outdated(user.password_hash):
                values["password_hash"] = await self._passwords.hash(password)
            await session.execute(update(StaffUser).where(StaffUser.id == user.id).values(**values))
            session.add(
                StaffSession(token_hash=_digest(token), user_id=user.id, created_at=now, last_used_at=now, expires_at=now + self._life)
            )
            record(session, now, Actor(user.id, address), "login")
        return Login(_staff(user), token, now + self._life)

    async def whoami(self, token: str) -> Staff:
        """The owner of a session token; using it prolongs it.

        Raises:
            Unauthorized: unknown or expired token, or the account is closed.
        """
        now = self._clock()
        query = select(StaffSession, StaffUser).join(StaffUser, StaffUser.id == StaffSession.user_id)
        async with self._reads() as session:
            row = (await session.execute(query.where(StaffSession.token_hash == _digest(token)))).one_or_none()
        if row is None or row[0].expires_at <= now or not row[1].active:
            raise Unauthorized("登录已过期，请重新登录" if row is not None else None)
        if now - row[0].last_used_at > _TOUCH_AFTER:
            async with self._sessions.begin() as session:
                touched = update(StaffSession).where(StaffSession.token_hash == row[0].token_hash)
                await session.execute(touched.values(last_used_at=now, expires_at=now + self._life))
        return _staff(row[1])

    async def logout(self, token: str) -> None:
        """Close a session; unknown tokens are ignored."""
        async with self._sessions.begin() as session:
            await session.execute(delete(StaffSession).where(StaffSession.token_hash == _digest(token)))

    async def create(
        self, username: str, password: str, role: StaffRole, display_name: str = "", actor: Actor | None = None, *, strict: bool = True
    ) -> Staff:
        """Add an account.

        Args:
            strict: False takes a password of any length, for one that the owner of the machine chose.

        Raises:
            BadInput: bad name or weak password.
            Conflict: the name is taken.
        """
        name = username.strip().lower()
        if not _USERNAME.fullmatch(name):
            raise BadInput("用户名用 2–32 个小写字母、数字或 . _ -，以字母或数字开头", field="username")
        if strict:
            check_strength(password)
        hashed = await self._passwords.hash(password)
        now = self._clock()
        async with self._sessions.begin() as session:
            if await session.scalar(select(StaffUser.id).where(StaffUser.username == name)):
                raise Conflict("这个用户名已经有人用了", field="username")
            user = StaffUser(username=name, display_name=display_name.strip()[:64], password_hash=hashed, role=role.value, created_at=now)
            session.add(user)
            await session.flush()
            record(session, now, actor, "user_created", details={"user_id": user.id, "role": role.value})
        return _staff(user)

    async def change(
        self,
        username: str,
        *,
        password: str | None = None,
        role: StaffRole | None = None,
        active: bool | None = None,
        actor: Actor | None = None,
    ) -> Staff:
        """Change an account. A new password, role or closing ends its sessions and lifts a lock.

        Raises:
            NotFound: no such account.
            Conflict: it would leave no administrator who can log in.
        """
        hashed: str | None = None
        if password is not None:
            check_strength(password)
            hashed = await self._passwords.hash(password)
        now = self._clock()
        async with self._sessions.begin() as session:
            user = await session.scalar(select(StaffUser).where(StaffUser.username == username.strip().lower()))
            if user is None:
                raise NotFound("没有这个账号")
            user.password_hash = hashed or user.password_hash
            user.role = role.value if role else user.role
            user.active = user.active if active is None else active
            user.failed_logins, user.locked_until = 0, None
            await session.flush()
            await self._keep_an_admin(session)
            await session.execute(delete(StaffSession).where(StaffSession.user_id == user.id))
            record(session, now, actor, "user_changed", details={"user_id": user.id, "role": user.role, "active": user.active})
        return _staff(user)

    async def list(self) -> list[Staff]:
        async with self._reads() as session:
            return [_staff(user) for user in await session.scalars(select(StaffUser).order_by(StaffUser.username))]

    async def find(self, username: str) -> Staff:
        """Raises: NotFound."""
        user = await self._user(username.strip().lower())
        if user is None:
            raise NotFound("没有这个账号", field="assignee")
        return _staff(user)

    async def missing(self, username: str) -> bool:
        return await self._user(username) is None

    async def ensure_account(self, username: str, role: StaffRole, password: str, *, reset: bool = False) -> None:
        """Create an account when it is missing; with ``reset`` an existing one gets ``password`` when its own no longer fits."""
        user = await self._user(username)
        if user is None:
            try:
                await self.create(username, password, role, strict=False)
            except Conflict:  # another process was first
                log.info("account %s exists", username)
        elif reset and not await self._passwords.verify(user.password_hash, password):
            await self.change(username, password=password)

    async def _user(self, name: str) -> StaffUser | None:
        async with self._reads() as session:
            return await session.scalar(select(StaffUser).where(StaffUser.username == name))

    def _refuse_locked(self, name: str, user: StaffUser | None) -> None:
        now = self._clock()
        if user is not None:
            locked = user.locked_until is not None and user.locked_until > now
        else:
            count, since = self._unknown.get(name, (0, now))
            locked = count >= MAX_FAILURES and now < since + LOCK
        if locked:
            raise TooManyRequests(_LOCKED)

    async def _failed(self, name: str, user: StaffUser | None, address: str) -> None:
        now = self._clock()
        if user is None:
            self._unknown = {known: entry for known, entry in self._unknown.items() if now < entry[1] + LOCK}
            self._unknown[name] = (self._unknown.get(name, (0, now))[0] + 1, now)
            return
        async with self._sessions.begin() as session:
            fresh = await session.get_one(StaffUser, user.id)
            fresh.failed_logins += 1
            if fresh.failed_logins >= MAX_FAILURES:
                fresh.failed_logins, fresh.locked_until = 0, now + LOCK
            record(session, now, Actor(user.id, address), "login_failed")

    @staticmethod
    async def _keep_an_admin(session: AsyncSession) -> None:
        admins = select(StaffUser.id).where(StaffUser.role == StaffRole.ADMIN.value, StaffUser.active.is_(True)).limit(1)
        if await session.scalar(admins) is None:
            raise Conflict("至少要保留一个可以登录的管理员")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _staff(user: StaffUser) -> Staff:
    return Staff(user.id, user.username, user.display_name or user.username, StaffRole(user.role), user.active)
