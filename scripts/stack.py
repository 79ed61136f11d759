"""Starts the three processes (Rasa, actions, backend) under supervisord and waits until all are healthy.

Used by ``make run`` and by the tests (tests/conftest.py), so that what is tested is what runs.
supervisord restarts a process that dies; nothing is lost meanwhile because the backend stores first and answers later.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import xmlrpc.client
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from common import secretfile, settings  # noqa: E402

PROGRAMS = ("rasa", "actions", "backend")
PARTS = {"rasa": "Rasa 对话", "actions": "动作服务", "backend": "后端"}

CONFIG = """\
[supervisord]
nodaemon=true
silent=true
logfile={logs}/supervisord.log
pidfile={run}/supervisord.pid
childlogdir={logs}
{user}
[unix_http_server]
file={socket}
chmod=0700
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
"""

PROGRAM = """\
[program:{name}]
command={command}
directory={root}
autorestart=true
startsecs=1
startretries=20
stopwaitsecs=15
stopasgroup=true
killasgroup=true
redirect_stderr=true
stdout_logfile={logs}/{name}.log
stdout_logfile_maxbytes=20MB
stdout_logfile_backups=3
"""


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=30)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class _UnixTransport(xmlrpc.client.Transport):
    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path

    def make_connection(self, host: object) -> http.client.HTTPConnection:
        connection = _UnixConnection(self._path)
        self._connection = (None, connection)  # so that close() closes it
        return connection


@dataclass
class Stack:
    """The running system of one data folder.

    Attributes:
        env: settings that differ from the defaults (JIEFEN_…); the process environment is inherited.
    """

    env: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        full = {**os.environ, **self.env}
        self.data = settings.data_dir(full)
        self.logs, self.run = self.data / "logs", self.data / "run"
        for folder in (self.data, self.logs, self.run):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        host = settings.get("JIEFEN_HOST", full)
        self.url = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{settings.get('JIEFEN_PORT', full)}"  # noqa: S104
        path = str(self.run / "supervisor.sock")
        # A Unix socket path is limited to about 107 bytes; test folders can be longer.
        self.socket = path if len(path) < 100 else str(Path(tempfile.mkdtemp(prefix="jiefen-")) / "s.sock")

    def environment(self) -> dict[str, str]:
        """What the three processes see: settings, loopback addresses and the shared secrets."""
        full = {**os.environ, **self.env}
        for name in ("JIEFEN_RASA_TOKEN", "JIEFEN_INTERNAL_TOKEN", "JIEFEN_SECRET_KEY"):
            full[name] = secretfile.load_or_create(name, full)
        full["JIEFEN_DATA_DIR"] = str(self.data)
        full["JIEFEN_BACKEND_URL"] = self.url
        full["JIEFEN_ACTIONS_URL"] = f"http://127.0.0.1:{settings.get('JIEFEN_ACTIONS_PORT', full)}/webhook"
        full["JIEFEN_TRACKER_DB"] = str(self.data / "rasa.db")
        full["PYTHONPATH"] = str(ROOT)
        full["PYTHONUNBUFFERED"] = "1"
        return full

    def write_config(self) -> Path:
        user = "user=root\n" if hasattr(os, "geteuid") and os.geteuid() == 0 else ""
        text = CONFIG.format(logs=self.logs, run=self.run, user=user, socket=self.socket)
        app, bot = ROOT / ".venv/bin/python", ROOT / "bot/.venv/bin/python"
        commands = {"rasa": f"{bot} -m bot.serve", "actions": f"{app} -m actions", "backend": f"{app} -m backend"}
        for name in PROGRAMS:
            text += PROGRAM.format(name=name, command=commands[name], root=ROOT, logs=self.logs)
        path = self.run / "supervisord.conf"
        path.write_text(text.replace("%", "%%"), encoding="utf-8")
        return path

    def start(self) -> None:
        words = [ROOT / ".venv/bin/supervisord", "-c", self.write_config()]
        # Its own session: a Ctrl-C reaches only the parent, which then stops the children in order.
        self.process = subprocess.Popen([str(w) for w in words], env=self.environment(), cwd=ROOT, start_new_session=True)

    def call(self, method: str, *arguments: object) -> object:
        """One call of supervisord's XML-RPC interface over its Unix socket."""
        with xmlrpc.client.ServerProxy("http://localhost", transport=_UnixTransport(self.socket)) as server:
            return getattr(server.supervisor, method)(*arguments)

    def ready(self) -> tuple[bool, dict[str, object]]:
        """Whether /readyz says all parts are healthy, and what it says of each."""
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:  # noqa: S310
                return True, json.load(answer)
        except urllib.error.HTTPError as error:
            try:
                return False, json.load(error)
            except ValueError:
                return False, {}
        except (OSError, ValueError):
            return False, {}

    def wait_ready(self, seconds: float = 180, progress: Callable[[str], None] | None = None) -> float:
        """Seconds until all are healthy.

        Raises:
            TimeoutError: with the last lines of the logs.
        """
        begin, told = time.monotonic(), ""
        while time.monotonic() - begin < seconds:
            if self.process is not None and self.process.poll() is not None:
                raise TimeoutError(f"supervisord ended (exit {self.process.returncode})\n{self.tails()}")
            good, report = self.ready()
            if good:
                return time.monotonic() - begin
            text = self.describe(report)
            if progress and text != told:
                progress(text)
                told = text
            time.sleep(0.5)
        raise TimeoutError(f"not healthy after {seconds:.0f} s\n{self.tails()}")

    @staticmethod
    def describe(report: dict[str, object]) -> str:
        parts = report.get("parts", report)
        if not isinstance(parts, dict) or not parts:
            return "等待后端启动 …"
        waiting = [str(n) for n, v in parts.items() if not (v is True or (isinstance(v, dict) and v.get("ok")))]
        return "等待: " + "、".join(PARTS.get(n, n) for n in waiting) + " …"

    def tails(self, lines: int = 15) -> str:
        text = ""
        for name in ("supervisord", *PROGRAMS):
            path = self.logs / f"{name}.log"
            if path.exists():
                last = path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
                text += f"--- {path}\n" + "\n".join(last) + "\n"
        return text

    def pid(self, name: str) -> int:
        information = self.call("getProcessInfo", name)
        assert isinstance(information, dict)
        return int(information["pid"])

    def kill(self, name: str) -> None:
        """SIGKILL one process, as a crash would; supervisord starts it again."""
        os.kill(self.pid(name), signal.SIGKILL)

    def stop_one(self, name: str) -> None:
        self.call("stopProcess", name)

    def start_one(self, name: str) -> None:
        self.call("startProcess", name, False)

    def stop(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(40)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)


def port_is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_ports(count: int) -> list[int]:
    """Distinct ports that were free a moment ago."""
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def login_lines(stack: Stack) -> list[str]:
    secrets = stack.data / "secrets"
    lines = []
    for user, name in (("demo", "DEMO_PASSWORD"), ("admin", "JIEFEN_ADMIN_PASSWORD")):
        path = secrets / name
        if path.exists():
            lines.append(f"  {user:<6} 密码 {path.read_text(encoding='utf-8').strip()}   (保存在 {path})")
    return lines


def main() -> int:
    """``make run``: start, wait, print where to go, stop on Ctrl-C."""
    full = {**os.environ, "JIEFEN_DEMO": os.environ.get("JIEFEN_DEMO", "1")}
    for name in ("JIEFEN_PORT", "JIEFEN_RASA_PORT", "JIEFEN_ACTIONS_PORT"):
        if not port_is_free(int(settings.get(name, full))):
            print(f"端口 {settings.get(name, full)} 已被占用。请先停掉占用它的程序，或设 {name}=另一个端口。")
            return 1
    stack = Stack(env={"JIEFEN_DEMO": full["JIEFEN_DEMO"]})
    stopping: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda n, _: stopping.append(n))
    stack.start()
    try:
        seconds = stack.wait_ready(progress=lambda text: print(f"  {text}", flush=True))
        print(
            f"\n解纷已就绪 (ready in {seconds:.1f} s)\n\n  居民聊天页  {stack.url}/\n  工作人员    {stack.url}/console/\n  接口文档    {stack.url}/api/openapi.json"
        )
        print(
            "\n".join(["", "演示登录 (demonstration logins):", *login_lines(stack), "", f"日志 {stack.logs} · Ctrl-C 停止全部"]), flush=True
        )
        while not stopping and stack.process is not None and stack.process.poll() is None:
            time.sleep(0.3)
    except TimeoutError as error:
        if not stopping:
            print(f"启动没有成功: {error}")
            return 1
    finally:
        print("正在停止 …", flush=True)
        stack.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
