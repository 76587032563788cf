"""Each request of a batch is recorded before its first byte leaves, and settled after its answer."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import anyio
import anyio.lowlevel
import httpx
import pytest

from connect_sms import BatchInterrupted, BatchProgress, ConnectSmsError, Outcome, StoreUnavailable
from tests.support import TEXT, Caller, answer
from tests.support.message_store import Store
from tests.support.saboteur import Saboteur
from tests.unit.batch.server import ONE_BY_ONE, TWO_BY_TWO, Server, accept, indexes, numbers, some_of_each

if TYPE_CHECKING:
    from tests.unit.batch.sender import Sender

LEAST = 0.1
FULL = StoreUnavailable(reason="the disk is full")


def standing_when_asked(store: Store, seen: list[set[str]]) -> Server:
    """A server that looks at the store when a request comes."""

    def look(document: Any) -> httpx.Response:
        standing = {message.destination for message in store.standing}
        assert {message["destination"] for message in document["messages"]} <= standing
        seen.append(standing)
        return accept(document)

    return Server(look, look, look)


def test_the_messages_of_a_request_are_recorded_when_it_comes(sender: Sender) -> None:
    store, seen = Store(), list[set[str]]()
    client = {"batch_size": 2, "receipts": store}
    assert sender(standing_when_asked(store, seen), numbers(6), client=client, client_batch_id="sale-7").ok
    assert len(seen) == 3
    assert (len(store.handed_over), len(store.deadlines), len(store.sent)) == (6, 3, 6)
    assert store.standing == []
    assert {(one.outcome, one.client_batch_id) for one in store.handed_over} == {
        (Outcome.HANDING_OVER, "sale-7")
    }


def test_they_are_recorded_once_for_both_paths_and_all_tries(sender: Sender) -> None:
    store = Store()
    server = Server(answer(429), answer(404), answer(429))
    assert sender(server, numbers(2), client={"receipts": store}).ok
    assert (len(server.documents), len(store.deadlines), len(store.handed_over)) == (4, 1, 2)


@pytest.mark.parametrize("trouble", [FULL, RuntimeError(TEXT)], ids=lambda trouble: type(trouble).__name__)
def test_nothing_is_sent_that_cannot_be_recorded(sender: Sender, trouble: Exception) -> None:
    server, last = Server(), list[BatchProgress]()
    store = Store(trouble=trouble)
    with pytest.raises(StoreUnavailable, match="nothing was sent") as caught:
        sender(server, numbers(4), client={**ONE_BY_ONE, "receipts": store}, progress=last.append)
    assert not caught.value.may_have_been_sent
    assert server.documents == []
    result = last[-1].result
    assert result is not None
    assert indexes(result.not_sent) == [0, 1, 2, 3]
    assert all("nothing was sent" in (row.reason or "") for row in result.not_sent[:1])


def test_a_batch_stops_where_the_store_fails(sender: Sender) -> None:
    class Full(Store):
        def _maybe_fail(self, name: str) -> None:
            if name == "hand_over" and len(self.deadlines) == 2:
                raise FULL

    server, store = Server(), Full()
    with pytest.raises(BatchInterrupted) as caught:
        sender(server, numbers(4), client={**ONE_BY_ONE, "receipts": store})
    assert isinstance(caught.value.__cause__, StoreUnavailable)
    assert indexes(caught.value.result.accepted) == [0, 1]
    assert indexes(caught.value.result.not_sent) == [2, 3]
    assert len(server.documents) == 2
    assert (len(store.sent), store.standing) == (2, [])


def test_with_the_option_a_batch_goes_on_without_it(sender: Sender, caplog: pytest.LogCaptureFixture) -> None:
    store = Store(trouble=FULL)
    client = {**TWO_BY_TWO, "receipts": store, "send_without_store": True}
    assert len(sender(Server(), numbers(4), client=client).accepted) == 4
    assert caplog.text.count("sending without a record") == 2
    # A lock is waited for once in the whole batch.
    assert store.timeouts == [None, LEAST, LEAST, LEAST]
    assert caplog.text.count("it was ignored") == 1


def test_a_store_that_works_again_is_waited_for_again(sender: Sender) -> None:
    store = Store(trouble=FULL, failing=("hand_over",))
    client = {**ONE_BY_ONE, "receipts": store, "send_without_store": True}
    assert sender(Server(), numbers(2), client=client).ok
    assert store.timeouts == [None, LEAST, None, LEAST]


def test_a_batch_goes_on_though_its_answers_cannot_be_recorded(sender: Sender) -> None:
    store = Store(trouble=FULL, failing=("record_sent",))
    assert sender(Server(), numbers(4), client={**ONE_BY_ONE, "receipts": store}).ok
    assert len(store.standing) == 4


def test_an_answer_that_comes_after_the_batch_was_closed_is_not_withdrawn(async_sender: Sender) -> None:
    """Somebody presses Ctrl-C while the answer to another request is already here."""
    store, reached, answers = Store(), list[anyio.Event](), list[Any]()

    async def server(request: httpx.Request) -> httpx.Response:
        document = json.loads(request.content)
        reached.append(anyio.Event())
        if len(reached) == 2:
            await reached[1].wait()
        while len(reached) < 2:
            await anyio.lowlevel.checkpoint()
        answers.append(document)
        return accept(document)

    def press(_: BatchProgress) -> None:
        reached[1].set()
        raise KeyboardInterrupt

    client = {"batch_size": 1, "batch_concurrency": 2, "receipts": store}
    with pytest.raises(KeyboardInterrupt):
        async_sender(server, numbers(2), client=client, progress=press)
    accepted = {message["clientMessageId"] for document in answers for message in document["messages"]}
    assert accepted <= {message.client_message_id for message in store.sent}
    assert (len(store.sent), store.standing) == (2, [])


STOPS = (KeyboardInterrupt, SystemExit, asyncio.CancelledError, GeneratorExit)
SCRIPTS: dict[str, tuple[Any, ...]] = {
    "accepted": (accept, accept),
    "after a 429": (answer(429), accept, accept),
    "after a failed connection": (accept, httpx.ConnectError("x"), accept),
    "some of each": (some_of_each, some_of_each),
    "lost": (answer(503), accept),
}


def ended_at(step: int, stop: type[BaseException], replies: tuple[Any, ...], *, lazily: bool) -> bool:
    """Play a batch of two requests up to a step; False when it has no such step."""
    saboteur = Saboteur(step, stop)
    server, store, caller, last = Server(*replies), saboteur.store(), Caller("sync"), list[BatchProgress]()
    client = caller.client(
        saboteur.server(server), receipts=store, clock=saboteur.clock(), hooks=saboteur.hooks(), batch_size=3
    )
    call = client.iter_batch if lazily else client.send_batch
    try:
        list(call(numbers(6), TEXT, progress=last.append))
    except ConnectSmsError:
        assert not saboteur.raised
    except STOPS as caught:
        assert type(caught) is stop  # noqa: PT017  the one that was raised
    finally:
        caller.close()
    result = last[-1].result
    assert result is not None
    settled = {message.client_message_id: message.outcome for message in store.sent}
    standing = {message.client_message_id for message in store.standing}
    for reply, document in zip(server.replied, server.documents, strict=True):
        if isinstance(reply, httpx.Response) and reply.status_code == 200:
            ids = {message["clientMessageId"] for message in document["messages"]}
            assert ids <= settled.keys() | standing, step
    if stop is GeneratorExit or saboteur.at in {"record_sent", "withdraw"}:
        return saboteur.raised
    # What the caller is told is what the store holds.
    assert not standing, step
    assert all(settled[row.client_message_id] is Outcome.QUEUED for row in result.accepted), step
    assert all(row.client_message_id not in settled for row in result.not_sent), step
    assert all(row.client_message_id in settled for row in result.unknown), step
    return saboteur.raised


@pytest.mark.parametrize("lazily", [False, True], ids=["send_batch", "iter_batch"])
@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.__name__)
@pytest.mark.parametrize("replies", SCRIPTS.values(), ids=SCRIPTS)
def test_nothing_is_lost_at_any_step(
    replies: tuple[Any, ...], stop: type[BaseException], *, lazily: bool
) -> None:
    step = 1
    while ended_at(step, stop, replies, lazily=lazily):
        step += 1
    assert step > 16
