"""Log exports: jobs on the sandbox's clock, and the CSV files they end in.

The columns are those that 8x8 documents, in its order. How it writes them (its way of quoting, an empty cell
or a word for what is not known) is not documented.
"""

from __future__ import annotations

import csv
import io
import secrets
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from .checks import Refusal, check_country, no_nulls
from .clock import INSTANT, stamp
from .jsons import is_array, is_object
from .replies import status_body

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .messages import Message
    from .sandbox import Sandbox

__all__ = ["COLUMNS", "Exports"]

COLUMNS: Final = (
    "umid",
    "subaccountid",
    "direction",
    "country",
    "operator",
    "mcc",
    "mnc",
    "status_value",
    "status_details",
    "status_errorcode",
    "status_errormessage",
    "status_timestamp",
    "msisdn",
    "source",
    "encoding",
    "createdat",
    "smscount",
    "price_currency",
    "price_persms",
    "price_total",
    "clientmessageid",
    "clientbatchid",
    "batchid",
    "body",
)
"""The columns of a file."""

_FIELDS: Final = frozenset({"from", "to", "phoneNumber", "countries", "limit"})
_DAY: Final = 86_400.0
_DEFAULT_SPAN: Final = 7 * _DAY
_RUNNING_AFTER: Final = 0.2
"""Share of its time that a job waits before it runs."""

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


class Exports:
    """The export jobs of a sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._jobs: dict[str, _Job] = {}
        self._by_token: dict[str, _Job] = {}
        self._lock = threading.Lock()

    def start(self, sub_account: str, body: object) -> dict[str, Any]:
        """Begin a job.

        Raises:
            Refusal: the request is refused.
        """
        settings, now = self._sandbox.settings, self._sandbox.clock.now()
        if not is_object(body):
            raise Refusal(1000, "The body is not a JSON object")
        no_nulls(body, settings, "the export")
        strange = body.keys() - _FIELDS
        if strange and not settings.allow_unknown_fields:
            raise Refusal(1000, f"There is no field {min(strange)[:40]!r}")
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
        with self._lock:
            self._jobs[job_id] = self._by_token[job.token] = job
        return {"jobId": job_id}

    def state(self, sub_account: str, job_id: str, root: str) -> dict[str, Any]:
        """How far a job is.

        Args:
            sub_account: whose it must be.
            job_id: which.
            root: what the links begin with.

        Raises:
            Refusal: there is no such job.
        """
        job = self._jobs.get(job_id)
        if job is None or job.sub_account != sub_account:
            raise Refusal(_UNKNOWN_JOB, "There is no such export", status=404)
        settings, now = self._sandbox.settings, self._sandbox.clock.now()
        if now < job.done - INSTANT:
            begins = job.started + (job.done - job.started) * _RUNNING_AFTER
            return {"status": "queued" if now < begins - INSTANT else "running"}
        if job.end != "succeeded":
            return {"status": job.end}
        if next(self._found(job), None) is None:
            return {"status": "empty"}
        return {
            "status": "succeeded",
            "data": [f"{root}/{sub_account}/messages/download/{job.token}"],
            "expires": stamp(job.done + settings.export_expiry, 2),
        }

    def file(self, token: str) -> bytes:
        """The CSV behind a link.

        Raises:
            Refusal: there is none, not yet or not any more.
        """
        job, now = self._by_token.get(token), self._sandbox.clock.now()
        if job is None or now < job.done - INSTANT:
            raise Refusal(1300, "There is no such file", status=404)
        if now > job.done + self._sandbox.settings.export_expiry + INSTANT:
            raise Refusal(1300, "The link has expired", status=410)
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        writer.writerows(_row(status_body(m, self._sandbox.settings, job.done)) for m in self._found(job))
        return text.getvalue().encode()

    def _found(self, job: _Job) -> Iterator[Message]:
        from .places import country_of  # noqa: PLC0415 - a table, and only a filter needs it

        left = job.limit or len(self._sandbox.store)
        for message in self._sandbox.store:
            if not left:
                return
            created = message.terms.created
            if (
                message.terms.sub_account == job.sub_account
                and job.since - INSTANT <= created <= job.until + INSTANT
                and created <= job.done + INSTANT
                and job.digits in {None, message.digits}
                and (job.countries is None or country_of(message.digits) in job.countries)
            ):
                left -= 1
                yield message


def _row(found: dict[str, Any]) -> list[object]:
    status, price = found["status"], found["price"]
    charged = bool(price["total"])
    return [
        found["umid"],
        found["subAccountId"],
        1,
        found["country"],
        None,
        None,
        None,
        status["state"],
        status["detail"],
        status["errorCode"],
        status["errorMessage"],
        status["timestamp"],
        found["msisdn"],
        found["source"],
        found["encoding"],
        found["createdAt"],
        found["smsCount"],
        price["currency"] if charged else None,
        price["perSms"] if charged else None,
        price["total"] if charged else None,
        found["clientMessageId"],
        found["clientBatchId"],
        found["batchId"],
        found["body"],
    ]


def _moment(value: object, default: float) -> float:
    """A date, or a date and time; without an offset UTC is meant."""
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
    # JSON knows no integers: 10.0 is one too.
    number = int(value) if isinstance(value, float) and value.is_integer() else value
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        raise Refusal(1010, "limit is a whole number from 0 upwards")
    return number
