"""The progress and the findings of a reconciliation."""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs

Step: TypeAlias = Literal["looking", "polling", "exporting", "reading", "counting"]


@attrs.frozen
class ReconcileProgress:
    """The progress of a reconciliation.

    Attributes:
        step: ``looking`` for open messages in the store, ``polling`` them, ``exporting`` (waiting for 8x8's
            log), ``reading`` that log, or ``counting`` for the report.
        done: Messages of this step so far.
        total: The number of messages in this step; None while it is unknown.
    """

    step: Step
    done: int
    total: int | None = None


@attrs.frozen(kw_only=True)
class Findings:
    """The requests of a reconciliation, and their results.

    Attributes:
        open_before: Messages that were open.
        lost_before: Of these, sends whose answer was lost or never recorded.
        polled: Status requests that were answered.
        log_rows: Messages in 8x8's log.
        log_used: Of these, those that were open, or that have been read since delivery.
        log_in_doubt: Rows of the log of which something may be lost; see `LogCounts`.
        log_lacks: Messages that 8x8 had accepted, and that its log does not have; they were polled.
        no_receipt: Messages given up, since no receipt can come any more.
        others: Messages of the period that no recorded send explains, known only from receipts or 8x8's log.
        ambiguous: Receipts that count for no message, since several share their UMID and they have no
            `client_message_id`.
        problem: Why not all could be requested; None when all could.
    """

    open_before: int = 0
    lost_before: int = 0
    polled: int = 0
    log_rows: int = 0
    log_used: int = 0
    log_in_doubt: int = 0
    log_lacks: int = 0
    no_receipt: int = 0
    others: int = 0
    ambiguous: int = 0
    problem: str | None = None
