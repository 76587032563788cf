"""The flows behind `start_log_export`, `log_export` and `export_log`: 8x8's log of a span, as a file."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final
from urllib.parse import urlsplit

import attrs

from connect_sms_api.models import LogExportRequest

from ._effects import Ask, Download, Fault, Flow, Request, Sleep
from ._flow import call
from ._operations import GET_LOG_EXPORT, START_LOG_EXPORT
from ._sockets import is_loopback
from .addresses import check_country, check_path_segment
from .config import USER_AGENT
from .errors import (
    ApiError,
    BadRequest,
    ConnectSmsError,
    ExportFailed,
    Gone,
    InvalidArgument,
    NoAnswer,
    NotFound,
    PermissionDenied,
    ServerError,
    UnreadableAnswer,
)
from .messages import LogExport, LogFile, log_export_from, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ._core import Core
    from ._verdict import Done
    from .config import Timeout
    from .messages import RawResponse

#: Seconds between two looks at a job: the first, how it grows, and the most. 8x8 says that long spans take
#: long, and nothing of how often to ask.
_FIRST_PAUSE: Final = 1.0
_PAUSE_GROWTH: Final = 1.5
_LONGEST_PAUSE: Final = 15.0

_LONGEST_WAIT: Final = 86_400.0

_REFUSED: Final[Mapping[int, type[ApiError]]] = {403: PermissionDenied, 404: NotFound, 410: Gone}

_SERVER_ERRORS: Final = 500


def start_log_export(
    core: Core,
    *,
    since: datetime,
    until: datetime | None = None,
    countries: Iterable[str] | None = None,
    limit: int = 0,
    timeout: Timeout | float | None = None,
) -> Flow[LogExport]:
    """Order a log."""
    settings = core.settings
    start, end = _span(since, until, settings.clock.now())
    body = LogExportRequest(from_=start, to=end, limit=_check_whole(limit, "limit", least=0))
    if countries is not None:
        body.countries = _check_countries(countries)
    done = yield from call(core, START_LOG_EXPORT(settings.sub_account_id, body=body), timeout=timeout)
    return LogExport(job_id=plain(done.value.job_id) or "", status="queued", response=done.response)


def log_export(
    core: Core, job_id: str, *, timeout: Timeout | float | None = None, deadline: float | None = None
) -> Flow[LogExport]:
    """Ask how far a log has come."""
    what = GET_LOG_EXPORT(core.settings.sub_account_id, check_path_segment(job_id, argument="job_id"))
    done: Done[Any] = yield from call(core, what, timeout=timeout, deadline=deadline)
    return log_export_from(done.value, job_id=job_id, response=done.response)


def export_log(
    core: Core,
    to: str | os.PathLike[str],
    *,
    since: datetime,
    until: datetime | None = None,
    countries: Iterable[str] | None = None,
    limit: int = 0,
    timeout: float = 600.0,
    max_bytes: int = 2_000_000_000,
) -> Flow[LogFile]:
    """Order a log, wait for it, and fetch it."""
    clock = core.settings.clock
    if isinstance(timeout, bool) or not isinstance(timeout, int | float) or not 0 < timeout <= _LONGEST_WAIT:
        msg = "timeout must be a number of seconds above 0, and at most a day"
        raise InvalidArgument(msg, argument="timeout")
    most = _check_whole(max_bytes, "max_bytes", least=1)
    path = Path(to)
    deadline = clock.monotonic() + timeout
    # Made before anything is ordered, for the wait may be long and the folder wrong. Beside the target, so
    # that it appears there whole or not at all; for its owner alone, since a log names people where the
    # account is cleared for that.
    unfinished = path.with_name(path.name + ".part")
    try:
        file: BinaryIO = yield Ask(partial(_create, unfinished))
        with file:
            ordered = yield from start_log_export(
                core, since=since, until=until, countries=countries, limit=limit, timeout=None
            )
            found = yield from _wait(core, ordered.job_id, deadline, timeout)
            for link in [_check_link(link, found) for link in found.links]:
                yield from _fetch(core, link, found, _Sink(file, core, deadline, most))
        yield Ask(partial(os.replace, unfinished, path))
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return LogFile(path=path, size=path.stat().st_size, export=found)


def _wait(core: Core, job_id: str, deadline: float, timeout: float) -> Flow[LogExport]:
    clock, pause = core.settings.clock, _FIRST_PAUSE
    last, why = "queued", ""
    while True:
        try:
            found = yield from log_export(core, job_id, deadline=deadline)
        except ConnectSmsError as failed:
            if not failed.transient:
                raise
            why = f"; the last look failed: {type(failed).__name__}"
        else:
            if found.is_ready:
                return found
            if found.has_failed:
                raise ExportFailed(f"8x8 could not write the log: {found.status}", export=found)
            last, why = found.status, ""
        if clock.monotonic() + pause > deadline:
            raise ExportFailed(
                f"the log was not ready within {timeout:g} s (last seen: {last}{why}). It is still being "
                "written; ask again with its job_id",
                export=LogExport(job_id=job_id, status=last, response=None),
                transient=True,
            )
        yield Sleep(pause)
        pause = min(pause * _PAUSE_GROWTH, _LONGEST_PAUSE)


def _fetch(core: Core, link: str, export: LogExport, sink: _Sink) -> Flow[None]:
    """Append what is behind a link to the file.

    The key is not sent along: the link is its own permission, and may lead to somebody else's host.
    """
    settings = core.settings
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


def _wrong_with(reply: RawResponse | Fault) -> ConnectSmsError | None:
    if isinstance(reply, Fault):
        return NoAnswer(f"the log could not be fetched ({reply.reason})", reason=reply.reason)
    if reply.status == HTTPStatus.OK:
        return None
    if reply.status >= _SERVER_ERRORS or reply.status == HTTPStatus.TOO_MANY_REQUESTS:
        return ServerError(status=reply.status, response=reply)
    if reply.status >= HTTPStatus.BAD_REQUEST:
        return _REFUSED.get(reply.status, BadRequest)(status=reply.status, response=reply)
    reason = "a redirect, which is not followed" if reply.status >= HTTPStatus.MULTIPLE_CHOICES else "no file"
    return UnreadableAnswer(reason=reason, response=reply)


@attrs.define
class _Sink:
    """Takes the body of one link, within bounds.

    Attributes:
        file: Where to.
        core: Whose clock runs.
        deadline: Of that clock.
        most: Bytes that the file may have in all.
        start: Where this link's share of the file begins.
        problem: Why no more was taken: words for what the caller bounded, or what the disk said.
    """

    file: BinaryIO = attrs.field(repr=False)
    core: Core = attrs.field(repr=False)
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
        elif self.core.settings.clock.monotonic() > self.deadline:
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


def _span(since: object, until: object, now: datetime) -> tuple[datetime, datetime]:
    """Both ends in UTC and whole seconds, as 8x8 documents them; outwards, so that nothing falls out."""
    start = _check_moment(since, "since").replace(microsecond=0)
    end = now.astimezone(UTC) if until is None else _check_moment(until, "until")
    if end.microsecond:
        end = end.replace(microsecond=0) + timedelta(seconds=1)
    if start >= end:
        raise InvalidArgument("since must lie before until", argument="since")
    return start, end


def _check_moment(value: object, argument: str) -> datetime:
    if not isinstance(value, datetime) or value.utcoffset() is None:
        msg = f"{argument} must be a datetime with an offset from UTC, such as datetime.now(UTC)"
        raise InvalidArgument(msg, argument=argument)
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise InvalidArgument(f"{argument} is at the edge of the calendar", argument=argument) from None


def _check_countries(countries: object) -> list[str]:
    if isinstance(countries, str):
        countries = [countries]
    try:
        return [check_country(country) for country in countries]  # type: ignore[attr-defined]
    except TypeError:
        msg = "countries must be two-letter codes, such as ['GB', 'US']"
        raise InvalidArgument(msg, argument="countries") from None


def _check_whole(value: object, argument: str, *, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise InvalidArgument(f"{argument} must be a whole number from {least} upwards", argument=argument)
    return value
