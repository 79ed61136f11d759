#!/usr/bin/env python3
"""Set-up of everything a fresh clone needs, as tasks that run only when their inputs changed.

Standard library only: this runs before any environment exists. ``make`` calls it with the Python found by find_python.sh.

Tasks: ``app`` (.venv), ``bot`` (bot/.venv, Python 3.10), ``web`` (npm ci + build), ``dialogue`` (rasa train). Independent tasks run side by side;
each logs to .stamps/<task>.log, and the screen shows what is going on at least every ten seconds.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STAMPS = ROOT / ".stamps"
SKIP_FOLDERS = {"node_modules", "dist", "__pycache__", ".venv", ".mypy_cache"}
STARTED = time.monotonic()


def say(text: str) -> None:
    print(f"[{time.monotonic() - STARTED:6.1f} s] {text}", flush=True)


def files_of(patterns: Iterable[str]) -> list[Path]:
    """Files under the repository that match; a folder name stands for everything in it."""
    found: set[Path] = set()
    for pattern in patterns:
        for path in ROOT.glob(pattern):
            members = path.rglob("*") if path.is_dir() else (path,)
            found.update(p for p in members if p.is_file() and not SKIP_FOLDERS & set(p.relative_to(ROOT).parts))
    return sorted(found)


def digest(patterns: Iterable[str], extra: str) -> str:
    total = hashlib.sha256(extra.encode())
    for path in files_of(patterns):
        total.update(str(path.relative_to(ROOT)).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


@dataclass
class Task:
    """One unit of set-up.

    Attributes:
        inputs: glob patterns; the task runs again when any of these files changes.
        product: must exist for the stamp to count.
    """

    name: str
    title: str
    inputs: tuple[str, ...]
    product: Path
    run: Callable[[Task], None]
    extra: str = ""
    needs: tuple[str, ...] = ()
    last_line: str = ""
    error: str | None = None
    done: threading.Event = field(default_factory=threading.Event)

    @property
    def stamp(self) -> Path:
        return STAMPS / f"{self.name}.sha256"

    @property
    def log(self) -> Path:
        return STAMPS / f"{self.name}.log"

    def fresh(self) -> bool:
        return self.product.exists() and self.stamp.exists() and self.stamp.read_text() == digest(self.inputs, self.extra)

    def command(self, *words: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None) -> None:
        """Run one command, keep its output in the task's log, remember the last line for the screen."""
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"$ {' '.join(map(str, words))}\n")
            with subprocess.Popen(
                [str(w) for w in words],
                cwd=cwd,
                env={**os.environ, **(env or {})},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            ) as process:
                assert process.stdout is not None
                for line in process.stdout:
                    log.write(line)
                    log.flush()
                    if line.strip() and "is ignored: it is neither a file" not in line:
                        self.last_line = line.strip()[:110]
        if process.returncode != 0:
            raise RuntimeError(f"{self.title}: command failed (exit {process.returncode}): {' '.join(map(str, words))}")


def python_of(folder: Path) -> Path:
    return folder / "bin" / "python"


def make_environment(task: Task, folder: Path, python: str, *requirements: str) -> None:
    """A virtual environment with exactly the pinned, hashed requirements."""
    if not python_of(folder).exists():
        task.command(python, "-m", "venv", "--clear", folder)
    words: list[str | Path] = [python_of(folder), "-m", "pip", "install", "--disable-pip-version-check", "--require-hashes"]
    for name in requirements:
        words += ["-r", name]
    task.command(*words)


def find_python(*versions: str) -> str:
    answer = subprocess.run([ROOT / "scripts/find_python.sh", *versions], capture_output=True, text=True)
    if answer.returncode != 0:
        raise RuntimeError(answer.stderr.strip())
    return answer.stdout.strip()


def run_app(task: Task) -> None:
    names = ["requirements/base.txt"] + (["requirements/dev.txt"] if "dev" in task.extra else [])
    make_environment(task, ROOT / ".venv", find_python("3.11", "3.12", "3.13"), *names)
    task.command(
        python_of(ROOT / ".venv"), "-m", "pip", "install", "--disable-pip-version-check", "--no-deps", "--no-build-isolation", "-e", "."
    )


def run_bot(task: Task) -> None:
    make_environment(task, ROOT / "bot/.venv", find_python("3.10"), "bot/requirements.txt")


def node_folder(task: Task) -> str:
    """Folder to put first on PATH so that `npm` is of Node ≥ 20; installs Node from a package when the machine has none."""
    node = shutil.which("node")
    if node and shutil.which("npm"):
        version = subprocess.run([node, "--version"], capture_output=True, text=True).stdout.strip().lstrip("v")
        if version.split(".")[0].isdigit() and int(version.split(".")[0]) >= 20:
            return str(Path(node).parent)
    folder = ROOT / ".cache/node"
    make_environment(task, folder, sys.executable, "requirements/node.txt")
    return str(folder / "bin")


def run_web(task: Task) -> None:
    path = f"{node_folder(task)}{os.pathsep}{os.environ.get('PATH', '')}"
    quiet = {"PATH": path, "npm_config_fund": "false", "npm_config_audit": "false", "npm_config_update_notifier": "false"}
    task.command("npm", "ci", cwd=ROOT / "web", env=quiet)
    task.command("npm", "run", "build", cwd=ROOT / "web", env=quiet)


def run_dialogue(task: Task) -> None:
    """Train the Rasa model; torch is not needed, the encoder is shipped."""
    environment = {
        "PYTHONPATH": str(ROOT),
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    }
    words = ("-m", "rasa", "train", "--data", "nlu_data", "--config", "config.yml", "--domain", "domain.yml")
    task.command(python_of(ROOT / "bot/.venv"), *words, "--out", "models", "--fixed-model-name", "dialogue", env=environment)


def tasks(dev: bool) -> dict[str, Task]:
    model_inputs = ("config.yml", "domain.yml", "nlu_data", "bot/*.py", "bot/nlu", "bot/dictionaries", "bot/requirements.txt")
    classifier_inputs = ("classifier/*.py", "classifier/model", "common/*.py")
    every = (
        Task(
            "app",
            "环境 .venv (backend, actions, engine)",
            ("requirements/base.txt", "requirements/dev.txt", "pyproject.toml"),
            ROOT / ".venv/bin/jiefen",
            run_app,
            extra="dev" if dev else "",
        ),
        Task("bot", "环境 bot/.venv (Rasa, Python 3.10)", ("bot/requirements.txt",), ROOT / "bot/.venv/bin/rasa", run_bot),
        Task("web", "网页 (npm ci, build)", ("web",), ROOT / "web/dist/chat/index.html", run_web),
        Task(
            "dialogue",
            "对话模型 (rasa train)",
            model_inputs + classifier_inputs,
            ROOT / "models/dialogue.tar.gz",
            run_dialogue,
            needs=("bot",),
        ),
    )
    return {t.name: t for t in every}


def work(task: Task, everything: dict[str, Task], failed: threading.Event) -> None:
    """Body of a task's thread: wait for what it needs, run when stale, stamp, always set ``done``."""
    try:
        for name in task.needs:
            if name in everything:
                everything[name].done.wait()
        if failed.is_set():
            task.error = "not run: an earlier step failed"
        elif task.name == "app" and not task.extra and dev_environment_is_fresh(task):
            say(f"{task.title}: unchanged")  # the environment with the test tools serves as well
        elif task.fresh():
            say(f"{task.title}: unchanged")
        else:
            run_and_stamp(task)
    except (RuntimeError, OSError) as error:
        task.error = str(error)
        failed.set()
    finally:
        task.done.set()


def dev_environment_is_fresh(task: Task) -> bool:
    return task.product.exists() and task.stamp.exists() and task.stamp.read_text() == digest(task.inputs, "dev")


def run_and_stamp(task: Task) -> None:
    begin = time.monotonic()
    say(f"{task.title}: working …")
    task.stamp.unlink(missing_ok=True)
    task.log.write_text("", encoding="utf-8")
    inputs = digest(task.inputs, task.extra)  # before the run: a change during it makes the next start run again
    task.run(task)
    task.stamp.write_text(inputs)
    say(f"{task.title}: done in {time.monotonic() - begin:.1f} s")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=["app", "bot", "web", "dialogue"])
    parser.add_argument("--dev", action="store_true", help="also install what the tests need")
    arguments = parser.parse_args()
    STAMPS.mkdir(exist_ok=True)
    chosen = {name: task for name, task in tasks(arguments.dev).items() if name in arguments.names}
    failed = threading.Event()
    for task in chosen.values():
        threading.Thread(target=work, args=(task, chosen, failed), daemon=True).start()
    while waiting := [t for t in chosen.values() if not t.done.is_set()]:
        if not waiting[0].done.wait(10):
            for task in waiting:
                say(f"  … {task.name}: {task.last_line or 'waiting'}")
    for task in chosen.values():
        if task.error:
            say(f"FAILED {task.title}\n{task.error}\n  log: {task.log.relative_to(ROOT)}")
    return 1 if failed.is_set() else 0


if __name__ == "__main__":
    sys.exit(main())
