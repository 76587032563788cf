"""Errors that carry a result: a batch interrupted, a wait or a log export that ended without one."""

# ruff: noqa: TC001  at run time too, so that `typing.get_type_hints` finds every name

from __future__ import annotations

from collections.abc import Mapping

from connect_sms.models.batch_results import BatchResult
from connect_sms.models.log_exports import LogExport
from connect_sms.models.status import MessageStatus

from .base import ConnectSmsError


class ExportFailed(ConnectSmsError):
    """The export failed, was not ready in time, or could not be downloaded whole. Nothing was sent.

    Attributes:
        export: The export, as far as it is known.
    """

    def __init__(self, message: str, *, export: LogExport, transient: bool = False) -> None:
        super().__init__(message)
        self.export = export
        self.transient = transient


class WaitTimeout(ConnectSmsError, TimeoutError):
    """No final state was seen within the time given; one may follow, or its report may be lost.

    Attributes:
        umid: The message waited for.
        last: The last status seen; None when none could be read.
    """

    transient = True
    may_have_been_sent = True

    def __init__(self, message: str, *, umid: str, last: MessageStatus | None) -> None:
        super().__init__(message)
        self.umid = umid
        self.last = last


class BatchInterrupted(ConnectSmsError):
    """A batch stopped before its end.

    Attributes:
        result: The results of every recipient read so far (`send_batch`), or of those in no request that
            was yielded (`iter_batch`).
        counts: The number of all recipients read so far, by outcome.
    """

    def __init__(self, message: str, *, result: BatchResult, counts: Mapping[str, int] | None = None) -> None:
        super().__init__(message)
        self.result = result
        self.counts = dict(result.counts if counts is None else counts)

    @property
    def may_have_been_sent(self) -> bool:  # type: ignore[override]  # depends on the result here
        """True when at least one recipient was accepted or may have been."""
        return bool(self.counts["accepted"] or self.counts["unknown"])
