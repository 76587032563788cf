"""The receiver: what 8x8 is told, and when; what user code is told, and how often."""

from __future__ import annotations

import asyncio
import logging
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

import pytest

from connect_sms import Outcome, StoreUnavailable
from connect_sms.receipts import WebhookAuth, open_store, parse
from connect_sms.receipts.callbacks import CallbackRunner
from connect_sms.receipts.metrics import Metrics
from connect_sms.receipts.webhook_app import Receiver
from tests.support.receipt_process import SECRET
from tests.support.receipt_samples import as_json, receipt_document
from tests.support.receiver_requests import HEADERS, Answer, request, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from connect_sms.receipts import Event, ReceiptStore


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"  # an ASGI server of ours is always asyncio's


@pytest.fixture
async def receiver(store: ReceiptStore) -> AsyncIterator[Receiver]:
    made = Receiver(store, WebhookAuth(SECRET))
    yield made
    await made.stop()


def receipt(umid: str = "u-1") -> bytes:
    return as_json(receipt_document(umid))


class TestWhatTheSenderIsTold:
    async def test_200_once_it_is_durable(self, receiver: Receiver, store: ReceiptStore) -> None:
        said = await request(receiver, receipt())
        assert said.status == 200
        status = store.status("u-1")
        assert status is not None
        assert status.outcome is Outcome.DELIVERED

    async def test_200_for_a_repetition_and_nothing_changes(
        self, receiver: Receiver, store: ReceiptStore
    ) -> None:
        for _ in range(3):
            assert (await request(receiver, receipt())).status == 200
        assert len(list(store.statuses())) == 1
        assert receiver.metrics.events == {"receipt": 3, "repeated": 2}

    @pytest.mark.parametrize("body", [b"", b"junk", b"\xff\xfe\x00", b"[", b"<root>", b"null", b"{}"])
    async def test_200_for_what_cannot_be_read_which_is_kept(
        self, receiver: Receiver, store: ReceiptStore, body: bytes
    ) -> None:
        assert (await request(receiver, body)).status == 200
        assert [entry.event.raw for entry in store.quarantined()] == [body]

    @pytest.mark.parametrize("shown", [None, "", "Basic", SECRET + " ", SECRET.lower(), "Bearer " + SECRET])
    async def test_401_without_the_registered_value(
        self, receiver: Receiver, store: ReceiptStore, shown: str | None
    ) -> None:
        said = await request(receiver, receipt(), {} if shown is None else {"authorization": shown})
        # A space at the end is no part of a header's value, so one of these is the registered one.
        assert said.status == (200 if shown == SECRET + " " else 401)
        assert (store.status("u-1") is None) == (said.status == 401)

    async def test_503_when_it_cannot_be_kept(
        self,
        receiver: Receiver,
        store: ReceiptStore,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        failed: Future[int] = Future()
        failed.set_exception(StoreUnavailable(reason="the disk is full"))
        with monkeypatch.context() as patch, caplog.at_level(logging.WARNING, "connect_sms.receipts"):
            patch.setattr(store, "submit", lambda *_, **__: failed)
            said = await request(receiver, receipt("+447700900123"))
        assert (said.status, said.headers["retry-after"]) == (503, "10")
        assert "disk is full" in caplog.text
        assert "7700900123" not in caplog.text
        assert (await request(receiver, receipt())).status == 200

    async def test_503_when_the_store_is_closed(self, receiver: Receiver, store: ReceiptStore) -> None:
        store.close()
        assert (await request(receiver, receipt())).status == 503
        assert (await request(receiver, method="GET", path="/healthz")).status == 503

    async def test_413_when_it_is_announced_as_too_large(self, receiver: Receiver) -> None:
        said = await request(receiver, b"x", {**HEADERS, "content-length": "65537"})
        assert (said.status, said.headers["connection"]) == (413, "close")

    async def test_413_when_it_turns_out_too_large(self, store: ReceiptStore) -> None:
        small = Receiver(store, WebhookAuth(SECRET), max_body=10)
        assert (await request(small, [b"12345", b"678901"])).status == 413
        assert (await request(small, [b"12345", b"67890"])).status == 200
        await small.stop()

    async def test_408_when_it_does_not_come(self, store: ReceiptStore) -> None:
        hasty = Receiver(store, WebhookAuth(SECRET), body_deadline=0.01)
        said = await request(hasty, b"{", stalls=True)
        assert (said.status, said.headers["connection"]) == (408, "close")
        await hasty.stop()

    async def test_nothing_when_the_sender_has_gone(self, receiver: Receiver, store: ReceiptStore) -> None:
        said = await request(receiver, receipt()[:20], leaves=True)
        assert said.status == 0
        assert receiver.metrics.requests == {"disconnected": 1}
        assert not list(store.quarantined())

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
    async def test_405_for_anything_but_a_post(self, receiver: Receiver, method: str) -> None:
        said = await request(receiver, method=method)
        assert (said.status, said.headers["allow"]) == (405, "POST")


class TestManyAtOnce:
    async def test_one_that_is_given_up_takes_nobody_along(
        self, receiver: Receiver, store: ReceiptStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        held: dict[str, Future[int]] = {}

        def submit(events: Any, **_: Any) -> Future[int]:
            return held.setdefault(events[0].umid, Future())

        monkeypatch.setattr(store, "submit", submit)
        asked = {name: asyncio.create_task(request(receiver, receipt(name))) for name in ("a", "b", "c")}
        await until(lambda: len(held) == 3)
        asked["a"].cancel()
        held["a"].set_result(1)
        held["b"].set_exception(StoreUnavailable(reason="the disk is full"))
        held["c"].set_result(1)
        with pytest.raises(asyncio.CancelledError):
            await asked["a"]
        assert ((await asked["b"]).status, (await asked["c"]).status) == (503, 200)

    def test_a_receiver_outlives_its_loop(self, store: ReceiptStore) -> None:
        app = Receiver(store, WebhookAuth(SECRET))

        async def once(umid: str) -> int:
            status = (await request(app, receipt(umid))).status
            await app.stop()
            return status

        assert [asyncio.run(once("first")), asyncio.run(once("second"))] == [200, 200]


class TestMountedElsewhere:
    async def test_the_place_of_mounting_does_not_matter(
        self, receiver: Receiver, store: ReceiptStore
    ) -> None:
        assert (await request(receiver, receipt(), path="/hooks/8x8", root_path="/hooks")).status == 200
        assert store.status("u-1") is not None
        said = await request(receiver, method="GET", path="/hooks/healthz", root_path="/hooks")
        assert (said.status, said.body) == (200, b"ok")

    async def test_a_server_may_start_and_stop_it(self, store: ReceiptStore) -> None:
        app = Receiver(store, WebhookAuth(SECRET))
        incoming = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
        said: list[str] = []

        async def receive() -> dict[str, Any]:
            return next(incoming)

        async def send(message: Any) -> None:
            said.append(message["type"])

        await app({"type": "lifespan"}, receive, send)
        assert said == ["lifespan.startup.complete", "lifespan.shutdown.complete"]

    async def test_a_websocket_is_left_alone(self, receiver: Receiver) -> None:
        said = Answer()
        await receiver({"type": "websocket", "path": "/"}, asyncio.Event().wait, said.send)  # type: ignore[arg-type]
        assert said.status == 0


class TestWatching:
    async def test_metrics_say_what_came(self, receiver: Receiver) -> None:
        await request(receiver, receipt())
        await request(receiver, b"junk")
        await request(receiver, receipt(), {})
        said = await request(receiver, method="GET", path="/metrics")
        assert said.headers["content-type"].startswith("text/plain; version=0.0.4")
        lines = said.body.decode().splitlines()
        assert 'connect_sms_receipt_requests_total{result="durable"} 2' in lines
        assert 'connect_sms_receipt_requests_total{result="unauthorized"} 1' in lines
        assert 'connect_sms_receipt_events_total{kind="quarantined"} 1' in lines
        assert "connect_sms_receipt_durable_seconds_count 2" in lines
        assert 'connect_sms_receipt_durable_seconds_bucket{le="+Inf"} 2' in lines

    def test_the_histogram_adds_up(self) -> None:
        metrics = Metrics()
        for seconds in (0.0005, 0.001, 0.3, 99.0):
            metrics.durable_after(seconds)
        lines = metrics.text().splitlines()
        assert 'connect_sms_receipt_durable_seconds_bucket{le="0.001"} 2' in lines
        assert 'connect_sms_receipt_durable_seconds_bucket{le="5.0"} 3' in lines
        assert 'connect_sms_receipt_durable_seconds_bucket{le="+Inf"} 4' in lines

    async def test_a_heart_that_cannot_beat_is_logged_and_beats_on(
        self, store: ReceiptStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        beats = iter([StoreUnavailable(reason="locked"), None, None])
        recovered = threading.Event()

        def beat() -> None:
            problem = next(beats, None)
            if problem is not None:
                raise problem
            recovered.set()

        monkeypatch.setattr(store, "heartbeat", beat)
        app = Receiver(store, WebhookAuth(SECRET), heartbeat=0.001)
        with caplog.at_level(logging.WARNING, "connect_sms.receipts"):
            await app.start()
            await app.start()  # a second start changes nothing
            assert await asyncio.to_thread(recovered.wait, 30)
            await app.stop()
        assert "locked" in caplog.text


class TestUserCode:
    async def test_it_is_called_once_for_a_new_event_and_not_for_a_repetition(
        self, store: ReceiptStore
    ) -> None:
        seen: asyncio.Queue[Event] = asyncio.Queue()

        async def on_event(event: Event) -> None:
            assert store.status("u-1") is not None  # only after it is durable
            await seen.put(event)

        app = Receiver(store, WebhookAuth(SECRET), on_event=on_event)
        for _ in range(3):
            await request(app, receipt())
        await request(app, receipt("u-2"))
        found = [await asyncio.wait_for(seen.get(), 30) for _ in range(2)]
        await app.stop()
        assert sorted(getattr(event, "umid", "") for event in found) == ["u-1", "u-2"]
        assert seen.empty()
        assert store.pending_callbacks() == []

    async def test_what_it_raises_is_logged_by_type_and_it_is_due_again(
        self, store: ReceiptStore, caplog: pytest.LogCaptureFixture
    ) -> None:
        failed = asyncio.Event()
        loop = asyncio.get_running_loop()

        def on_event(event: Event) -> None:
            loop.call_soon_threadsafe(failed.set)
            raise RuntimeError(str(event))

        app = Receiver(store, WebhookAuth(SECRET), on_event=on_event)
        with caplog.at_level(logging.WARNING, "connect_sms.receipts"):
            await request(app, receipt("+447700900123"))
            await asyncio.wait_for(failed.wait(), 30)
            await until(lambda: app.metrics.callbacks["failed"] == 1)
            await app.stop()
        assert "RuntimeError" in caplog.text
        assert "7700900123" not in caplog.text

    async def test_what_was_due_before_a_crash_is_called_after_it(self, tmp_path: Path) -> None:
        seen: list[str] = []
        with open_store(tmp_path / "r.db") as store:
            crashed = Receiver(store, WebhookAuth(SECRET), on_event=lambda _: None)
            # Durable, and the process ends before anybody was called.
            await asyncio.wrap_future(store.submit([parse(receipt("late"))], callback=True))
            await crashed.stop()
        with open_store(tmp_path / "r.db") as store:
            app = Receiver(
                store, WebhookAuth(SECRET), on_event=lambda event: seen.append(getattr(event, "umid", ""))
            )
            await app.start()
            await until(lambda: bool(seen))
            await app.stop()
        assert seen == ["late"]

    async def test_it_waits_while_the_store_is_away(
        self, store: ReceiptStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        asked = threading.Event()

        def away(*_: object) -> list[object]:
            asked.set()
            raise StoreUnavailable(reason="locked")

        monkeypatch.setattr(store, "pending_callbacks", away)
        caller = CallbackRunner(store, lambda _: None, Metrics())
        with caplog.at_level(logging.WARNING, "connect_sms.receipts"):
            task = asyncio.create_task(caller.run())
            assert await asyncio.to_thread(asked.wait, 30)
            await until(lambda: "callbacks are waiting" in caplog.text)
            task.cancel()
        assert "locked" in caplog.text

    async def test_a_function_that_returns_something_to_await_is_awaited(self, store: ReceiptStore) -> None:
        done = asyncio.Event()

        async def later() -> None:
            done.set()

        app = Receiver(store, WebhookAuth(SECRET), on_event=lambda _: later())
        await request(app, receipt())
        await asyncio.wait_for(done.wait(), 30)
        await app.stop()
