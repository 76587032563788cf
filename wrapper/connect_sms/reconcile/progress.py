"""How far a reconciliation has come, and what it asked 8x8 for."""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs

Step: TypeAlias = Literal["looking", "polling", "exporting", "reading", "counting"]


@attrs.frozen
class ReconcileProgress:
    """How far a reconciliation has come.

    Attributes:
        step: ``looking`` for open messages in the store, ``polling`` them, ``exporting`` (waiting for 8x8's
            log), ``reading`` that log, or ``counting`` for the report.
        done: Messages of this step so far.
        total: Of how many; None while that is not known.
    """

    step: Step
    done: int
    total: int | None = None


@attrs.frozen(kw_only=True)
class Findings:
    """What a reconciliation asked for, and how much it learnt.

    Attributes:
        open_before: Messages of which more was to be expected.
        lost_before: Of these, sends whose answer was lost.
        polled: Status requests that were answered.
        log_rows: Messages in 8x8's log.
        log_used: Of these, those that were looked for, or that have been read since they were delivered.
        no_receipt: Messages given up, since no receipt comes any more.
        problem: Why not all could be asked for; None when all could.
    """

    open_before: int = 0
    lost_before: int = 0
    polled: int = 0
    log_rows: int = 0
    log_used: int = 0
    no_receipt: int = 0
    problem: str | None = None
