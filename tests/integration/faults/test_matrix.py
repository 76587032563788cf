"""Whatever goes wrong: nobody is sent a message twice, and nobody is lost without a word.

What was accepted is read from the sandbox's acceptance log, never from an answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from connect_sms.sandbox import KINDS
from connect_sms.sandbox.faults.kinds import Fault
from tests.integration.faults.faults import OPERATIONS, TROUBLES, Lasting, Operation, Rule, Trouble
from tests.integration.faults.matrix import Matrix, Run, Sums, observe, one_client_each, runs
from tests.integration.faults.page import PAGE, cells_of, read_cells, render
from tests.integration.faults.runner import CLIENTS, PEOPLE, Client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.integration.faults.observations import Seen

#: A batch that came through whole; one that lost the answer to its first request; one that lost three.
WHOLE: Final = "16 accepted, 4 rejected"
ONE_UNKNOWN: Final = "12 accepted, 3 rejected, 5 unknown"
GIVEN_UP: Final = "`BatchInterrupted`: 15 unknown, 5 not sent"

#: The safety table: what the caller is told, and how many requests the server sees.
SAFETY: Final[dict[tuple[Rule, Operation, Lasting], tuple[str, int]]] = {
    (Rule.NOT_SENT, "send", "first"): ("accepted", 1),
    (Rule.NOT_SENT, "send", "always"): ("`ConnectionFailed`", 0),
    (Rule.NOT_SENT, "batch", "first"): (WHOLE, 4),
    (Rule.NOT_SENT, "batch", "always"): ("`ConnectionFailed`", 0),
    (Rule.NOT_SENT, "status", "first"): ("queued", 1),
    (Rule.NOT_SENT, "status", "always"): ("`ConnectionFailed`", 0),
    (Rule.LIMITED, "send", "first"): ("accepted", 2),
    (Rule.LIMITED, "send", "always"): ("`RateLimited`", 3),
    (Rule.LIMITED, "batch", "first"): (WHOLE, 5),
    (Rule.LIMITED, "batch", "always"): ("`RateLimited`", 3),
    (Rule.LIMITED, "status", "first"): ("queued", 2),
    (Rule.LIMITED, "status", "always"): ("`RateLimited`", 3),
    (Rule.REFUSED, "send", "first"): ("refusal", 1),
    (Rule.REFUSED, "send", "always"): ("refusal", 1),
    (Rule.REFUSED, "batch", "first"): ("refusal", 1),
    (Rule.REFUSED, "batch", "always"): ("refusal", 1),
    (Rule.REFUSED, "status", "first"): ("refusal", 1),
    (Rule.REFUSED, "status", "always"): ("refusal", 1),
    (Rule.UNKNOWN, "send", "first"): ("`OutcomeUnknown`", 1),
    (Rule.UNKNOWN, "send", "always"): ("`OutcomeUnknown`", 1),
    (Rule.UNKNOWN, "batch", "first"): (ONE_UNKNOWN, 4),
    (Rule.UNKNOWN, "batch", "always"): (GIVEN_UP, 3),
    (Rule.UNKNOWN, "status", "first"): ("queued", 2),
    (Rule.UNKNOWN, "status", "always"): ("no answer", 3),
    (Rule.UNREADABLE, "send", "first"): ("`OutcomeUnknown`", 1),
    (Rule.UNREADABLE, "send", "always"): ("`OutcomeUnknown`", 1),
    (Rule.UNREADABLE, "batch", "first"): (ONE_UNKNOWN, 4),
    (Rule.UNREADABLE, "batch", "always"): (GIVEN_UP, 3),
    (Rule.UNREADABLE, "status", "first"): ("`InvalidResponse`", 1),
    (Rule.UNREADABLE, "status", "always"): ("`InvalidResponse`", 1),
    (Rule.REJECTED, "send", "first"): ("`MessageRejected`", 1),
    (Rule.REJECTED, "send", "always"): ("`MessageRejected`", 1),
    (Rule.RIGHT, "send", "first"): ("accepted", 1),
    (Rule.RIGHT, "send", "always"): ("accepted", 1),
    (Rule.RIGHT, "batch", "first"): (WHOLE, 4),
    (Rule.RIGHT, "batch", "always"): (WHOLE, 4),
    (Rule.RIGHT, "status", "first"): ("queued", 1),
    (Rule.RIGHT, "status", "always"): ("queued", 1),
}

#: Where an answer says less than its row, or a refusal has a second meaning.
PARTICULAR: Final[dict[tuple[str, Operation, Lasting], tuple[str, int]]] = {
    # Perhaps only the path is unknown: the batch has two.
    ("404 without a code of 8x8", "batch", "first"): (WHOLE, 5),
    ("404 without a code of 8x8", "batch", "always"): ("`NotFound`", 2),
    # A word nobody knows settles nothing, and neither does an item without an id.
    ("unknown words in every enum", "batch", "first"): (ONE_UNKNOWN, 4),
    ("unknown words in every enum", "batch", "always"): (GIVEN_UP, 3),
    ("unknown words in every enum", "status", "first"): ("unknown", 1),
    ("unknown words in every enum", "status", "always"): ("unknown", 1),
    ("null wherever it may be", "batch", "first"): (ONE_UNKNOWN, 4),
    ("null wherever it may be", "batch", "always"): (GIVEN_UP, 3),
    ("every second item missing", "batch", "first"): ("15 accepted, 3 rejected, 2 unknown", 4),
    ("every second item missing", "batch", "always"): ("12 accepted, 8 unknown", 4),
}

each_caller = pytest.mark.parametrize(
    ("operation", "client"), [(operation, client) for operation in OPERATIONS for client in CLIENTS]
)
each_trouble = pytest.mark.parametrize(
    ("operation", "trouble"),
    [
        pytest.param(operation, trouble, id=f"{operation}, {trouble.title}")
        for operation in OPERATIONS
        for trouble in TROUBLES
        if operation in trouble.operations
    ],
)


def of(matrix: Matrix, operation: Operation, client: Client) -> list[tuple[Run, Seen]]:
    """The runs of one call of one client."""
    found = [
        (run, seen) for run, seen in matrix.items() if (run.operation, run.client) == (operation, client)
    ]
    assert found
    return found


def told(trouble: Trouble, operation: Operation, lasting: Lasting) -> tuple[str, int]:
    """What the caller is told, and how many requests there are."""
    particular = PARTICULAR.get((trouble.title, operation, lasting))
    words, requests = particular or SAFETY[trouble.rule, operation, lasting]
    if words == "refusal":
        return f"`{trouble.error}`", requests
    if words == "no answer":
        has_status = (trouble.fault or "").startswith("error")
        return "`ServerError`" if has_status else "`NoResponse`", requests
    return words, requests


def aiohttp_sees_otherwise(run: Run) -> bool:
    """Reads alone: aiohttp asks again by itself, and finds an answer longer than announced broken."""
    fault = (run.trouble.fault or "").partition(";")[0]
    broken_without_answer = fault in {"reset-before", "close-before", "connect-refused"}
    longer = run.trouble.fault == "wrong-length;form=short"
    return (
        run.operation == "status"
        and run.client.endswith("aiohttp")
        and (longer or (broken_without_answer and run.lasting == "always"))
    )


@each_caller
def test_nobody_is_sent_a_message_twice(matrix: Matrix, operation: Operation, client: Client) -> None:
    assert [(run, seen.twice) for run, seen in of(matrix, operation, client) if seen.twice] == []


@each_caller
def test_nobody_is_lost_without_a_word(matrix: Matrix, operation: Operation, client: Client) -> None:
    assert [(run, seen.lost) for run, seen in of(matrix, operation, client) if seen.lost] == []


@each_caller
def test_nobody_who_was_sent_a_message_is_said_not_to_have_been(
    matrix: Matrix, operation: Operation, client: Client
) -> None:
    assert [(run, seen.denied) for run, seen in of(matrix, operation, client) if seen.denied] == []


@each_trouble
def test_the_caller_is_told_what_the_safety_table_says(
    matrix: Matrix, operation: Operation, trouble: Trouble
) -> None:
    mine = [run for run in matrix if (run.trouble, run.operation) == (trouble, operation)]
    assert {run.lasting for run in mine} == set(trouble.lastings)
    for run in mine:
        seen, expected = matrix[run], told(trouble, operation, run.lasting)
        if aiohttp_sees_otherwise(run):
            assert seen.told in {"queued", "`NoResponse`"}
            assert expected[1] < seen.requests <= 6
        else:
            assert (seen.told, seen.requests) == expected, run


def test_every_fault_the_sandbox_knows_is_in_the_matrix() -> None:
    played = {Fault.parse(trouble.fault).kind for trouble in TROUBLES if trouble.fault is not None}
    assert played == set(KINDS)


def test_every_row_of_the_safety_table_is_met_by_every_call_and_client(matrix: Matrix) -> None:
    met = {(run.trouble.rule, run.operation, run.client) for run in matrix}
    wanted = {(rule, operation, client) for rule in Rule for operation in OPERATIONS for client in CLIENTS}
    # In a batch 8x8 rejects one in five, whatever else goes wrong; a status request has nothing to reject.
    rejected = {(Rule.REJECTED, operation, client) for operation in ("batch", "status") for client in CLIENTS}
    assert met == wanted - rejected


def test_every_trouble_is_met_by_every_client(matrix: Matrix) -> None:
    met = {(run.trouble, run.client) for run in matrix}
    assert met == {(trouble, client) for trouble in TROUBLES for client in CLIENTS}


@pytest.mark.parametrize("share", [one_client_each, pytest.param(list, marks=pytest.mark.nightly)])
def test_batch_requests_side_by_side_are_as_safe(share: Callable[..., Iterable[Run]]) -> None:
    asynchronous = [run for run in runs(["batch"], ["first"]) if run.client != "blocking"]
    several = list(share(asynchronous))
    sums = Sums.of(observe(several, concurrency=4))
    assert sums.recipients == len(several) * PEOPLE
    assert (sums.twice, sums.lost, sums.denied) == (0, 0, 0)


def test_the_page_says_what_was_seen(matrix: Matrix) -> None:
    """`make fault-matrix` writes it anew."""
    page = PAGE.read_text(encoding="utf-8")
    for run, seen in matrix.items():
        assert read_cells(page, run) == cells_of(seen, run.operation), run


@pytest.mark.nightly
@pytest.mark.parametrize(("matrix", "naive"), [(list, list)], indirect=True)
def test_the_page_is_what_a_run_of_everything_gives(
    matrix: Matrix, naive: Matrix, by_position: Matrix
) -> None:
    assert PAGE.read_bytes() == render(matrix, naive, by_position).encode()
