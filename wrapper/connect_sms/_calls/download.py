"""Downloads the files of a log export, within limits of size and time."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from connect_sms._transport.effects import Download, Flow, Request, RunBlocking, Sleep, TransportFailure
from connect_sms._validation.hosts import is_loopback
from connect_sms.config import USER_AGENT
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
from connect_sms.models.private import private

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connect_sms._api.context import ClientContext
    from connect_sms._transport.files import PartFile
    from connect_sms.clock import Clock
    from connect_sms.errors.base import ConnectSmsError
    from connect_sms.models.log_exports import LogExport
    from connect_sms.models.responses import RawResponse


_REFUSED: Final[Mapping[int, type[ApiError]]] = {403: PermissionDenied, 404: NotFound, 410: Gone}

_SERVER_ERRORS: Final = 500

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
        ExportFailed: A link is not followed, the log is too large, or the time is up.
        ApiError: A link was refused.
        NetworkError: No attempt got a usable answer.
        OSError: The file cannot be written.
    """
    clock = context.settings.clock
    for link in [private(_check_link(link, export)) for link in export.links]:
        yield from _fetch(context, link, export, BoundedSink(file, clock, deadline, max_bytes))


def _fetch(context: ClientContext, link: str, export: LogExport, sink: BoundedSink) -> Flow[None]:
    """Append the content of a link to the file.

    The key is not sent along: the link needs none, and may lead to another company's host.
    """
    settings = context.settings
    headers = [
        (b"accept", b"text/csv, */*"),
        (b"accept-encoding", b"gzip, deflate"),
        (b"user-agent", USER_AGENT.encode("ascii")),
    ]
    request = Request("GET", link, headers, b"", settings.timeout)
    retries, clock, tries = settings.retries, settings.clock, 0
    while True:
        tries += 1
        yield RunBlocking(sink.restart)
        left = max(sink.deadline - clock.monotonic(), 0.0)
        reply = yield Download(request.within(left), sink)
        problem = _wrong_with(reply)
        if isinstance(problem, NoResponse) and clock.monotonic() >= sink.deadline:
            sink.problem = sink.problem or OUT_OF_TIME
        if problem is None:
            yield RunBlocking(sink.end)
        if isinstance(sink.problem, str):
            raise ExportFailed(f"the log was not fetched: {sink.problem}", export=export, transient=True)
        if sink.problem is not None:
            raise sink.problem
        if problem is None:
            return
        delay = retries.delay(tries, clock.jitter())
        if not problem.transient or tries >= retries.tries or clock.monotonic() + delay > sink.deadline:
            raise problem
        yield Sleep(delay)


def _wrong_with(reply: RawResponse | TransportFailure) -> ConnectSmsError | None:
    if isinstance(reply, TransportFailure):
        return NoResponse(f"the log could not be fetched ({reply.reason})", reason=reply.reason)
    if reply.status == HTTPStatus.OK:
        return None
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

    def restart(self) -> None:
        """Discard the data of a failed attempt. Blocks."""
        self._kept.clear()
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
        return self.problem is None

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
            self._file.end_line()


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
