"""Journals of a batch: its results file, and both that and a message store."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import attrs

from connect_sms.errors.base import StoreUnavailable

from .results_file import ResultsWriteError
from .results_rows import HANDING_OVER, Result

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from connect_sms.models.sent import SentMessage
    from connect_sms.models.store import SendJournal

    from .batch_input import InputLines
    from .batch_output import ResultsWriter
    from .batch_summary import BatchSummary
    from .signals import Interrupts


class ResultsUnavailable(StoreUnavailable):
    """The results file cannot be written now. Those whom it should have named were not sent to."""

    def __init__(self, fault: ResultsWriteError) -> None:
        super().__init__(reason=fault.why)
        told = f"{fault.why}; this request was not sent, as its recipients are written down first"
        self.args = (". ".join(filter(None, (told, fault.go_on))),)


@attrs.define(eq=False)
class ResultsJournal:
    """The results file as a `SendJournal`. What came of a request is written once the library reports it."""

    results: ResultsWriter
    lines: InputLines
    summary: BatchSummary
    stop: Interrupts

    def hand_over(
        self,
        messages: Sequence[SentMessage],
        /,
        *,
        deadline: datetime,  # noqa: ARG002  the file's last word is "may have been sent" at once
        timeout: float | None = None,  # noqa: ARG002  nobody else has it open
    ) -> None:
        """Write the recipients of a request that is about to be sent.

        Raises:
            ResultsUnavailable: They cannot be written, and must not be sent.
        """
        rows = [self._row(message) for message in messages]
        # A row is written whole or not at all, also when Ctrl-C comes.
        with self.stop.deferred():
            try:
                self.results.record(rows)
            except ResultsWriteError as fault:
                self.summary.write_error = fault
                raise ResultsUnavailable(fault) from None

    def record_sent(self, messages: Sequence[SentMessage], /, *, timeout: float | None = None) -> None:
        """Nothing: the results follow."""

    def withdraw(self, messages: Sequence[SentMessage], /, *, timeout: float | None = None) -> None:
        """Nothing: the results follow, and say ``not_sent``."""

    def _row(self, message: SentMessage) -> Result:
        own_id = message.client_message_id
        line = self.lines.of_id(own_id)
        sent_at = self.lines.sent_at[line.number] = message.sent_at.isoformat()
        reason = "without a later row of this line it may have been sent"
        return Result(
            line.number,
            self.results.out.number(line.destination),
            HANDING_OVER,
            client_message_id=own_id,
            sent_at=sent_at,
            reason=reason,
        )


@attrs.define(eq=False)
class BothJournals:
    """Two journals: a message is sent once it is in both."""

    first: SendJournal
    second: SendJournal

    def hand_over(
        self, messages: Sequence[SentMessage], /, *, deadline: datetime, timeout: float | None = None
    ) -> None:
        """Record messages that are about to be sent in both, or in none.

        Raises:
            StoreUnavailable: One of them failed.
        """
        self.first.hand_over(messages, deadline=deadline, timeout=timeout)
        try:
            self.second.hand_over(messages, deadline=deadline, timeout=timeout)
        except Exception:
            with suppress(Exception):  # then they become unknown in the first, and the cause matters more
                self.first.withdraw(messages, timeout=0)
            raise

    def record_sent(self, messages: Sequence[SentMessage], /, *, timeout: float | None = None) -> None:
        """Record in both what came of messages."""
        try:
            self.first.record_sent(messages, timeout=timeout)
        finally:
            self.second.record_sent(messages, timeout=timeout)

    def withdraw(self, messages: Sequence[SentMessage], /, *, timeout: float | None = None) -> None:
        """Remove from both the records of messages that were not sent."""
        try:
            self.first.withdraw(messages, timeout=timeout)
        finally:
            self.second.withdraw(messages, timeout=timeout)
