"""An iterator of the caller's that raises, or is interrupted, loses nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connect_sms import BatchInterrupted, InvalidBatch
from tests.unit.batch.last import Last
from tests.unit.batch.sender import Sender
from tests.unit.batch.server import TWO_BY_TWO, Server, indexes, number, numbers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


class Broken(Exception):
    """Raised by an iterator of the caller's."""


def _breaking(count: int, error: BaseException) -> Iterator[str]:
    yield from numbers(count)
    raise error


async def _breaking_async(count: int, error: BaseException) -> AsyncIterator[str]:
    for one in numbers(count):
        yield one
    raise error


def _all_breaking(sender: Sender, count: int, error: BaseException) -> list[Any]:
    sources: list[Any] = [_breaking(count, error)]
    return [*sources, _breaking_async(count, error)] if sender.is_async else sources


def test_an_iterator_that_raises_half_way_stops_the_batch(sender: Sender) -> None:
    error = Broken("row 5")
    for source in _all_breaking(sender, 5, error):
        with pytest.raises(BatchInterrupted) as caught:
            sender(Server(), source, client=TWO_BY_TWO)
        result = caught.value.result
        assert caught.value.__cause__ is error
        assert (indexes(result.accepted), indexes(result.not_sent)) == ([0, 1, 2, 3], [4])
        assert "row 5" not in str(caught.value)


def test_an_iterator_that_raises_before_anything_was_sent_is_heard_as_it_is(sender: Sender) -> None:
    error = Broken("row 1")
    for source in _all_breaking(sender, 1, error):
        server, last = Server(), Last()
        with pytest.raises(Broken) as caught:
            sender(server, source, client=TWO_BY_TWO, progress=last)
        assert caught.value is error
        assert indexes(last.result.not_sent) == [0]
        assert server.documents == []


def test_a_wrong_recipient_late_in_an_iterator_stops_the_batch(sender: Sender) -> None:
    with pytest.raises(BatchInterrupted) as caught:
        sender(Server(), iter([*numbers(3), "wrong", number(4)]), client=TWO_BY_TWO)
    result = caught.value.result
    assert isinstance(caught.value.__cause__, InvalidBatch)
    assert f"half-way: InvalidBatch ({caught.value.__cause__}); 2 accepted" in str(caught.value)
    assert "message 3 of the batch: destination has a letter" in str(caught.value)
    assert [problem.index for problem in caught.value.__cause__.problems] == [3]
    assert (indexes(result.accepted), indexes(result.rejected)) == ([0, 1], [3])
    assert set(indexes(result.not_sent)) <= {2, 4}
    assert 2 in indexes(result.not_sent)


def test_a_mapping_that_raises_when_looked_at_loses_nobody(sender: Sender) -> None:
    class Odd(dict[str, Any]):
        def get(self, name: str, default: Any = None) -> Any:
            raise Broken

    last = Last()
    with pytest.raises(Broken):
        sender(Server(), [number(0), Odd(destination=number(1)), number(2)], progress=last)
    assert indexes(last.result.not_sent) == [0, 1]


def test_ctrl_c_in_the_callers_iterator_loses_nobody() -> None:
    last = Last()
    with pytest.raises(KeyboardInterrupt):
        Sender("sync")(Server(), _breaking(5, KeyboardInterrupt()), client={"batch_size": 3}, progress=last)
    assert (indexes(last.result.accepted), indexes(last.result.not_sent)) == ([0, 1, 2], [3, 4])
    assert [row.destination for row in last.result.not_sent] == [number(3), number(4)]
