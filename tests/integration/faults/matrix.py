"""Every row of the matrix, played, and what they come to."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final
from unittest import mock

import attrs

from connect_sms._api import eight_by_eight
from connect_sms._api.operation import Retry, Success
from connect_sms._api.response_policy import classify_response
from connect_sms._batch import tracker
from connect_sms._batch.response import read_response
from tests.integration.faults.faults import LASTINGS, OPERATIONS, TROUBLES, Lasting, Operation, Trouble
from tests.integration.faults.network_faults import closing_servers
from tests.integration.faults.observations import Seen
from tests.integration.faults.runner import CLIENTS, Client, play

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

#: Runs that wait for a timeout, side by side.
_WAITING: Final = 8


@attrs.frozen
class Run:
    """One row, met by one client."""

    trouble: Trouble
    operation: Operation
    client: Client
    lasting: Lasting


Matrix = dict[Run, Seen]


def runs(
    operations: Iterable[Operation] = OPERATIONS, lastings: Iterable[Lasting] = LASTINGS
) -> Iterator[Run]:
    """Every run there is."""
    for operation in operations:
        for trouble in TROUBLES:
            if operation in trouble.operations:
                for lasting in lastings:
                    if lasting in trouble.lastings:
                        for client in CLIENTS:
                            yield Run(trouble, operation, client, lasting)


def one_client_each(wanted: Iterable[Run]) -> Iterator[Run]:
    """Of runs that differ in the client alone, one: in turn, so that each trouble meets all clients.

    What can happen to one call only is met by every client.
    """
    for (trouble, operation, lasting), found in groupby(
        wanted, lambda run: (run.trouble, run.operation, run.lasting)
    ):
        same = list(found)
        turn = TROUBLES.index(trouble) + OPERATIONS.index(operation) + LASTINGS.index(lasting)
        yield from same if len(trouble.operations) == 1 else [same[turn % len(same)]]


def observe(wanted: Iterable[Run], *, concurrency: int = 1) -> Matrix:
    """Play them all."""

    def see(run: Run) -> Seen:
        return play(run.trouble, run.operation, run.client, run.lasting, concurrency=concurrency)

    rows = list(wanted)
    with closing_servers(), _without_proxies(), ThreadPoolExecutor(_WAITING) as pool:
        silent = [row for row in rows if row.trouble.silent]
        seen = dict(zip(silent, pool.map(see, silent), strict=True))
        seen |= {row: see(row) for row in rows if not row.trouble.silent}
    return {row: seen[row] for row in rows}


def _without_proxies() -> Any:
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return mock.patch.dict(os.environ, kept, clear=True)


@attrs.frozen
class Sums:
    """What a matrix comes to.

    Attributes:
        runs: How often something went wrong.
        requests: What the sandbox counted.
        recipients: Those who were to be sent a message.
        accepted: How many of them were accepted.
        twice: Those who were accepted more than once.
        lost: Those who were said to be accepted and never were, and those of whom nothing was said.
        denied: Those said to be safe to send to again, although they had been sent a message.
    """

    runs: int
    requests: int
    recipients: int
    accepted: int
    twice: int
    lost: int
    denied: int

    @classmethod
    def of(cls, matrix: Mapping[Run, Seen]) -> Sums:
        """Add up."""
        seen = matrix.values()
        return cls(
            len(matrix),
            sum(row.requests for row in seen),
            sum(len(row.people) for row in seen),
            sum(len(+row.accepted) for row in seen),
            sum(len(row.twice) for row in seen),
            sum(len(row.lost) for row in seen),
            sum(len(row.denied) for row in seen),
        )


def sends_once() -> Iterator[Run]:
    """The sends whose first request goes wrong."""
    return runs(("send", "batch"), ("first",))


def with_naive_retries(wanted: Iterable[Run]) -> Matrix:
    """These runs again, with a client that tries again whatever went wrong."""

    def naive(*args: Any) -> Any:
        verdict = classify_response(*args)
        return verdict if isinstance(verdict, Success | Retry) else Retry("anything", verdict)

    with mock.patch.object(eight_by_eight, "classify_response", naive):
        return observe(wanted)


def with_results_by_position() -> Matrix:
    """Batches whose answers lack items or reorder them, with a client that takes the first for the first."""

    def by_position(rows: Any, done: Any, client_batch_id: str | None) -> Any:
        for row, item in zip(rows, done.document["messages"], strict=False):
            item["clientMessageId"] = row.client_message_id
        return read_response(rows, done, client_batch_id)

    disordered = (run for run in runs(["batch"]) if run.trouble.fault in {"missing-items", "reordered-items"})
    with mock.patch.object(tracker, "read_response", by_position):
        return observe(disordered)
