"""Going on with a batch: who is sent to, who is kept, who is held, and when it is not the same batch."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from connect_sms import Outcome
from connect_sms.cli.batch_input import InputLines, Source
from connect_sms.cli.batch_resume import Resumed, check_resume
from connect_sms.cli.csv_table import InputProblem
from connect_sms.cli.results_file import ResultsFile
from connect_sms.cli.results_rows import COLUMNS, Result, as_csv, cells_of, unfinished
from connect_sms.models.redaction import mask
from connect_sms.models.sent import SentMessage
from connect_sms.receipts import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connect_sms.receipts import ReceiptStore

NUMBERS = [f"+4477009001{at:02d}" for at in range(6)]
SENT_AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
MADE = "0123456789abcdef0123456789abcdef-{}"
RESULTS = ("accepted", "rejected", "unknown", "not_sent", "handing_over")


def row(line: int, result: str, **more: Any) -> Result:
    sent_at = None if result == "not_sent" else SENT_AT.isoformat()
    values: dict[str, Any] = {"client_message_id": MADE.format(line), "sent_at": sent_at, **more}
    return Result(line, values.pop("destination", mask(NUMBERS[line - 1])), result, **values)


ROWS = [row(at, result) for at, result in enumerate(RESULTS, 1)]


class Case:
    """An input and a results file."""

    def __init__(self, folder: Path) -> None:
        self.input, self.results = folder / "list.txt", folder / "results.csv"
        self.give(*NUMBERS)

    def give(self, *lines: str) -> None:
        self.input.write_text("".join(f"{line}\n" for line in lines))

    def write(self, *rows: Result) -> None:
        self.results.write_text(as_csv([COLUMNS, *map(cells_of, rows)]))

    def resumed(self, store: ReceiptStore | None = None) -> Any:
        return closing(_Open(ResultsFile.reopen(str(self.results)), self.input, store))

    def refusal(self) -> str:
        with self.resumed() as opened, pytest.raises(InputProblem) as caught:
            opened.resumed.compare()
        return str(caught.value)


class _Open:
    def __init__(self, file: ResultsFile, path: Path, store: ReceiptStore | None) -> None:
        self.resumed, self.close = Resumed(file, Source(str(path)), store), file.close


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path)


def test_those_not_sent_to_are_sent_to_and_all_others_are_not(case: Case) -> None:
    case.write(unfinished(6), *ROWS)
    with case.resumed() as opened:
        assert opened.resumed.compare() == 6
        lines = list(opened.resumed.lines())
        others = list(opened.resumed.others())
    assert [(line.number, line.item) for line in lines] == [(4, NUMBERS[3]), (6, NUMBERS[5])]
    assert [(result.line, result.result, new) for result, new in others] == [
        (1, "accepted", False),
        (2, "rejected", False),
        (3, "unknown", False),
        (5, "unknown", True),
    ]
    assert others[3][0].reason == "the batch ended while its request was under way"


def test_whoever_is_sent_to_after_all_keeps_the_id(case: Case) -> None:
    case.write(unfinished(6), *ROWS)
    with case.resumed() as opened:
        opened.resumed.compare()
        lines = InputLines(opened.resumed.lines)
        kept, made = [str(message["client_message_id"]) for message in lines.messages()]
    assert kept == MADE.format(4)
    assert made != MADE.format(6)
    assert made.endswith("-6")


def test_the_last_row_of_a_line_counts(case: Case) -> None:
    case.write(unfinished(6), *ROWS, row(4, "handing_over"), row(4, "accepted"), row(1, "not_sent"))
    with case.resumed() as opened:
        opened.resumed.compare()
        assert [line.number for line in opened.resumed.lines()] == [1, 6]


def test_a_batch_that_ended_has_a_row_for_everybody(case: Case) -> None:
    case.write(*(row(at, "not_sent") for at in range(1, 7)))
    with case.resumed() as opened:
        assert opened.resumed.compare() == 6
        assert len(list(opened.resumed.lines())) == 6
        assert list(opened.resumed.others()) == []


@pytest.mark.parametrize("shown", [False, True])
def test_numbers_may_be_masked_or_whole(*, shown: bool, case: Case) -> None:
    case.write(
        *(
            row(at, "accepted", destination=number if shown else mask(number))
            for at, number in enumerate(NUMBERS, 1)
        )
    )
    with case.resumed() as opened:
        assert opened.resumed.compare() == 6


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([unfinished(7), *ROWS], "the results are of 7 recipients, the input has 6"),
        ([unfinished(1), *ROWS], "the results are of 1 recipient, the input has 6"),
        (ROWS, "the results are of 5 recipients, the input has 6"),
        ([], "the results are of 0 recipients"),
        ([unfinished(6), *ROWS, Result(9, "***", "accepted")], "1 line of the results are not in the input"),
        ([unfinished(None), *ROWS], "the results do not say how many recipients there were"),
    ],
)
def test_another_number_of_lines_is_refused(rows: list[Result], said: str, case: Case) -> None:
    case.write(*rows)
    refusal = case.refusal()
    assert said in refusal
    assert "is not the input of" in refusal
    assert "nothing was sent" in refusal


def test_another_number_is_refused_and_not_shown(case: Case) -> None:
    case.write(unfinished(6), *ROWS)
    case.give(NUMBERS[0], "+12025550123", *NUMBERS[2:])
    refusal = case.refusal()
    assert "line 2: its number, +1202****123, is not that in the results" in refusal
    assert NUMBERS[1] not in refusal
    assert "12025550123" not in refusal


def test_a_moved_line_is_another_number(case: Case) -> None:
    case.write(unfinished(6), *ROWS)
    case.give("# a comment", *NUMBERS)
    assert "not in the input" in case.refusal()
    case.give(*reversed(NUMBERS))
    refusal = case.refusal()
    assert refusal.count("\n") == 5


def test_many_differences_are_not_all_listed(case: Case) -> None:
    numbers = [f"+4477009001{at:02d}" for at in range(30)]
    case.give(*numbers)
    case.write(*(Result(at, mask("+12025550123"), "accepted") for at in range(1, 31)))
    refusal = case.refusal()
    assert refusal.count("is not that in the results") == 10
    assert refusal.endswith("and more")


def test_an_id_of_the_input_must_be_that_of_the_results(case: Case) -> None:
    case.write(row(2, "accepted", client_message_id="a", destination=mask(NUMBERS[0])))
    for given, same in (("a", True), ("b", False), ("", False)):
        case.give("destination,client_message_id", f"{NUMBERS[0]},{given}")
        if same:
            with case.resumed() as opened:
                assert opened.resumed.compare() == 1
        else:
            assert "line 2: its client_message_id is not that in the results" in case.refusal()


def test_an_id_that_is_new_in_the_input_is_another(case: Case) -> None:
    case.write(row(2, "accepted", destination=mask(NUMBERS[0])))
    case.give("destination,client_message_id", f"{NUMBERS[0]},new")
    assert "its client_message_id" in case.refusal()


def test_an_invalid_line_that_was_refused_is_the_same_line(case: Case) -> None:
    case.give("destination,client_message_id", ",a", f"{NUMBERS[0]},b,c", f"{NUMBERS[1]},d")
    lines = list(Source(str(case.input)).lines())
    case.write(
        *(
            Result(
                line.number,
                mask(line.destination),
                "rejected",
                client_message_id=line.client_message_id,
            )
            for line in lines
        )
    )
    with case.resumed() as opened:
        assert opened.resumed.compare() == 3


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ReceiptStore]:
    with open_store(tmp_path / "receipts.db") as opened:
        yield opened


@pytest.mark.parametrize(
    ("outcome", "umid", "result"),
    [
        (Outcome.QUEUED, "u-1", "accepted"),
        (Outcome.QUEUED, None, "accepted"),
        (Outcome.DELIVERED, "u-1", "accepted"),
        (Outcome.FAILED, "u-1", "accepted"),
        (Outcome.NO_RECEIPT, "u-1", "accepted"),
        (Outcome.REJECTED, None, "rejected"),
        (Outcome.UNKNOWN, None, "unknown"),
        (Outcome.NO_RECEIPT, None, "unknown"),
    ],
)
@pytest.mark.parametrize("before", ["unknown", "handing_over"])
def test_what_the_store_knows_settles_who_may_have_been_sent_to(
    *, before: str, outcome: Outcome, umid: str | None, result: str, case: Case, store: ReceiptStore
) -> None:
    sent = SentMessage(
        client_message_id=MADE.format(1),
        umid=umid,
        destination=NUMBERS[0],
        sent_at=SENT_AT,
        outcome=outcome,
    )
    store.record_sent([sent])
    case.give(NUMBERS[0])
    case.write(row(1, before))
    with case.resumed(store) as opened:
        opened.resumed.compare()
        ((found, _),) = opened.resumed.others()
        assert list(opened.resumed.lines()) == []
    assert found.result == result
    if result != "unknown":
        assert (found.umid, found.reason) == (umid, f"{outcome}, according to the store")


def test_a_store_that_knows_nothing_settles_nothing(case: Case, store: ReceiptStore) -> None:
    case.give(NUMBERS[0])
    for before in (row(1, "handing_over"), row(1, "unknown", client_message_id=None)):
        case.write(before)
        with case.resumed(store) as opened:
            opened.resumed.compare()
            assert [result.result for result, _ in opened.resumed.others()] == ["unknown"]


def test_whoever_the_store_lacks_is_recorded_there_to_be_looked_for(case: Case, store: ReceiptStore) -> None:
    case.write(unfinished(6), *ROWS)
    with case.resumed(store) as opened:
        opened.resumed.compare()
        list(opened.resumed.others())
        opened.resumed.record_lost()
        opened.resumed.record_lost()
    found = sorted(store.statuses(), key=lambda status: status.destination or "")
    assert [(status.destination, status.outcome) for status in found] == [
        (NUMBERS[2], Outcome.UNKNOWN),
        (NUMBERS[4], Outcome.UNKNOWN),
    ]
    assert {status.client_message_id for status in found} == {MADE.format(3), MADE.format(5)}
    assert {status.sent_at for status in found} == {SENT_AT}


def test_of_whom_no_time_is_known_is_recorded_at_that_of_the_file(case: Case, store: ReceiptStore) -> None:
    case.give(NUMBERS[0])
    case.write(row(1, "unknown", sent_at=None))
    os.utime(case.results, (1_800_000_000, 1_800_000_000))
    for _ in range(2):
        with case.resumed(store) as opened:
            opened.resumed.compare()
            list(opened.resumed.others())
            opened.resumed.record_lost()
        [found] = store.statuses()
        assert found.sent_at == datetime.fromtimestamp(1_800_000_000, UTC)


@pytest.mark.parametrize(
    ("source", "resume", "output", "overwrite", "said"),
    [
        ("-", "r.csv", None, False, "--resume needs the input as a file"),
        ("a.csv", "-", None, False, "--resume takes a results file"),
        ("a.csv", "r.csv", "r.csv", False, "leave out --output"),
        ("a.csv", "r.csv", "-", False, "leave out --output"),
        ("a.csv", "r.csv", None, True, "and --overwrite"),
    ],
)
def test_resume_does_not_go_with_everything(
    *, source: str, resume: str, output: str | None, overwrite: bool, said: str
) -> None:
    with pytest.raises(InputProblem, match=said):
        check_resume(Source(source), resume, output, overwrite=overwrite)
    check_resume(Source(source), None, output, overwrite=overwrite)
