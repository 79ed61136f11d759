"""Signed conversation tokens: whoever holds one may read and continue one conversation.

HMAC-SHA256 from the standard library, twenty lines, no further dependency: a token names the conversation and when it was
issued, nothing else. How long it is valid is *not* in it – the expiry slides with use, so it is kept with the conversation.
The signing key is derived from JIEFEN_SECRET_KEY with a label, so that no other signature made with that secret fits here.
"""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64encode
from hashlib import sha256

from common.errors import Unauthorized

_LABEL = b"jiefen conversation token v1"
_SHAPE = re.compile(r"v1\.([0-9a-f]{32})\.([0-9]{1,12})\.([A-Za-z0-9_-]{43})", re.ASCII)
_REFUSED = "对话凭证无效，请重新打开页面开始对话。"


class TokenSigner:
    """Makes and checks tokens.

    Args:
        secret: JIEFEN_SECRET_KEY.
    """

    def __init__(self, secret: str) -> None:
        self._key = hmac.digest(secret.encode(), _LABEL, "sha256")

    def issue(self, conversation_id: str, issued_at: int) -> str:
        """A token for the conversation; ``issued_at`` in seconds since 1970 makes two tokens of one conversation differ."""
        payload = f"v1.{conversation_id}.{issued_at}"
        return f"{payload}.{self._sign(payload)}"

    def verify(self, token: str) -> str:
        """The conversation id of a genuine token.

        Raises:
            Unauthorized: malformed, or signed with another key. Both read the same to the caller.
        """
        match = _SHAPE.fullmatch(token)
        if match is None:
            raise self.refusal()
        payload, _, signature = token.rpartition(".")
        if not hmac.compare_digest(signature.encode("ascii"), self._sign(payload).encode("ascii")):
            raise self.refusal()
        return match.group(1)

    @staticmethod
    def issued_at(token: str) -> int:
        """When a genuine token was issued, in seconds since 1970."""
        return int(token.split(".")[2])

    @staticmethod
    def refusal() -> Unauthorized:
        """What every refused token is told, whatever is wrong with it."""
        return Unauthorized(_REFUSED)

    def _sign(self, payload: str) -> str:
        digest = hmac.new(self._key, payload.encode("ascii"), sha256).digest()
        return urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
