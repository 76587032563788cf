"""The flows behind `create_log_export`, `get_log_export` and `download_log`: 8x8's message log."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from connect_sms._api.bodies import log_export_body
from connect_sms._api.decode_log_export import log_export_from
from connect_sms._api.identity import ANOTHER, is_about_another
from connect_sms._api.operations import GET_LOG_EXPORT, START_LOG_EXPORT
from connect_sms._api.request import call
from connect_sms._transport.effects import Flow, RunBlocking, Sleep
from connect_sms._transport.files import PartFile
from connect_sms._validation.fields import check_country, check_path_segment
from connect_sms._validation.phone_numbers import check_destination
from connect_sms._validation.schedule import check_moment
from connect_sms.errors.base import ConnectSmsError, InvalidArgument
from connect_sms.errors.calls import InvalidResponse
from connect_sms.errors.results import ExportFailed
from connect_sms.models.log_exports import LogExport, LogFile
from connect_sms.models.private import PrivateTuple
from connect_sms.models.readers import as_str

from .download import fetch

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from connect_sms._api.context import ClientContext
    from connect_sms._api.operation import Success
    from connect_sms.config import Timeout

#: Seconds between two status requests for a job: the first, the growth, and the maximum. 8x8 documents
#: that long spans take long, and no limit on these requests.
_FIRST_PAUSE: Final = 1.0
_PAUSE_GROWTH: Final = 1.5
_LONGEST_PAUSE: Final = 15.0

_LONGEST_WAIT: Final = 86_400.0


def create_log_export(
    context: ClientContext,
    *,
    since: datetime,
    until: datetime | None = None,
    countries: Iterable[str] | None = None,
    phone_number: str | None = None,
    limit: int = 0,
    timeout: Timeout | float | None = None,
    deadline: float | None = None,
) -> Flow[LogExport]:
    """Start a log export."""
    settings = context.settings
    start, end = _span(since, until, settings.clock.now())
    body = log_export_body(
        start,
        end,
        None if countries is None else _check_countries(countries),
        None if phone_number is None else check_destination(phone_number, argument="phone_number"),
        _check_whole(limit, "limit", least=0),
    )
    what = START_LOG_EXPORT(settings.sub_account_id, body=body)
    private = PrivateTuple(() if phone_number is None else (phone_number,))
    done = yield from call(context, what, timeout=timeout, deadline=deadline, private=private)
    return LogExport(job_id=as_str(done.value.job_id) or "", status="queued", response=done.response)


def get_log_export(
    context: ClientContext,
    job_id: str,
    *,
    timeout: Timeout | float | None = None,
    deadline: float | None = None,
) -> Flow[LogExport]:
    """Get the state of a log export."""
    what = GET_LOG_EXPORT(context.settings.sub_account_id, check_path_segment(job_id, argument="job_id"))

    def refusal(done: Success[Any]) -> InvalidResponse | None:
        if is_about_another(done.response, job_id, done.document.get("jobId")):
            return InvalidResponse(reason=f"{ANOTHER} log export", response=done.response)
        return None

    done: Success[Any] = yield from call(context, what, timeout=timeout, deadline=deadline, refusal=refusal)
    return log_export_from(done.value, job_id=job_id, response=done.response)


def download_log(
    context: ClientContext,
    to: str | os.PathLike[str],
    *,
    since: datetime,
    until: datetime | None = None,
    countries: Iterable[str] | None = None,
    phone_number: str | None = None,
    limit: int = 0,
    timeout: float = 600.0,
    max_bytes: int = 2_000_000_000,
) -> Flow[LogFile]:
    """Start a log export, wait for it, and download it."""
    clock = context.settings.clock
    if isinstance(timeout, bool) or not isinstance(timeout, int | float) or not 0 < timeout <= _LONGEST_WAIT:
        msg = "timeout must be a number of seconds above 0, and at most a day"
        raise InvalidArgument(msg, argument="timeout")
    most = _check_whole(max_bytes, "max_bytes", least=1)
    deadline = clock.monotonic() + timeout
    file = PartFile(to)
    try:
        # Before the export starts: the wait may be long and the folder wrong.
        yield RunBlocking(file.open)
        ordered = yield from create_log_export(
            context,
            since=since,
            until=until,
            countries=countries,
            phone_number=phone_number,
            limit=limit,
            deadline=deadline,
        )
        found = yield from _wait(context, ordered.job_id, deadline, timeout)
        yield from fetch(context, found, file, deadline=deadline, max_bytes=most)
        yield RunBlocking(file.finish)
    except GeneratorExit:
        file.discard()  # a closed flow does not continue
        raise
    except BaseException:
        yield RunBlocking(file.discard, shielded=True)
        raise
    return LogFile(path=file.path, size=file.size, export=found)


def _wait(context: ClientContext, job_id: str, deadline: float, timeout: float) -> Flow[LogExport]:
    clock, pause = context.settings.clock, _FIRST_PAUSE
    last, why = "queued", ""
    while True:
        try:
            found = yield from get_log_export(context, job_id, deadline=deadline)
        except ConnectSmsError as failed:
            if not failed.transient:
                raise
            why = f"; the last request failed: {type(failed).__name__}"
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


def _span(since: object, until: object, now: datetime) -> tuple[datetime, datetime]:
    """Both ends in UTC and whole seconds, as 8x8 documents them; rounded outwards, to lose nothing."""
    start = check_moment(since, argument="since", error=InvalidArgument).replace(microsecond=0)
    end = check_moment(now if until is None else until, argument="until", error=InvalidArgument)
    if end.microsecond:
        end = end.replace(microsecond=0) + timedelta(seconds=1)
    if start >= end:
        raise InvalidArgument("since must lie before until", argument="since")
    return start, end


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
