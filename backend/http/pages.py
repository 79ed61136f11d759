"""The built web pages: the resident's chat at ``/``, the staff's console at ``/console/``."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from backend.http.keys import CONFIG
from common.errors import NotFound

_MISSING = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>解纷</title>
<p>网页还没有构建。请在项目目录运行 make run。遇到危险请马上打 110。</p></html>"""
_YEAR = "public, max-age=31536000, immutable"  # names of built assets hold a hash of their content
_FRESH = "no-cache"


async def chat(request: web.Request) -> web.StreamResponse:
    return _file(request.app[CONFIG].web_dir / "chat", request.match_info.get("path", ""))


async def console(request: web.Request) -> web.StreamResponse:
    return _file(request.app[CONFIG].web_dir / "console", request.match_info.get("path", ""))


async def console_root(_request: web.Request) -> web.StreamResponse:
    raise web.HTTPPermanentRedirect("/console/")


def setup(app: web.Application) -> None:
    """After every other route: the chat's catch-all comes last and never swallows ``/api``."""
    app.router.add_get("/console", console_root)
    app.router.add_get("/console/{path:.*}", console)
    app.router.add_get("/{path:(?!api/|channels/|healthz$|readyz$|metrics$).*}", chat)


def _file(folder: Path, path: str) -> web.StreamResponse:
    """A file of the build; a page's own address (no dot in its last part) gets the page, so that reloading it works.

    Raises:
        NotFound: no such file, or a path that leads out of the folder.
    """
    root = folder.resolve()
    wanted = (root / path).resolve() if "\x00" not in path else root
    if not wanted.is_relative_to(root) or any(part.startswith(".") for part in wanted.relative_to(root).parts):
        raise NotFound()
    if wanted.is_file() and wanted != root / "index.html":
        hashed = wanted.is_relative_to(root / "assets")
        return web.FileResponse(wanted, headers={"Cache-Control": _YEAR if hashed else _FRESH})
    if "." in path.rsplit("/", 1)[-1] and path != "index.html":
        raise NotFound()
    index = root / "index.html"
    if not index.is_file():
        return web.Response(text=_MISSING, status=503, content_type="text/html")
    return web.FileResponse(index, headers={"Cache-Control": _FRESH})
