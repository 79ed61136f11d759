"""``jiefen export | import``: cases out to CSV or JSON lines (without identity unless asked), cases in from JSON lines."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import json
import sys
from argparse import Namespace
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from pydantic import ValidationError

from backend.commands.admin import open_database
from backend.config import Config
from backend.db.base import utc_now
from backend.domain.calendar import WorkCalendar
from backend.services.audit import AuditService
from backend.services.case_list import CaseFilter, CaseListService
from backend.services.cases import CaseService
from backend.services.filing import CaseFiling
from backend.services.organisations import sync_knowledge
from common.errors import JiefenError


def export(args: Namespace) -> int:
    """Write all cases, oldest first. With ``--identity`` names, phones and narratives go along, and the audit log says so."""
    import knowledge

    async def run() -> int:
        async with open_database() as (_, sessions, reads):
            if args.identity:
                await AuditService(sessions, reads, utc_now).log(None, "export_identity", details={"format": args.format})
            rows = CaseListService(reads, knowledge.load(), utc_now).export(CaseFilter(), identity=args.identity)
            with _target(args.output) as file:
                return await (_csv if args.format == "csv" else _jsonl)(rows, file)

    count = asyncio.run(run())
    print(f"导出 {count} 个案件" + ("（含姓名、电话和陈述，请妥善保管）" if args.identity else "（不含姓名、电话和陈述）"), file=sys.stderr)
    return 0


def import_cases(args: Namespace) -> int:
    """File every line (body of ``POST /api/v1/cases``); repeated lines are filed once. Bad lines are named and left out."""
    import knowledge

    async def run() -> tuple[int, int, int]:
        config = Config.from_env()
        loaded = knowledge.load()
        new = known = bad = 0
        async with open_database() as (_, sessions, reads):
            await sync_knowledge(sessions, loaded, utc_now())
            calendar = WorkCalendar(config.holidays, config.extra_workdays)
            cases = CaseService(sessions, reads, loaded, utc_now, prefix=config.case_prefix, calendar=calendar)
            with args.input.open("rb") as source:
                for number, line in enumerate(source, start=1):
                    try:
                        filed = await cases.file(CaseFiling.model_validate_json(line), f"import-{hashlib.sha256(line.strip()).hexdigest()}")
                    except (ValidationError, JiefenError) as problem:
                        where = problem.errors(include_input=False)[0]["loc"] if isinstance(problem, ValidationError) else problem.detail
                        print(f"第 {number} 行没有导入：{where}", file=sys.stderr)
                        bad += 1
                        continue
                    new, known = new + filed.created, known + (not filed.created)
        return new, known, bad

    new, known, bad = asyncio.run(run())
    print(f"导入 {new} 个案件，{known} 个以前导入过，{bad} 行有误", file=sys.stderr)
    return 1 if bad else 0


@contextmanager
def _target(path: Path | None) -> Iterator[IO[str]]:
    """A private file (exports are personal even without names), or standard output."""
    if path is None:
        yield sys.stdout
        return
    path.touch(mode=0o600)
    with path.open("w", encoding="utf-8", newline="") as file:
        yield file


async def _jsonl(rows: AsyncIterator[dict[str, Any]], file: IO[str]) -> int:
    count = 0
    async for row in rows:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")
        count += 1
    return count


async def _csv(rows: AsyncIterator[dict[str, Any]], file: IO[str]) -> int:
    """Spreadsheet programs execute cells that begin with = + - @: such cells get an apostrophe before them."""
    count = 0
    writer: csv.DictWriter[str] | None = None
    async for row in rows:
        if writer is None:
            file.write("\ufeff")  # so that Excel reads UTF-8
            writer = csv.DictWriter(file, list(row))
            writer.writeheader()
        writer.writerow({name: _cell(value) for name, value in row.items()})
        count += 1
    return count


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return ";".join(str(item) for item in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" and value else value
