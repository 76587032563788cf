"""Labels and formats of figures for the summary and the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connect_sms.models.outcomes import Outcome
from connect_sms.reconcile.totals import EDGES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connect_sms.reconcile.report import Report
    from connect_sms.reconcile.totals import Failure


OUTCOMES: Final[Mapping[Outcome, str]] = {
    Outcome.READ: "read",
    Outcome.DELIVERED: "delivered",
    Outcome.DELIVERED_TO_OPERATOR: "with the operator only",
    Outcome.SENT: "sent, no receipt",
    Outcome.DEFERRED: "still being tried",
    Outcome.QUEUED: "queued",
    Outcome.HANDING_OVER: "being handed over now",
    Outcome.UNKNOWN: "unknown",
    Outcome.NO_RECEIPT: "no receipt in 48 h",
    Outcome.EXPIRED: "expired",
    Outcome.FAILED: "failed",
    Outcome.REJECTED: "rejected",
}
"""Labels of outcomes: successful, then open, then failed."""

_UNITS: Final = ((86_400, "d", 3_600, "h"), (3_600, "h", 60, "min"), (60, "min", 1, "s"))
_TEN: Final = 10
_MINUTE: Final = 60


def duration(seconds: float) -> str:
    """A duration in the two largest units that fit."""
    if seconds < _TEN:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    size, name, part, small = next(unit for unit in _UNITS if whole >= unit[0])
    rest = whole % size // part
    return f"{whole // size} {name} {rest} {small}" if rest else f"{whole // size} {name}"


def class_names() -> list[str]:
    """The labels of the bins of `Totals.delivery_times`."""
    short = [duration(edge).replace(".0", "") for edge in EDGES]
    return [f"\u2264 {name}" for name in short] + [f"> {short[-1]}"]


def share(part: int, whole: int) -> str:
    """A share in per cent; a share above 0 is never written as 0, nor one below 1 as 100."""
    if not whole:
        return "\u2013"
    percent = 100 * part / whole
    if 0 < percent < 0.1:  # noqa: PLR2004  per cent
        return "< 0.1 %"
    if 99.9 < percent < 100:  # noqa: PLR2004  per cent
        return "> 99.9 %"
    return f"{percent:.1f} %"


def country(code: str | None) -> str:
    """The label of a country."""
    return {None: "not known", "US": "US and others of +1"}.get(code, code or "")


def reason(failure: Failure) -> str:
    """A reason with its code."""
    return failure.reason if failure.code is None else f"{failure.reason} ({failure.code})"


def count(number: int, noun: str) -> str:
    """A number and what it counts: `1 message`, `2,000 messages`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def span(report: Report) -> str:
    """The period of a report."""
    start, end = (f"{moment:%Y-%m-%d %H:%M}" for moment in (report.sent_since, report.sent_until))
    return f"sent from {start} to {end} UTC"


def findings(report: Report) -> list[str]:
    """What 8x8 was asked for, in sentences."""

    def were(number: int) -> str:
        return "was" if number == 1 else "were"

    found = report.findings
    lost = f"{found.lost_before:,} of them sends whose answer was lost"
    said = [
        f"{count(found.open_before, 'message')} {were(found.open_before)} open before, {lost}."
        if found.open_before
        else "No message was open before."
    ]
    if found.polled:
        said.append(f"{found.polled:,} {were(found.polled)} asked for one by one.")
    if found.log_rows:
        said.append(
            f"8x8's log had {count(found.log_rows, 'message')}; "
            f"{found.log_used:,} of them {were(found.log_used)} looked for."
        )
    if found.log_lacks:
        said.append(f"It lacked {count(found.log_lacks, 'message')} that 8x8 had accepted.")
    if found.no_receipt:
        said.append(f"{found.no_receipt:,} {were(found.no_receipt)} given up: no receipt comes any more.")
    if handing_over := report.totals.outcomes[Outcome.HANDING_OVER]:
        said.append(
            f"{handing_over:,} {were(handing_over)} still being handed over by a process that runs: "
            "reconcile again when it has ended."
        )
    if found.others:
        counted = "counted above" if report.include_others else "not counted above"
        said.append(
            f"{count(found.others, 'further message')} {were(found.others)} in the store without a record of "
            f"a send, {counted}."
        )
    if found.ambiguous:
        said.append(
            f"{count(found.ambiguous, 'receipt')} {were(found.ambiguous)} counted for no message: several "
            "share the UMID, and no client message id tells which was meant."
        )
    if found.problem:
        said.append(f"Not all could be asked for: {found.problem}.")
    return said
