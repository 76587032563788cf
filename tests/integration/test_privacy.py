"""Real connections: nothing of key, number or text in an error, its tracebacks, or the transports' logs."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from connect_sms import ConnectSmsError, RequestBlocked, Retries, StoreUnavailable, Timeout
from connect_sms.receipts import Receiver, WebhookAuth, WsgiReceiver, open_store, parse
from tests.support import canaries
from tests.support.canaries import KEY, NUMBER, PASSWORD, TEXT, leaks, leaks_in_frames
from tests.support.raw_server import RawServer, http, reset, saying
from tests.support.receiver_requests import request, wsgi_request
from tests.unit.test_privacy import shown_by

if TYPE_CHECKING:
    import socket
    from pathlib import Path

    from tests.support import Caller


@pytest.fixture(autouse=True)
def every_logger(caplog: pytest.LogCaptureFixture) -> None:
    """Everything is logged, also by httpx, httpcore, aiohttp, asyncio and psycopg."""
    caplog.set_level(logging.DEBUG)


@pytest.mark.parametrize(
    "act", [reset, saying(http(b'{"message": "no"}', "400 Bad Request")), saying(b"nonsense")]
)
@pytest.mark.parametrize("transport", ["usual", "of httpx"])
def test_nothing_shows_of_real_connections(
    caller: Caller,
    act: Any,
    transport: str,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if transport == "of httpx":
        monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with RawServer(act) as server:
        client = caller.client(
            api_key=KEY, base_url=server.url, timeout=Timeout(read=0.5), retries=Retries(tries=1)
        )
        with pytest.raises(ConnectSmsError) as caught:
            caller(client.send(NUMBER, TEXT))
        caller.close_client(client)
    assert leaks(*shown_by(caught.value)) == []
    # A refusal of the transport is dropped with all its frames.
    assert leaks_in_frames(caught.value, of_all=True) == []
    assert leaks(caplog.text) == []


def test_nothing_shows_of_a_call_that_is_stopped_while_it_waits(
    caller: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    """By Ctrl-C in the blocking client; by a cancellation of the task in the other."""
    cancel: list[Any] = []

    def stop(_: socket.socket) -> None:
        if cancel:
            cancel[0]()
        else:
            os.kill(os.getpid(), signal.SIGINT)

    async def cancelled(client: Any) -> None:
        task, loop = asyncio.ensure_future(client.send(NUMBER, TEXT)), asyncio.get_running_loop()
        cancel.append(lambda: loop.call_soon_threadsafe(task.cancel))
        await task

    with RawServer(stop) as server:
        client = caller.client(api_key=KEY, base_url=server.url)
        with pytest.raises((KeyboardInterrupt, asyncio.CancelledError)) as caught:
            caller(client.send(NUMBER, TEXT) if caller.colour == "sync" else cancelled(client))
        caller.close_client(client)
    assert leaks_in_frames(caught.value) == []
    assert leaks(caplog.text) == []


@pytest.mark.parametrize("kind", [RuntimeError, StoreUnavailable])
def test_nothing_shows_of_a_check_that_refuses_before_the_write(
    caller: Caller, kind: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even in frames of the transport, which has the key in hand when it calls the check."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    def refuse(_: object) -> NoReturn:
        raise StoreUnavailable(reason="no") if kind is StoreUnavailable else kind("no")

    with RawServer(reset) as server:
        client = caller.client(api_key=KEY, base_url=server.url)
        client._context.before_write = refuse
        with pytest.raises((RequestBlocked, StoreUnavailable)) as caught:
            caller(client.send(NUMBER, TEXT))
        caller.close_client(client)
    assert leaks_in_frames(caught.value, of_all=True) == []
    assert "refuse" in [frame.f_code.co_name for frame in canaries.frames(caught.value)]


def test_nothing_shows_of_a_database_that_cannot_be_reached(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(StoreUnavailable) as caught:
        open_store(f"postgresql://user:{PASSWORD}@127.0.0.1:1/none", busy_timeout=1)
    assert leaks(*shown_by(caught.value), caplog.text) == []
    assert leaks_in_frames(caught.value, of_all=True) == []


def test_nothing_shows_of_a_receiver_that_is_stopped(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    headers = {"authorization": f"Basic {KEY}", "content-type": "application/json"}

    async def stopped(receiver: Receiver) -> None:
        body = f'{{"source": "{NUMBER}", "text": "{TEXT}"'.encode()
        task = asyncio.ensure_future(request(receiver, body, headers, stalls=True))
        for _ in range(10):
            await asyncio.sleep(0)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await receiver.stop()
        await task

    with (
        open_store(tmp_path / "receipts.db") as store,
        pytest.raises(asyncio.CancelledError) as caught,
    ):
        asyncio.run(stopped(Receiver(store, WebhookAuth(f"Basic {KEY}"))))
    assert "_body" in [frame.f_code.co_name for frame in canaries.frames(caught.value)]
    assert leaks_in_frames(caught.value) == []
    assert leaks(caplog.text) == []


def test_nothing_shows_of_a_request_that_fails_in_a_wsgi_receiver(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError

    body = f'{{"source": "{NUMBER}", "text": "{TEXT}"'.encode()
    with open_store(tmp_path / "receipts.db") as store:
        monkeypatch.setattr(store, "submit", fail)
        app = WsgiReceiver(store, WebhookAuth("Basic x", verifier=lambda request: request.token == KEY))
        with pytest.raises(RuntimeError) as caught:
            wsgi_request(app, body, {"authorization": f"Bearer {KEY}"}, path=f"/{KEY}")
        app.stop()
    assert "_take" in [frame.f_code.co_name for frame in canaries.frames(caught.value)]
    assert leaks_in_frames(caught.value) == []


def test_nothing_shows_of_a_receiver_with_a_wrong_setting() -> None:
    with pytest.raises(ConnectSmsError) as caught:
        WebhookAuth(f"Basic {KEY}", networks=["nowhere"])
    assert leaks_in_frames(caught.value) == []


def test_nothing_shows_of_what_a_store_refuses(tmp_path: Path) -> None:
    body = f'{{"source": "{NUMBER}", "text": "{TEXT}"'.encode()
    with open_store(tmp_path / "receipts.db") as store:
        events: list[Any] = [parse(body), object()]
        with pytest.raises(AttributeError) as caught:
            store.record(events)
    assert leaks_in_frames(caught.value) == []
