"""Asks a receiver as an ASGI or a WSGI server would, without a connection."""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import attrs

from tests.support.receipt_process import SECRET

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from connect_sms.receipts import Receiver, WsgiReceiver

Headers: TypeAlias = "Mapping[str, str] | Sequence[tuple[str, str]]"

NOTHING: Final[Mapping[str, Any]] = {}
HEADERS: Final = {"authorization": SECRET, "content-type": "application/json"}


@attrs.define
class Answer:
    """What the receiver answered; the status is 0 when it answered nothing."""

    status: int = 0
    headers: dict[str, str] = attrs.field(factory=dict[str, str])
    body: bytes = b""

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.body += message["body"]


async def request(
    app: Receiver,
    body: bytes | Sequence[bytes] = b"",
    headers: Headers = HEADERS,
    *,
    method: str = "POST",
    path: str = "/",
    stalls: bool = False,
    leaves: bool = False,
    **scope: Any,
) -> Answer:
    """Send a request, its body in one piece or several; it may stall, or the sender leave, before the end."""
    parts = [body] if isinstance(body, bytes) else body
    queue = iter(
        [
            {"type": "http.request", "body": part, "more_body": stalls or leaves or place < len(parts) - 1}
            for place, part in enumerate(parts)
        ]
    )

    async def receive() -> dict[str, Any]:
        message = next(queue, None)
        if message is None and not leaves:
            await asyncio.Event().wait()
        return message or {"type": "http.disconnect"}

    answer = Answer()
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in _lines(headers)]
    known = {"type": "http", "method": method, "path": path, "headers": raw, "client": ("127.0.0.1", 1)}
    await app({**known, **scope}, receive, answer.send)
    return answer


def wsgi_request(
    app: WsgiReceiver,
    body: bytes = b"",
    headers: Headers = HEADERS,
    *,
    method: str = "POST",
    path: str = "/",
    environ: Mapping[str, Any] = NOTHING,
) -> Answer:
    """Send a request; lines of one header are joined, as servers do. `environ` overrides what it would be."""
    known: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    for name, value in _lines(headers):
        key = name.upper().replace("-", "_")
        key = key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
        known[key] = f"{known[key]},{value}" if key.startswith("HTTP_") and key in known else value
    answer = Answer()

    def start_response(status: str, lines: list[tuple[str, str]]) -> None:
        answer.status = int(status.split(maxsplit=1)[0])
        answer.headers = dict(lines)

    answer.body = b"".join(app({**known, **environ}, start_response))
    return answer


def _lines(headers: Headers) -> list[tuple[str, str]]:
    return list(headers if isinstance(headers, list | tuple) else dict(headers).items())


async def until(condition: Callable[[], object]) -> None:
    """Wait until a counter or list, which can tell nobody, is as it should be."""
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110  nothing to await
            await asyncio.sleep(0.001)
