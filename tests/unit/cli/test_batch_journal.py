"""The results file as a journal, and two journals as one: what is not in all of them is not sent."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from connect_sms.cli.batch_input import InputLines, Source
from connect_sms.cli.batch_journal import BothJournals, ResultsJournal
from connect_sms.cli.batch_output import ResultsWriter
from connect_sms.cli.batch_summary import BatchSummary
from connect_sms.cli.output import Output
from connect_sms.cli.results_file import ResultsFile
from connect_sms.cli.signals import Interrupts
from connect_sms.errors.base import StoreUnavailable
from connect_sms.models.sent import SentMessage

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
MESSAGES = [SentMessage(client_message_id="a", destination="+447700900123", sent_at=NOW)]


class Recorder:
    """A journal that remembers what it was asked, and fails where it is told."""

    def __init__(self, *fails: str) -> None:
        self.calls: list[str] = []
        self.timeouts: list[float | None] = []
        self._fails = fails

    def _called(self, name: str, timeout: float | None) -> None:
        self.calls.append(name)
        self.timeouts.append(timeout)
        if name in self._fails:
            raise StoreUnavailable(reason="full")

    def hand_over(self, messages: Any, /, *, deadline: datetime, timeout: float | None) -> None:
        assert (messages, deadline) == (MESSAGES, NOW)
        self._called("hand_over", timeout)

    def record_sent(self, messages: Any, /, *, timeout: float | None) -> None:
        assert messages == MESSAGES
        self._called("record_sent", timeout)

    def withdraw(self, messages: Any, /, *, timeout: float | None) -> None:
        assert messages == MESSAGES
        self._called("withdraw", timeout)


def test_both_journals_are_told_everything() -> None:
    first, second = Recorder(), Recorder()
    both = BothJournals(first, second)
    both.hand_over(MESSAGES, deadline=NOW, timeout=3)
    both.record_sent(MESSAGES, timeout=2)
    both.withdraw(MESSAGES, timeout=1)
    assert first.calls == second.calls == ["hand_over", "record_sent", "withdraw"]
    assert first.timeouts == second.timeouts == [3, 2, 1]


def test_what_the_second_cannot_record_is_withdrawn_from_the_first() -> None:
    for first in (Recorder(), Recorder("withdraw")):
        with pytest.raises(StoreUnavailable, match="full"):
            BothJournals(first, Recorder("hand_over")).hand_over(MESSAGES, deadline=NOW)
        assert first.calls == ["hand_over", "withdraw"]
        assert first.timeouts == [None, 0]  # not waited for: the caller has waited already


def test_what_the_first_cannot_record_is_not_in_the_second() -> None:
    second = Recorder()
    with pytest.raises(StoreUnavailable):
        BothJournals(Recorder("hand_over"), second).hand_over(MESSAGES, deadline=NOW)
    assert second.calls == []


@pytest.mark.parametrize("call", ["record_sent", "withdraw"])
def test_the_second_is_told_though_the_first_fails(call: str) -> None:
    second = Recorder()
    with pytest.raises(StoreUnavailable):
        getattr(BothJournals(Recorder(call), second), call)(MESSAGES)
    assert second.calls == [call]


@pytest.mark.parametrize("show_numbers", [False, True])
def test_whoever_is_handed_over_is_in_the_file(*, show_numbers: bool, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("destination,client_message_id\n+447700900123,a\n+447700900124,\n")
    path, out = tmp_path / "results.csv", Output("batch", show_numbers=show_numbers)
    with closing(ResultsFile.create(str(path), overwrite=False)) as file:
        lines = InputLines(Source(str(tmp_path / "c.csv")).lines)
        writer = ResultsWriter(out, file)
        journal = ResultsJournal(writer, lines, BatchSummary(out, str(path)), Interrupts())
        writer.begin(2)
        ids = [message["client_message_id"] for message in lines.messages()]
        messages = [
            SentMessage(client_message_id=str(own_id), destination="+1", sent_at=NOW) for own_id in ids
        ]
        journal.hand_over(messages, deadline=NOW)
        journal.record_sent(messages)
        journal.withdraw(messages)
    shown = [f"+4477009001{at}" if show_numbers else f"+4477*****1{at}" for at in (23, 24)]
    reason = "without a later row of this line it may have been sent"
    assert path.read_text().splitlines()[2:] == [
        f"{line},{number},handing_over,,{own_id},{NOW.isoformat()},{reason}"
        for line, number, own_id in zip((2, 3), shown, ids, strict=True)
    ]
    assert ids[0] == "a"
