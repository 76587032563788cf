"""A store that is open when the process forks: nothing of it is used by both."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from connect_sms import StoreUnavailable
from connect_sms.models.outcomes import Outcome
from tests.support.forking import Child, in_child, silent_fork
from tests.support.receipt_samples import receipt, sent_message

if TYPE_CHECKING:
    from collections.abc import Callable

    from connect_sms.models.sent import SentMessage
    from connect_sms.receipts import ReceiptStore

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")


LATE = datetime(9000, 1, 1, tzinfo=UTC)


def handed(client_message_id: str) -> SentMessage:
    """A message that is about to be sent."""
    return sent_message(client_message_id, outcome=Outcome.HANDING_OVER)


def record_and_read(store: ReceiptStore, umid: str) -> list[object]:
    return [store.record([receipt(umid)]), store.status("none") is None]


def told(store: ReceiptStore) -> set[str | None]:
    return {status.umid for status in store.statuses()}


def test_parent_and_child_both_write_and_read(store: ReceiptStore) -> None:
    store.record([receipt("before")])

    def work() -> list[object]:
        kept = store.record([receipt("child")])
        return [kept, store.status("before") is not None]

    child = Child(work)
    assert store.record([receipt("parent")]) == 1
    assert child.result() == [1, True]
    assert told(store) == {"before", "child", "parent"}


def test_a_child_of_a_child(store: ReceiptStore) -> None:
    store.record([receipt("parent")])

    def work() -> list[object]:
        kept = store.record([receipt("child")])
        return [kept, in_child(lambda: store.record([receipt("grandchild")])), store.record([receipt("x")])]

    assert in_child(work) == [1, 1, 1]
    assert told(store) == {"parent", "child", "grandchild", "x"}


def test_closing_in_the_child_leaves_the_parent_alone(store: ReceiptStore) -> None:
    store.record([receipt("before")])
    assert in_child(store.close) is None
    assert store.record([receipt("after")]) == 1
    assert told(store) == {"before", "after"}


def test_a_closed_store_is_closed_in_the_child_too(store: ReceiptStore) -> None:
    store.close()
    assert in_child(lambda: store.record([receipt()])).endswith("it was closed")


def test_what_a_child_wrote_outlives_its_parents_store(
    opened: Callable[[], ReceiptStore], where: str
) -> None:
    """SQLite counts its locks in memory: a child that believes to have the parent's loses its rows."""
    store = opened()
    store.record([receipt("parent")])
    go_take, go_put = os.pipe()
    said_take, said_put = os.pipe()

    def work() -> int:
        store.record([receipt("first")])
        os.write(said_put, b"1")
        os.read(go_take, 1)
        return store.record([receipt("second")])

    child = Child(work)
    os.read(said_take, 1)
    store.close()
    another = "import sys; from connect_sms.receipts import open_store; open_store(sys.argv[1]).close()"
    subprocess.run([sys.executable, "-c", another, where], check=True)
    os.write(go_put, b"1")
    assert child.result() == 1
    for end in (go_take, go_put, said_take, said_put):
        os.close(end)
    assert told(opened()) == {"parent", "first", "second"}


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="no /proc here")
def test_no_connection_is_inherited(store: ReceiptStore, where: str) -> None:
    store.record([receipt()])
    told(store)
    port = f":{int(where.rpartition(':')[2].partition('/')[0]):04X}" if "://" in where else None

    def open_in_child() -> list[str]:
        links = []
        for entry in os.scandir("/proc/self/fd"):
            try:
                links.append(str(Path(entry.path).readlink()))
            except FileNotFoundError:  # the folder's own
                continue
        if port is None:
            return [link for link in links if where in link]
        rows = [line.split() for line in Path("/proc/self/net/tcp").read_text("ascii").splitlines()[1:]]
        to_server = {f"socket:[{row[9]}]" for row in rows if row[2].endswith(port)}
        return [link for link in links if link in to_server]

    assert in_child(open_in_child) == []


def test_what_is_queued_at_the_fork_is_written_once_by_the_parent(store: ReceiptStore) -> None:
    entered, go = threading.Event(), threading.Event()

    def work(session: object) -> None:
        entered.set()
        go.wait()

    holder = threading.Thread(target=store._durable.call, args=(work,))
    holder.start()
    entered.wait()
    queued = store.submit([receipt("queued")])
    threading.Timer(0.05, go.set).start()  # the fork waits for the transaction
    reason = in_child(queued.result)
    assert reason.startswith("StoreUnavailable")
    assert "the parent writes it" in reason
    assert queued.result() == 1
    holder.join()
    assert told(store) == {"queued"}


def test_what_a_child_hands_over_is_its_own(store: ReceiptStore) -> None:
    """It is unknown once the child is gone, though the parent lives."""
    store.hand_over([handed("parent")], deadline=LATE)

    def work() -> list[str]:
        store.hand_over([handed("child")], deadline=LATE)
        return sorted(f"{status.client_message_id} {status.outcome}" for status in store.statuses())

    assert in_child(work) == ["child handing_over", "parent handing_over"]
    assert {status.client_message_id: status.outcome for status in store.statuses()} == {
        "parent": Outcome.HANDING_OVER,
        "child": Outcome.UNKNOWN,
    }


def test_forks_while_many_threads_write(store: ReceiptStore) -> None:
    ended = threading.Event()

    def write(name: str) -> None:
        number = 0
        while not ended.is_set():
            store.record([receipt(f"{name}-{number}")])
            store.status(f"{name}-{number}")
            number += 1

    threads = [threading.Thread(target=write, args=(f"thread-{at}",)) for at in range(4)]
    for thread in threads:
        thread.start()
    with ExitStack() as stack:
        stack.callback(ended.set)
        kept = [in_child(partial(record_and_read, store, f"child-{at}")) for at in range(10)]
    for thread in threads:
        thread.join()
    assert kept == [[1, True]] * 10
    assert {f"child-{at}" for at in range(10)} <= told(store)


@pytest.mark.skipif(sys.platform != "linux", reason="calls the C library")
def test_a_fork_that_python_is_not_told_of_is_refused_at_once(store: ReceiptStore) -> None:
    store.record([receipt("before")])

    def work() -> list[str]:
        return [refusal(lambda: store.record([receipt("child")])), refusal(lambda: store.status("before"))]

    def refusal(call: Callable[[], object]) -> str:
        with pytest.raises(StoreUnavailable) as caught:
            call()
        return caught.value.reason

    assert (
        in_child(work, silent_fork)
        == ["the process was forked while it was in use; open it in each process"] * 2
    )
    assert store.record([receipt("after")]) == 1


def test_a_fork_does_not_wait_for_ever(store: ReceiptStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connect_sms.store.durable._FORK_PATIENCE", 0.01)
    entered, go = threading.Event(), threading.Event()

    def work(session: object) -> str:
        entered.set()
        go.wait()
        return "done"

    results: list[str] = []
    holder = threading.Thread(target=lambda: results.append(store._durable.call(work)))
    holder.start()
    entered.wait()
    assert "in use" in in_child(lambda: store.record([receipt("child")]))
    go.set()
    holder.join()
    assert results == ["done"]
    assert store.record([receipt("after")]) == 1
