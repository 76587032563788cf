"""The WSGI receiver: how it reads a body, and its thread for the heartbeat and for user code."""

from __future__ import annotations

import asyncio
import io
import queue
import threading
from typing import TYPE_CHECKING, Any
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

from connect_sms.receipts import WebhookAuth, WsgiReceiver, open_store, parse
from tests.support.receipt_process import SECRET
from tests.support.receipt_samples import as_json, receipt_document
from tests.support.receiver_requests import wsgi_request

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connect_sms.receipts import Event, ReceiptStore

BODY = as_json(receipt_document())


@pytest.fixture
def receiver(store: ReceiptStore) -> Iterator[WsgiReceiver]:
    made = WsgiReceiver(store, WebhookAuth(SECRET), max_body=1_000)
    yield made
    made.stop()


class TestBody:
    def test_one_that_is_cut_off_is_not_kept(self, receiver: WsgiReceiver, store: ReceiptStore) -> None:
        said = wsgi_request(receiver, BODY[:20], environ={"CONTENT_LENGTH": str(len(BODY))})
        assert said.status == 400
        assert receiver.metrics.requests == {"disconnected": 1}
        assert not list(store.quarantined())

    def test_one_that_comes_in_pieces_is_whole(self, receiver: WsgiReceiver, store: ReceiptStore) -> None:
        class Dribble(io.BytesIO):
            def read(self, size: int | None = -1) -> bytes:
                assert size is not None
                assert size > 0
                return super().read(min(size, 7))

        assert wsgi_request(receiver, BODY, environ={"wsgi.input": Dribble(BODY)}).status == 200
        assert store.status("u-1") is not None

    def test_a_sender_that_has_gone_is_not_an_error(self, receiver: WsgiReceiver) -> None:
        class Gone(io.BytesIO):
            def read(self, _: int | None = -1) -> bytes:
                raise ConnectionResetError

        assert wsgi_request(receiver, BODY, environ={"wsgi.input": Gone()}).status == 400
        assert receiver.metrics.requests == {"disconnected": 1}

    def test_one_that_is_announced_as_too_large_is_not_read(self, receiver: WsgiReceiver) -> None:
        body = io.BytesIO(b"x" * 1_001)
        announced = {"CONTENT_LENGTH": "1001", "wsgi.input": body}
        assert wsgi_request(receiver, b"", environ=announced).status == 413
        assert body.tell() == 0

    def test_one_without_a_length_ends_where_the_server_says(
        self, receiver: WsgiReceiver, store: ReceiptStore
    ) -> None:
        chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}
        assert wsgi_request(receiver, BODY, environ=chunked).status == 411
        ending: dict[str, Any] = {**chunked, "wsgi.input_terminated": True}
        assert wsgi_request(receiver, BODY, environ=ending).status == 200
        assert store.status("u-1") is not None
        assert wsgi_request(receiver, b"x" * 1_000, environ=ending).status == 200
        assert wsgi_request(receiver, b"x" * 1_001, environ=ending).status == 413

    def test_without_any_length_it_is_empty(self, receiver: WsgiReceiver, store: ReceiptStore) -> None:
        assert wsgi_request(receiver, BODY, environ={"CONTENT_LENGTH": ""}).status == 200
        assert [kept.event.reason for kept in store.quarantined()] == ["the body is empty"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_it_keeps_to_the_rules_of_wsgi(receiver: WsgiReceiver, method: str) -> None:
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": "/healthz" if method != "POST" else "/",
        "HTTP_AUTHORIZATION": SECRET,
        "CONTENT_LENGTH": str(len(BODY)),
        "wsgi.input": io.BytesIO(BODY),
        "QUERY_STRING": "",
        "SCRIPT_NAME": "",
    }
    setup_testing_defaults(environ)
    seen: list[str] = []
    checked: Any = validator(receiver)
    answer = checked(environ, lambda status, _, __=None: seen.append(status))
    body = b"".join(answer)
    answer.close()
    assert (seen, body) == (["200 OK"], {"GET": b"ok", "HEAD": b"", "POST": b"durable"}[method])


class TestUserCode:
    @pytest.mark.parametrize("coroutine", [False, True])
    def test_it_is_called_once_for_a_new_event(self, store: ReceiptStore, *, coroutine: bool) -> None:
        seen: queue.Queue[Event] = queue.Queue()

        async def later(event: Event) -> None:
            await asyncio.sleep(0)
            seen.put(event)

        app = WsgiReceiver(store, WebhookAuth(SECRET), on_event=later if coroutine else seen.put)
        for umid in ("u-1", "u-1", "u-2"):
            assert wsgi_request(app, as_json(receipt_document(umid))).status == 200
        found = {getattr(seen.get(timeout=30), "umid", "") for _ in range(2)}
        app.stop()
        assert found == {"u-1", "u-2"}
        assert seen.empty()
        assert store.pending_callbacks() == []

    def test_what_was_due_before_a_crash_is_called_at_the_start(self, tmp_path: Path) -> None:
        seen: queue.Queue[Event] = queue.Queue()
        with open_store(tmp_path / "r.db") as store:
            store.record([parse(BODY)], callback=True)
        with open_store(tmp_path / "r.db") as store:
            app = WsgiReceiver(store, WebhookAuth(SECRET), on_event=seen.put)
            app.start()
            assert getattr(seen.get(timeout=30), "umid", "") == "u-1"
            app.stop()

    def test_it_may_be_stopped_and_started_again(self, store: ReceiptStore) -> None:
        seen: queue.Queue[Event] = queue.Queue()
        app = WsgiReceiver(store, WebhookAuth(SECRET), on_event=seen.put)
        app.stop()
        for umid in ("u-1", "u-2"):
            wsgi_request(app, as_json(receipt_document(umid)))
            assert getattr(seen.get(timeout=30), "umid", "") == umid
            app.stop()
            app.stop()

    def test_one_thread_serves_requests_that_come_together(self, store: ReceiptStore) -> None:
        app = WsgiReceiver(store, WebhookAuth(SECRET))
        before = threading.active_count()
        threads = [
            threading.Thread(target=wsgi_request, args=(app, as_json(receipt_document(f"u-{number}"))))
            for number in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        names = [thread.name for thread in threading.enumerate()]
        assert names.count("connect-sms-receipts") == 1
        app.stop()
        assert threading.active_count() <= before
        assert app.metrics.requests == {"durable": 8}
        assert len(list(store.statuses())) == 8


def test_its_heartbeat_is_recorded(store: ReceiptStore, monkeypatch: pytest.MonkeyPatch) -> None:
    beaten = threading.Event()
    monkeypatch.setattr(store, "heartbeat", beaten.set)
    app = WsgiReceiver(store, WebhookAuth(SECRET), heartbeat=0.001)
    app.start()
    assert beaten.wait(30)
    app.stop()
