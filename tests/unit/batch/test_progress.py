"""What the progress callback is told, and when."""

from __future__ import annotations

import itertools
import logging
from typing import TYPE_CHECKING

import pytest

from connect_sms import BatchInterrupted, BatchProgress
from tests.support import answer
from tests.unit.batch.server import TWO_BY_TWO, Server, numbers, some_of_each

if TYPE_CHECKING:
    from tests.unit.batch.sender import Sender


def _counts(told: BatchProgress) -> tuple[int, int, int, int]:
    return told.accepted, told.rejected, told.unknown, told.not_sent


def test_it_is_called_after_each_request_and_once_more_at_the_end(sender: Sender) -> None:
    calls: list[BatchProgress] = []
    client = {"batch_size": 3, "batch_concurrency": 1}
    result = sender(Server(some_of_each), numbers(7), client=client, progress=calls.append)
    assert [_counts(told) for told in calls] == [(1, 1, 1, 0), (4, 1, 1, 0), (5, 1, 1, 0), (5, 1, 1, 0)]
    assert [told.done for told in calls] == [3, 6, 7, 7]
    assert [told.total for told in calls] == [7, 7, 7, 7]
    assert [told.ended for told in calls] == [False, False, False, True]
    assert [told.result for told in calls[:-1]] == [None, None, None]
    assert calls[-1].result is result


def test_the_total_of_an_iterator_is_known_once_its_end_is_in_sight(sender: Sender) -> None:
    calls: list[BatchProgress] = []
    sender(Server(), iter(numbers(5)), client=TWO_BY_TWO, progress=calls.append)
    assert calls[0].total is None
    assert [told.total for told in calls[-2:]] == [5, 5]


@pytest.mark.parametrize("concurrency", [1, 2, 5])
def test_counts_only_ever_grow_and_end_equal_to_the_result(sender: Sender, concurrency: int) -> None:
    calls: list[BatchProgress] = []
    server = Server(some_of_each, answer(500), some_of_each, some_of_each, answer(400))
    given = ["wrong", *numbers(17), "wrong"]
    with pytest.raises(BatchInterrupted) as caught:
        sender(
            server,
            iter(given),
            client={"batch_size": 3, "batch_concurrency": concurrency},
            on_invalid="reject",
            progress=calls.append,
        )
    counts = [_counts(told) for told in calls]
    for before, after in itertools.pairwise(counts):
        assert all(earlier <= later for earlier, later in zip(before, after, strict=True))
    result = caught.value.result
    assert counts[-1] == tuple(map(len, (result.accepted, result.rejected, result.unknown, result.not_sent)))
    assert calls[-1].result is result


def test_one_that_raises_is_outlived_and_told_of_without_its_words(
    sender: Sender, caplog: pytest.LogCaptureFixture
) -> None:
    def progress(_: BatchProgress) -> None:
        raise RuntimeError("+447700900123")

    server = Server()
    with caplog.at_level(logging.WARNING, "connect_sms"):
        result = sender(server, numbers(4), client={"batch_size": 2}, progress=progress)
    assert result.ok
    assert server.sizes == [2, 2]
    assert caplog.text.count("RuntimeError") == 3
    assert "900123" not in caplog.text


def test_what_it_is_told_prints_without_numbers(sender: Sender) -> None:
    calls: list[BatchProgress] = []
    sender(Server(), numbers(2), progress=calls.append)
    assert numbers(1)[0] not in repr(calls)
    assert numbers(1)[0] not in repr(calls[-1].result)
