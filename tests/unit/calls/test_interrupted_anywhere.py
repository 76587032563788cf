"""A send that is ended at any of its steps: what 8x8 accepted is in the store, what never left is not."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from connect_sms import ConnectSmsError, Hooks, Outcome
from tests.support import NUMBER, TEXT, UMID, Caller, Script, answer, queued, rejected
from tests.support.message_store import Store
from tests.support.saboteur import Saboteur

STOPS = (KeyboardInterrupt, SystemExit, asyncio.CancelledError, GeneratorExit)
SCRIPTS = {
    "accepted": (queued,),
    "after a 429": (answer(429), queued),
    "after a failed connection": (httpx.ConnectError("x"), queued),
    "rejected": (rejected(),),
    "refused": (answer(400),),
    "lost": (answer(503),),
}


class Server:
    """Answers by a script, and knows what it accepted and what may be waiting in it."""

    def __init__(self, replies: tuple[Any, ...]) -> None:
        self._script = Script(*replies)
        self.reached: set[str] = set()
        self.accepted: set[str] = set()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        own_id = json.loads(request.content)["clientMessageId"]
        response = self._script(request)
        self.reached.add(own_id)
        if response.status_code == 200 and json.loads(response.content)["status"]["code"] == "QUEUED":
            self.accepted.add(own_id)
        return response


def known(store: Store) -> set[str]:
    """The messages that a store has something of."""
    return {message.client_message_id for message in (*store.standing, *store.sent)}


def ended_at(step: int, stop: type[BaseException], replies: tuple[Any, ...], *, again: bool) -> bool:
    """Play a send up to a step; False when it has no such step."""
    saboteur = Saboteur(step, stop, again=again)
    server, store, caller = Server(replies), saboteur.store(), Caller("sync")
    client = caller.client(
        saboteur.server(server), receipts=store, clock=saboteur.clock(), hooks=saboteur.hooks()
    )
    notes = ""
    try:
        caller(client.send(NUMBER, TEXT, client_message_id="a"))
    except ConnectSmsError:
        assert not saboteur.raised
    except STOPS as caught:
        assert type(caught) is stop  # noqa: PT017  the one that was raised
        notes = "".join(getattr(caught, "__notes__", ()))
    finally:
        caller.close()
    assert server.accepted <= known(store), step
    assert len(store.handed_over) <= 1
    if server.accepted and saboteur.raised and stop is not GeneratorExit:
        assert "it may have been sent" in notes or UMID in notes, step
    if saboteur.raised and not again and stop is not GeneratorExit:
        assert store.standing == [] or saboteur.at in {"record_sent", "withdraw"}, step
        if not server.reached:
            in_doubt = {sent.outcome for sent in store.sent}
            # The last moment before the first byte is one of doubt; every earlier one is not.
            assert in_doubt <= {Outcome.UNKNOWN}
            assert bool(in_doubt) is ("it may have been sent" in notes), step
    return saboteur.raised


@pytest.mark.parametrize("again", [False, True], ids=["once", "and again"])
@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.__name__)
@pytest.mark.parametrize("replies", SCRIPTS.values(), ids=SCRIPTS)
def test_nothing_is_lost_at_any_step(
    replies: tuple[Any, ...], stop: type[BaseException], *, again: bool
) -> None:
    step = 1
    while ended_at(step, stop, replies, again=again):
        step += 1
    assert step > 8


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_after_the_answer_the_umid_is_told_and_recorded(stop: type[BaseException]) -> None:
    """A hook that raises after acceptance, and a store that does while it is told."""
    caller, store = Caller("sync"), Store()

    def end(_: object) -> None:
        raise stop

    client = caller.client(Script(queued), receipts=store, hooks=Hooks(on_result=end))
    with pytest.raises(stop) as caught:
        caller(client.send(NUMBER, TEXT, client_message_id="order-1"))
    assert caught.value.__notes__ == [
        "connect-sms: a send was under way (clientMessageId order-1); it may have been sent",
        f"connect-sms: the message was accepted under the UMID {UMID}",
    ]
    assert [(sent.outcome, sent.umid) for sent in store.sent] == [(Outcome.QUEUED, UMID)]

    store = Store(trouble=stop(), failing=("record_sent",))
    with pytest.raises(stop) as caught:
        caller(caller.client(Script(queued), receipts=store).send(NUMBER, TEXT))
    assert caught.value.__notes__ == [f"connect-sms: the message was accepted under the UMID {UMID}"]
    assert len(store.standing) == 1
    caller.close()
