"""What the receivers for ASGI and WSGI have in common: they carry out the same flow."""

from __future__ import annotations

import asyncio
import gzip
import logging
import zlib
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

import pytest

from connect_sms import StoreUnavailable
from connect_sms.receipts import Receiver, WebhookAuth, WebhookRequest, WsgiReceiver
from tests.support.receipt_process import SECRET
from tests.support.receipt_samples import as_json, receipt_document
from tests.support.receiver_requests import HEADERS, Answer, Headers, request, wsgi_request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from connect_sms.receipts import ReceiptStore

BODY = as_json(receipt_document())
PATH_SECRET = "8f3c1d5e7a9b2c4d"
BEARER = {"authorization": "Bearer t-1"}


class Asked:
    """A receiver of either kind, and requests to it."""

    def __init__(self, app: Receiver | WsgiReceiver) -> None:
        self.app = app

    def __call__(self, body: bytes = b"", headers: Headers = HEADERS, **given: Any) -> Answer:
        if isinstance(self.app, WsgiReceiver):
            return wsgi_request(self.app, body, headers, **given)
        app = self.app

        async def once() -> Answer:
            answer = await request(app, body, headers, **given)
            await app.stop()
            return answer

        return asyncio.run(once())


BOTH: list[Any] = [Receiver, WsgiReceiver]


@pytest.fixture(params=BOTH)
def asking(request: pytest.FixtureRequest, store: ReceiptStore) -> Iterator[Callable[..., Asked]]:
    """Makes a receiver with the given credentials."""
    made: list[Asked] = []

    def make(auth: WebhookAuth | None = None, **options: Any) -> Asked:
        made.append(Asked(request.param(store, auth or WebhookAuth(SECRET), **options)))
        return made[-1]

    yield make
    for one in made:
        if isinstance(one.app, WsgiReceiver):
            one.app.stop()


def umids(store: ReceiptStore) -> list[str]:
    return [status.umid for status in store.statuses()]


def test_a_receipt_is_stored(asking: Callable[..., Asked], store: ReceiptStore) -> None:
    said = asking()(BODY)
    assert (said.status, said.body, said.headers["content-length"]) == (200, b"durable", "7")
    assert umids(store) == ["u-1"]


@pytest.mark.parametrize(
    ("coding", "body"),
    [("gzip", gzip.compress(BODY)), ("Deflate", zlib.compress(BODY)), ("identity", BODY)],
)
def test_a_coded_body_is_read(
    asking: Callable[..., Asked], store: ReceiptStore, coding: str, body: bytes
) -> None:
    assert asking()(body, {**HEADERS, "content-encoding": coding}).status == 200
    assert umids(store) == ["u-1"]


def test_a_coding_that_is_not_known_is_415(asking: Callable[..., Asked], store: ReceiptStore) -> None:
    said = asking()(b"\x1b\x10\x00", {**HEADERS, "content-encoding": "br"})
    assert (said.status, said.headers["accept-encoding"]) == (415, "gzip, deflate")
    assert not list(store.quarantined())


def test_what_grows_beyond_the_limit_is_413(asking: Callable[..., Asked], store: ReceiptStore) -> None:
    bomb = gzip.compress(b"x" * 1_000_000)
    assert asking()(bomb, {**HEADERS, "content-encoding": "gzip"}).status == 413
    assert not list(store.quarantined())


def test_a_damaged_body_is_kept(asking: Callable[..., Asked], store: ReceiptStore) -> None:
    damaged = gzip.compress(BODY)[:-1]
    assert asking()(damaged, {**HEADERS, "content-encoding": "gzip"}).status == 200
    [kept] = store.quarantined()
    assert (kept.event.raw, kept.event.reason) == (damaged, "a damaged gzip body")
    assert kept.event.content_type == HEADERS["content-type"]


def test_two_authorization_headers_are_401(asking: Callable[..., Asked]) -> None:
    ask = asking()
    assert ask(BODY, [("authorization", SECRET)]).status == 200
    assert ask(BODY, [("authorization", SECRET), ("authorization", SECRET)]).status == 401
    assert ask(BODY, [("authorization", SECRET), ("authorization", "Basic x")]).status == 401


def test_forwarded_addresses_on_several_lines_are_one_list(asking: Callable[..., Asked]) -> None:
    ask = asking(WebhookAuth(networks=["203.0.113.0/24"], trusted_proxies=1))
    stranger, known = ("x-forwarded-for", "198.51.100.1"), ("x-forwarded-for", "203.0.113.9")
    assert ask(BODY, [stranger, known]).status == 200
    assert ask(BODY, [known, stranger]).status == 401


def test_a_secret_path_is_enough(asking: Callable[..., Asked]) -> None:
    ask = asking(WebhookAuth(SECRET, path_secret=PATH_SECRET))
    assert ask(BODY, {}, path=f"/{PATH_SECRET}").status == 200
    assert ask(BODY, {}, path="/other").status == 401


def test_a_401_is_logged_without_a_value(
    asking: Callable[..., Asked], caplog: pytest.LogCaptureFixture
) -> None:
    ask = asking(WebhookAuth(SECRET, path_secret=PATH_SECRET))
    with caplog.at_level(logging.DEBUG):
        for _ in range(3):
            assert ask(BODY, {"authorization": "Basic wrong"}, path=f"/{PATH_SECRET}x").status == 401
    said = [record.getMessage() for record in caplog.records if record.name == "connect_sms.receipts"]
    assert said == ["a request was refused with 401: its Authorization value is not the registered one"]


class TestVerifier:
    def test_plain_or_coroutine_function(self, asking: Callable[..., Asked]) -> None:
        def plain(request: WebhookRequest) -> bool:
            return request.token == "t-1"

        async def coroutine(request: WebhookRequest) -> bool:
            await asyncio.sleep(0)
            return request.token == "t-1"

        class Verifier:
            async def __call__(self, request: WebhookRequest) -> bool:
                return await coroutine(request)

        for verifier in (plain, coroutine, Verifier()):
            ask = asking(WebhookAuth(verifier=verifier))
            assert ask(BODY, BEARER).status == 200
            assert ask(BODY, {"authorization": "Bearer t-2"}).status == 401
            assert ask(BODY, {}).status == 401

    def test_one_that_raises_is_503_and_logged_by_type(
        self, asking: Callable[..., Asked], store: ReceiptStore, caplog: pytest.LogCaptureFixture
    ) -> None:
        def verifier(request: WebhookRequest) -> bool:
            raise ConnectionError(f"no keys for {request.token!s}")

        with caplog.at_level(logging.WARNING, "connect_sms.receipts"):
            said = asking(WebhookAuth(verifier=verifier))(BODY, BEARER)
        assert (said.status, said.headers["retry-after"]) == (503, "10")
        assert "the verifier raised ConnectionError" in caplog.text
        assert "t-1" not in caplog.text
        assert umids(store) == []

    def test_one_that_hangs_is_503(self, asking: Callable[..., Asked], store: ReceiptStore) -> None:
        async def verifier(_: WebhookRequest) -> bool:
            await asyncio.Event().wait()
            return True

        ask = asking(WebhookAuth(verifier=verifier))
        vars(ask.app).update(_body_deadline=0.01, _verify_deadline=0.01)
        assert ask(BODY, BEARER).status == 503
        assert umids(store) == []


class TestMonitoring:
    def test_health_and_metrics(self, asking: Callable[..., Asked], monkeypatch: pytest.MonkeyPatch) -> None:
        ask = asking()
        ask(BODY)
        health, metrics = (ask(method="GET", path=path, headers={}) for path in ("/healthz", "/metrics"))
        assert (health.status, health.body) == (200, b"ok")
        assert b'requests_total{result="durable"} 1' in metrics.body
        assert metrics.headers["content-type"].startswith("text/plain; version=0.0.4")

        def unwell(*_: object) -> None:
            raise StoreUnavailable(reason="the disk is full")

        monkeypatch.setattr(ask.app._flow._store, "heartbeat", unwell)
        assert ask(method="GET", path="/healthz", headers={}).status == 503

    @pytest.mark.parametrize("path", ["/healthz", "/metrics"])
    def test_both_can_be_left_out(self, asking: Callable[..., Asked], path: str) -> None:
        said = asking(monitoring=False)(method="GET", path=path)
        assert (said.status, said.headers["allow"], said.body) == (405, "POST", b"method")


def test_503_when_it_cannot_be_kept(
    asking: Callable[..., Asked], store: ReceiptStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed: Future[int] = Future()
    failed.set_exception(StoreUnavailable(reason="the disk is full"))
    monkeypatch.setattr(store, "submit", lambda *_, **__: failed)
    said = asking()(BODY)
    assert (said.status, said.headers["retry-after"]) == (503, "10")
