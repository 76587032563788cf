"""Log exports: jobs that take sandbox time, and the links to their CSV files."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from connect_sms.models.calling_codes import country_of
from connect_sms.sandbox.clock import EPSILON
from connect_sms.sandbox.json import is_array, is_object
from connect_sms.sandbox.timestamps import format_timestamp

from .bodies import status_body
from .log_export_rows import csv_file
from .refusals import Refusal
from .validation import check_country, check_fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connect_sms.sandbox.messages import SandboxMessage
    from connect_sms.sandbox.state import SandboxState

_FIELDS: Final = frozenset({"from", "to", "phoneNumber", "countries", "limit"})
_DEFAULT_SPAN: Final = 7 * 86_400.0
_RUNNING_AFTER: Final = 0.2
"""The share of its time that a job is queued."""

_UNKNOWN_JOB: Final = 4018


@dataclass(frozen=True, slots=True)
class _Job:
    sub_account: str
    token: str
    since: float
    until: float
    digits: str | None
    countries: frozenset[str] | None
    limit: int
    started: float
    done: float
    end: str


class LogExports:
    """The export jobs of a sandbox."""

    def __init__(self, state: SandboxState) -> None:
        self._state = state
        self._jobs: dict[str, _Job] = {}
        self._by_token: dict[str, _Job] = {}

    def clear(self) -> None:
        """Delete every job."""
        self._jobs.clear()
        self._by_token.clear()

    def create(self, sub_account: str, body: object) -> dict[str, Any]:
        """Create a job."""
        settings, now = self._state.settings, self._state.clock.now()
        if not is_object(body):
            raise Refusal(1000, "The body is not a JSON object")
        check_fields(body, _FIELDS, settings, "the export")
        since = _moment(body.get("from"), now - _DEFAULT_SPAN)
        until = _moment(body.get("to"), now)
        if since >= until:
            raise Refusal(1010, "from does not lie before to")
        job = _Job(
            sub_account,
            secrets.token_urlsafe(32),
            since,
            until,
            _digits(body.get("phoneNumber")),
            _countries(body.get("countries")),
            _limit(body.get("limit")),
            now,
            now + settings.export_seconds,
            settings.export_ends,
        )
        job_id = secrets.token_urlsafe(24)
        self._jobs[job_id] = self._by_token[job.token] = job
        return {"jobId": job_id}

    def status(self, sub_account: str, job_id: str, root: str) -> dict[str, Any]:
        """The state of a job.

        Args:
            sub_account: The sub-account that created it.
            job_id: Its id.
            root: The base URL of the link to the file.
        """
        job, clock = self._jobs.get(job_id), self._state.clock
        if job is None or job.sub_account != sub_account:
            raise Refusal(_UNKNOWN_JOB, "There is no such export", status=404)
        if not clock.has_reached(job.done):
            runs_from = job.started + (job.done - job.started) * _RUNNING_AFTER
            return {"status": "running" if clock.has_reached(runs_from) else "queued"}
        if job.end != "succeeded":
            return {"status": job.end}
        if next(self._messages(job), None) is None:
            return {"status": "empty"}
        return {
            "status": "succeeded",
            "data": [f"{root}/{sub_account}/messages/download/{job.token}"],
            "expires": format_timestamp(job.done + self._state.settings.export_expiry, 2),
        }

    def file(self, token: str) -> bytes:
        """The CSV behind a link."""
        job, clock, settings = self._by_token.get(token), self._state.clock, self._state.settings
        if job is None or not clock.has_reached(job.done):
            raise Refusal(1300, "There is no such file", status=404)
        if clock.now() > job.done + settings.export_expiry + EPSILON:
            raise Refusal(1300, "The link has expired", status=410)
        return csv_file(status_body(message, settings, job.done) for message in self._messages(job))

    def _messages(self, job: _Job) -> Iterator[SandboxMessage]:
        messages = self._state.messages
        left = job.limit or len(messages)
        for message in messages:
            if not left:
                return
            created = message.shared.created
            if (
                message.shared.sub_account == job.sub_account
                and job.since - EPSILON <= created <= min(job.until, job.done) + EPSILON
                and job.digits in {None, message.digits}
                and (job.countries is None or country_of(message.digits) in job.countries)
            ):
                left -= 1
                yield message


def _moment(value: object, default: float) -> float:
    """A date, or a date and time; without an offset it is UTC."""
    if value is None:
        return default
    try:
        when = datetime.fromisoformat(value if isinstance(value, str) else "")
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise Refusal(1000, "from and to are dates, or dates with a time") from None


def _digits(value: object) -> str | None:
    if value is None:
        return None
    digits = value.removeprefix("+") if isinstance(value, str) else ""
    if not (digits.isascii() and digits.isdigit()):
        raise Refusal(1002, "phoneNumber is not an E.164 number")
    return digits


def _countries(value: object) -> frozenset[str] | None:
    if value is None:
        return None
    if not is_array(value):
        raise Refusal(1000, "countries is not an array")
    return frozenset(check_country(country) for country in value)


def _limit(value: object) -> int:
    if value is None:
        return 0
    # JSON has no integer type: 10.0 is valid too.
    number = int(value) if isinstance(value, float) and value.is_integer() else value
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        raise Refusal(1010, "limit is a whole number from 0 upwards")
    return number
