"""A batch under way when its process forks: the parent goes on with it, and the child sends nothing of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connect_sms import BatchInterrupted, BatchRequestResult, ConfigurationError
from tests.unit.batch.iteration import Yielded, iterate
from tests.unit.batch.server import TWO_BY_TWO, Server, indexes, number, numbers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.batch.sender import Sender


def _in_a_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connect_sms._batch.sender.process_id", lambda: -1)


def test_a_child_sends_nothing_of_an_iteration_that_its_parent_began(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, yielded = Server(), Yielded()

    def fork(_: BatchRequestResult) -> bool:
        _in_a_child(monkeypatch)
        return False

    with pytest.raises(BatchInterrupted, match="its parent goes on with") as caught:
        iterate(sender, server, numbers(5), into=yielded, leave=fork)
    assert [indexes(request.accepted) for request in yielded] == [[0, 1]]
    assert len(server.documents) == 1
    assert isinstance(caught.value.__cause__, ConfigurationError)


def test_nor_what_it_had_read_of_a_source_that_forks(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    def forking() -> Iterator[str]:
        yield number(0)
        _in_a_child(monkeypatch)
        yield number(1)

    server = Server()
    with pytest.raises(ConfigurationError, match="forked"):
        sender(server, forking(), client=TWO_BY_TWO)
    assert not server.documents
