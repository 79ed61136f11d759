"""Headers that every answer carries, and who is calling."""

from __future__ import annotations

from aiohttp import web

from backend.http.keys import CONFIG

# Built pages load scripts and styles from files of their own origin only; nothing inline. (Element Plus positions its pop-ups through
# the style object of elements, which the policy allows.) blob: shows a chosen photo before upload.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; media-src 'self' blob:; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
API_POLICY = "default-src 'none'; frame-ancestors 'none'"


async def add_security_headers(request: web.Request, response: web.StreamResponse) -> None:
    """``on_response_prepare`` hook, so that errors and files have them too. There are no CORS headers: same origin only."""
    headers = response.headers
    if response.status != 304:  # a 304 has no type of its own, and its headers replace those of the page in the browser's cache
        page = response.content_type == "text/html"
        headers.setdefault("Content-Security-Policy", PAGE_POLICY if page else API_POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Permissions-Policy", "camera=(self), microphone=(self), geolocation=()")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.path.startswith("/api/"):
        headers.setdefault("Cache-Control", "no-store")
    if request.app[CONFIG].secure_cookies:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    headers.popall("Server", None)


def caller_address(request: web.Request) -> str:
    """Address of the caller, for rate limits. Behind our own proxy it is the last entry that the proxy appended."""
    if request.app[CONFIG].trust_proxy:
        forwarded = request.headers.get("X-Forwarded-For", "")
        if forwarded:
            return forwarded.rsplit(",", 1)[-1].strip()
    return request.remote or "unknown"
