"""``jiefen``: classify | intents | extract | ask | chat | evaluate | train | serve | db | users | settings | import | export | retention."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from backend.commands import admin, chat, transfer, understand
from common import settings
from common.enums import StaffRole
from common.errors import JiefenError

Commands = argparse._SubParsersAction  # the type argparse itself returns; it has no public name

REAL_QUESTIONS = settings.ROOT.parent / "shared" / "data" / "labelled_questions" / "questions.jsonl"  # not in the repository


def parser() -> argparse.ArgumentParser:
    """The whole command line. Commands import what they need when they run, so that ``--help`` is instant."""
    top = argparse.ArgumentParser("jiefen", description="解纷：矛盾纠纷登记助手的命令行")
    commands = top.add_subparsers(dest="command", required=True, metavar="command")
    _understanding(commands)
    _service(commands)
    _data(commands)
    return top


def main(argv: Sequence[str] | None = None) -> None:
    """Entry point; exits with 0 (all well), 1 (something could not be done) or 2 (wrong use)."""
    args = parser().parse_args(argv)
    try:
        sys.exit(args.run(args))
    except JiefenError as error:
        sys.exit(f"jiefen: {error.detail}")
    except BrokenPipeError:
        sys.exit(1)


def _understanding(commands: Commands[argparse.ArgumentParser]) -> None:
    for name, run, text in (
        ("classify", understand.classify, "判断每一行的纠纷类型、细类、途径、风险（输入 JSON lines，字段 text）"),
        ("intents", understand.intents, "判断每一行在对话里的意图（字段 text，可选 context）"),
        ("extract", understand.extract, "找出每一行里的金额、人数、电话、姓名、时间等（字段 text，可选 expecting、today）"),
        ("ask", understand.ask, "回答每一行的法律问题（字段 question 或 turns）"),
    ):
        command = commands.add_parser(name, help=text, description=run.__doc__)
        command.add_argument("--input", type=Path, required=True, help="JSON lines")
        command.add_argument("--output", type=Path, required=True, help="JSON lines；不能用的行放在同名 .bad 文件里")
        command.add_argument("--quiet", action="store_true", help="不显示进度")
        if name in {"classify", "intents"}:
            command.add_argument("--resume", action="store_true", help="接着上次没跑完的输出往下写")
        command.set_defaults(run=run)
    command = commands.add_parser("evaluate", help="打印分类器的成绩表")
    command.add_argument("--questions", type=Path, default=REAL_QUESTIONS, help="真实问题的标注文件，没有就不算这一项")
    command.add_argument("--corpus", type=Path, default=settings.ROOT / "classifier" / "corpus" / "authored", help="自有语料")
    command.add_argument("--input", type=Path, action="append", help="另外的标注文件（JSON lines），可以多次")
    command.set_defaults(run=understand.evaluate)
    command = commands.add_parser("train", help="重新训练分类器（需要 torch，见 make train）", add_help=False)
    command.add_argument("rest", nargs=argparse.REMAINDER)
    command.set_defaults(run=understand.train)


def _service(commands: Commands[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("serve", help="启动后端")
    command.set_defaults(run=_serve)
    command = commands.add_parser("chat", help="在终端里走一遍居民的对话（后端要在运行）")
    command.add_argument("--url", help="后端地址，默认取设置")
    command.set_defaults(run=chat.chat)
    command = commands.add_parser("settings", help="所有设置")
    command.add_argument("--markdown", action="store_true", help="输出 docs/settings.md")
    command.set_defaults(run=admin.show_settings)
    command = commands.add_parser("db", help="数据库")
    command.add_argument("action", choices=["upgrade", "current"])
    command.set_defaults(run=admin.database)
    command = commands.add_parser("users", help="工作人员账号")
    actions = command.add_subparsers(dest="action", required=True)
    for name in ("list", "add", "passwd", "role", "disable", "enable"):
        action = actions.add_parser(name)
        action.set_defaults(run=admin.users)
        if name != "list":
            action.add_argument("username")
        if name in {"add", "role"}:
            action.add_argument("--role", choices=[role.value for role in StaffRole], default=StaffRole.OPERATOR.value)
        if name in {"add", "passwd"}:
            action.add_argument("--generate", action="store_true", help="生成一个密码，只显示一次")
        if name == "add":
            action.add_argument("--name", default="", help="显示的名字")


def _data(commands: Commands[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("export", help="导出案件，默认不含姓名、电话和陈述")
    command.add_argument("what", nargs="?", choices=["cases"], default="cases")
    command.add_argument("--output", type=Path, help="默认输出到屏幕")
    command.add_argument("--format", choices=["csv", "jsonl"], default="jsonl")
    command.add_argument("--identity", action="store_true", help="连姓名、电话和陈述一起导出（会留下记录）")
    command.set_defaults(run=transfer.export)
    command = commands.add_parser("import", help="导入案件（JSON lines，每行是一份登记）")
    command.add_argument("--input", type=Path, required=True)
    command.set_defaults(run=transfer.import_cases)
    command = commands.add_parser("retention", help="删除过期的草稿、登录和防重键")
    command.add_argument("--drafts-days", type=int, help="没提交的对话静默几天后删除，默认 JIEFEN_DRAFT_DAYS")
    command.add_argument("--dry-run", action="store_true", help="只数，不删")
    command.set_defaults(run=admin.retention)


def _serve(_args: argparse.Namespace) -> int:
    from backend.main import main as serve

    serve()
    return 0


if __name__ == "__main__":
    main()
