"""A response of the sandbox, and the errors in the documented shape."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from email.utils import formatdate
from typing import Final, Literal

from connect_sms.sandbox.json import dumps
from connect_sms.sandbox.timestamps import format_timestamp

JSON: Final = "application/json; charset=utf-8"
HTML: Final = "text/html; charset=utf-8"

CODES: Final = {
    400: 1000,
    401: 1200,
    403: 1201,
    404: 1300,
    410: 2002,
    422: 1000,
    426: 1014,
    429: 429,
}
"""The usual API code of a status."""

INTERNAL: Final = 2000


@dataclass(slots=True)
class Response:
    """A response, and how it is sent.

    Attributes:
        status: HTTP status.
        body: The whole body.
        headers: Further headers.
        content_type: Media type of the body.
        hold: Real seconds to wait first.
        ending: How it ends: ``whole``; ``none``: nothing is sent; ``part``: only half of the body is sent.
            After the latter two the connection is closed, or reset if ``reset``.
        reset: Whether the connection is reset (RST) at the end.
        declared: The Content-Length to declare when it differs from the body's.
        refused: Whether the response represents a refused connection.
    """

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = JSON
    hold: float = 0.0
    ending: Literal["whole", "none", "part"] = "whole"
    reset: bool = False
    declared: int | None = None
    refused: bool = False

    @property
    def is_ordinary(self) -> bool:
        """Whether any HTTP server can send it."""
        return self.ending == "whole" and self.declared is None

    @property
    def length(self) -> int:
        """The Content-Length to declare."""
        return len(self.body) if self.declared is None else max(self.declared, 0)

    @property
    def named_headers(self) -> list[tuple[str, str]]:
        """Every header, with type and length of the body."""
        return [("content-type", self.content_type), ("content-length", str(self.length)), *self.headers]


def error_response(
    status: int, code: int | None, message: str, now: float, *, headers: tuple[tuple[str, str], ...] = ()
) -> Response:
    """An error in the documented shape; without a code it is that of a server in front of the API."""
    identifier = uuid.uuid4()
    body = {
        "code": code,
        "message": message,
        "errorId": str(identifier),
        "timestamp": format_timestamp(now, (7, 2, 0)[identifier.int % 3]),
    }
    return Response(status, dumps(body), headers)


def rate_limited(seconds: float, now: float, *, form: str = "seconds") -> Response:
    """A 429 that gives the wait in seconds, as a date, or not at all."""
    wait = f"{seconds:g}"
    headers: tuple[tuple[str, str], ...] = ()
    if form == "seconds":
        headers = (("Retry-After", wait),)
    elif form == "date":
        # Compared with the caller's clock, not the sandbox's.
        headers = (("Retry-After", formatdate(time.time() + seconds, usegmt=True)),)
    return error_response(429, 429, f"Over the rate limit; try again in {wait} s", now, headers=headers)
