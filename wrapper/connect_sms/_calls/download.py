"""Downloads the files of a log export, within limits of size and time."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from connect_sms._api.retry_after import retry_after
from connect_sms._transport.effects import Download, Flow, Request, RunBlocking, Sleep, TransportFailure
from connect_sms._validation.hosts import is_loopback
from connect_sms.config import USER_AGENT
from connect_sms.errors.base import ConnectSmsError
from connect_sms.errors.calls import (
    ApiError,
    BadRequest,
    Gone,
    InvalidResponse,
    NoResponse,
    NotFound,
    PermissionDenied,
    ServerError,
)
from connect_sms.errors.results import ExportFailed
from connect_sms.models.private import PrivateList, private

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connect_sms._api.context import ClientContext
    from connect_sms._transport.files import PartFile
    from connect_sms.clock import Clock
    from connect_sms.models.log_exports import LogExport
    from connect_sms.models.responses import RawResponse


_REFUSED: Final[Mapping[int, type[ApiError]]] = {
    401: PermissionDenied,
    403: PermissionDenied,
    404: NotFound,
    410: Gone,
}

_HTTPS: Final = 443
_is_plain_link = re.compile(r"[!-\[\]-~]+").fullmatch

_SERVER_ERRORS: Final = 500

#: The status of a log without a message, which needs no file.
_EMPTY: Final = "empty"

_HEADERS: Final = (
    (b"accept", b"text/csv, */*"),
    (b"accept-encoding", b"gzip, deflate"),
    (b"user-agent", USER_AGENT.encode("ascii")),
)

#: Bytes from the beginning of a file that tell what it is.
_TELLING_BYTES: Final = 512

#: What ends a line in UTF-16, by the byte order mark.
_LINE_ENDS: Final = {b"\xff\xfe": b"\n\0", b"\xfe\xff": b"\0\n"}

OUT_OF_TIME: Final = "there was no time left"

#: Bytes to buffer before a write: handing a write to a thread costs more than the bytes themselves.
_FLUSH_BYTES: Final = 262_144


def fetch(
    context: ClientContext, export: LogExport, file: PartFile, *, deadline: float, max_bytes: int
) -> Flow[None]:
    """Download an export's links into a file, one after the other.

    Args:
        context: The client's context.
        export: An export that is ready.
        file: An open file.
        deadline: A time of the clock.
        max_bytes: The maximum size of the file.

    Raises:
        ExportFailed: There is no link or it is not followed, the log is too large, or the time is up.
        ApiError: A link was refused.
        NetworkError: No attempt got a usable answer.
        OSError: The file cannot be written.
    """
    if not export.links and export.status != _EMPTY:
        raise ExportFailed("8x8 says that the log is ready, and gives no link to it", export=export)
    clock = context.settings.clock
    for link in [private(_check_link(link, export)) for link in export.links]:
        yield from _fetch(context, link, export, BoundedSink(file, clock, deadline, max_bytes))


def _fetch(context: ClientContext, link: str, export: LogExport, sink: BoundedSink) -> Flow[None]:
    """Append the content of a link to the file.

    The key is not sent along: the link may lead to another company's host. 8x8 does not say whether a link to
    its own host wants it: when that answers 401 or 403, it is sent, in a single request.
    """
    settings = context.settings
    request = Request("GET", link, list(_HEADERS), b"", settings.timeout)
    retries, clock, tries, with_key = settings.retries, settings.clock, 0, False
    while True:
        tries += 1
        yield RunBlocking(sink.restart)
        left = max(sink.deadline - clock.monotonic(), 0.0)
        reply = yield Download(request.within(left), sink)
        problem: Exception | None = _wrong_with(reply, sink)
        if isinstance(problem, NoResponse) and clock.monotonic() >= sink.deadline:
            sink.problem = sink.problem or OUT_OF_TIME
        if problem is None:
            yield RunBlocking(sink.end)
        if isinstance(sink.problem, str):
            raise ExportFailed(f"the log was not fetched: {sink.problem}", export=export, transient=True)
        problem = sink.problem or problem
        if problem is None:
            return
        if with_key or not isinstance(problem, ConnectSmsError):
            raise problem
        if isinstance(problem, PermissionDenied) and _is_of(context, link):
            with_key = True
            headers = PrivateList([*_HEADERS, *_key_of(context, link)])
            request = Request("GET", link, headers, b"", settings.timeout)
            continue
        asked = None if isinstance(reply, TransportFailure) else retry_after(settings, reply)
        delay = retries.delay(tries, clock.jitter()) if asked is None else asked
        if not problem.transient or tries >= retries.tries or clock.monotonic() + delay > sink.deadline:
            raise problem
        yield Sleep(delay)


def _is_of(context: ClientContext, link: str) -> bool:
    """True when a link leads, over https, to the very host and port that the client is configured for."""
    ours, theirs = urlsplit(context.provider.base_url), urlsplit(link)
    return (
        _is_plain_link(link) is not None
        and ours.scheme == theirs.scheme == "https"
        and ours.hostname == theirs.hostname
        and (ours.port or _HTTPS) == (theirs.port or _HTTPS)
    )


def _key_of(context: ClientContext, link: str) -> list[tuple[bytes, bytes]]:
    headers = context.provider.headers("GET", link, b"")
    return PrivateList((name, value) for name, value in headers if name.lower() == b"authorization")


def _wrong_with(reply: RawResponse | TransportFailure, sink: BoundedSink) -> ConnectSmsError | None:
    if isinstance(reply, TransportFailure):
        return NoResponse(f"the log could not be fetched ({reply.reason})", reason=reply.reason)
    if reply.status == HTTPStatus.OK:
        if sink.strange is None:
            return None
        return InvalidResponse(reason=f"{sink.strange} in place of the log", response=reply)
    if reply.status >= _SERVER_ERRORS or reply.status == HTTPStatus.TOO_MANY_REQUESTS:
        return ServerError(status=reply.status, response=reply)
    if reply.status >= HTTPStatus.BAD_REQUEST:
        return _REFUSED.get(reply.status, BadRequest)(status=reply.status, response=reply)
    reason = "a redirect, which is not followed" if reply.status >= HTTPStatus.MULTIPLE_CHOICES else "no file"
    return InvalidResponse(reason=reason, response=reply)


class BoundedSink:
    """Receives the body of one link, within limits.

    Attributes:
        deadline: A time of the clock after which no more data is accepted.
        problem: Why no more is accepted: the limit that was exceeded, or the error from the disk.
    """

    def __init__(self, file: PartFile, clock: Clock, deadline: float, max_bytes: int) -> None:
        self.deadline = deadline
        self.problem: str | OSError | None = None
        self._file, self._clock, self._max_bytes = file, clock, max_bytes
        self._start = file.size
        self._kept = bytearray()
        self._head = b""

    def restart(self) -> None:
        """Discard the data of a failed attempt. Blocks."""
        self._kept.clear()
        self._head = b""
        self._file.cut(self._start)

    def take(self, piece: bytes) -> bool:
        """Buffer a piece in memory. False when no more are wanted."""
        if self.problem is not None:
            return False
        if self._file.size + len(self._kept) + len(piece) > self._max_bytes:
            self.problem = f"it is larger than max_bytes ({self._max_bytes:,})"
        elif self._clock.monotonic() > self.deadline:
            self.problem = OUT_OF_TIME
        else:
            self._kept += piece
            self._head += piece[: _TELLING_BYTES - len(self._head)]
        return self.problem is None

    @property
    def strange(self) -> str | None:
        """What came, when that is certainly no CSV."""
        text = self._head.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")
        if text.startswith(b"<"):
            return "a page of HTML or XML"
        if text.startswith((b"{", b"[")):
            return "JSON"
        if text.startswith(b"PK\x03\x04"):
            return "a zip archive"
        binary = b"\0" in self._head and self._head[:2] not in _LINE_ENDS
        return "binary data" if binary else None

    @property
    def is_full(self) -> bool:
        """True when the buffer should be written."""
        return len(self._kept) >= _FLUSH_BYTES

    def flush(self) -> None:
        """Write the buffer. Blocks. A full disk is noted in `problem`: the connection is not at fault."""
        try:
            self._file.write(bytes(self._kept))
        except OSError as problem:
            self.problem = problem
        self._kept.clear()

    def end(self) -> None:
        """Write the rest, and start a new line for the next link's rows. Blocks."""
        self.flush()
        if self.problem is None and self._file.size > self._start:
            self._file.end_line(_LINE_ENDS.get(self._head[:2], b"\n"))


def _check_link(link: str, export: LogExport) -> str:
    """Check a link: https, or http on this machine.

    Raises:
        ExportFailed: It is neither.
    """
    try:
        parts = urlsplit(link)
        host, _ = parts.hostname or "", parts.port
        safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
        sound = bool(host) and "@" not in parts.netloc
    except ValueError:
        safe = sound = False
    if not (safe and sound):
        raise ExportFailed("the link to the log is not one over https, and is not followed", export=export)
    return link
