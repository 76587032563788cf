"""Fetches the files of a log export, within bounds of size and time."""

from __future__ import annotations

import os
from http import HTTPStatus
from typing import TYPE_CHECKING, BinaryIO, Final
from urllib.parse import urlsplit

import attrs

from connect_sms._transport.effects import Download, Flow, Request, Sleep, TransportFailure
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

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from connect_sms._transport.context import ClientContext
    from connect_sms.models.log_exports import LogExport
    from connect_sms.models.responses import RawResponse


_REFUSED: Final[Mapping[int, type[ApiError]]] = {403: PermissionDenied, 404: NotFound, 410: Gone}

_SERVER_ERRORS: Final = 500


def _fetch(context: ClientContext, link: str, export: LogExport, sink: _Sink) -> Flow[None]:
    """Append what is behind a link to the file.

    The key is not sent along: the link is its own permission, and may lead to somebody else's host.
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
        sink.rewind()
        left = max(sink.deadline - clock.monotonic(), 0.0)
        reply = yield Download(attrs.evolve(request, timeout=settings.timeout.within(left)), sink.take)
        problem = sink.problem or _wrong_with(reply)
        if isinstance(problem, str):
            raise ExportFailed(f"the log was not fetched: {problem}", export=export, transient=True)
        if problem is None:
            sink.end_line()
            return
        delay = retries.delay(tries, clock.jitter())
        transient = isinstance(problem, ConnectSmsError) and problem.transient
        if not transient or tries >= retries.tries or clock.monotonic() + delay > sink.deadline:
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


@attrs.define
class _Sink:
    """Takes the body of one link, within bounds.

    Attributes:
        file: Where to.
        context: Whose clock runs.
        deadline: Of that clock.
        most: Bytes that the file may have in all.
        start: Where this link's share of the file begins.
        problem: Why no more was taken: words for what the caller bounded, or what the disk said.
    """

    file: BinaryIO = attrs.field(repr=False)
    context: ClientContext = attrs.field(repr=False)
    deadline: float
    most: int
    start: int = attrs.field(init=False)
    problem: str | OSError | None = None

    def __attrs_post_init__(self) -> None:
        self.start = self.file.tell()

    def rewind(self) -> None:
        """Begin again: a try that broke off leaves nothing behind."""
        self.file.seek(self.start)
        self.file.truncate()

    def take(self, chunk: bytes) -> bool:
        """Take a piece; False when no further one is wanted."""
        if self.file.tell() + len(chunk) > self.most:
            self.problem = f"it is larger than max_bytes ({self.most:,})"
        elif self.context.settings.clock.monotonic() > self.deadline:
            self.problem = "there was no time left"
        else:
            try:
                self.file.write(chunk)
            except OSError as fault:
                self.problem = fault
        return self.problem is None

    def end_line(self) -> None:
        """Let the next link's rows begin on a line of their own."""
        end = self.file.tell()
        if end > self.start:
            self.file.seek(end - 1)
            if self.file.read(1) != b"\n":
                self.file.write(b"\n")


def _create(path: Path) -> BinaryIO:
    def private(name: str, flags: int) -> int:
        return os.open(name, flags, 0o600)

    return open(path, "w+b", opener=private)


def _check_link(link: str, export: LogExport) -> str:
    """A link to a file: over TLS, or on this machine.

    Raises:
        ExportFailed: Anything else; what 8x8 answered is not to be fetched.
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
