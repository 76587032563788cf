"""The receiver as a part of other applications."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from connect_sms._serving.uvicorn import Server, ServerInThread
from connect_sms.receipts import Receiver, WebhookAuth
from tests.support.receipt_process import SECRET
from tests.support.receipt_samples import as_json, receipt_document
from tests.support.receiver_requests import until

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from connect_sms.receipts import Event, ReceiptStore


def home(_: Any) -> PlainTextResponse:
    return PlainTextResponse("the shop")


def test_mounted_in_starlette_it_receives_beside_the_rest(store: ReceiptStore) -> None:
    called: list[Event] = []
    receiver = Receiver(store, WebhookAuth(SECRET), on_event=called.append)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None]:
        yield
        await until(lambda: len(called) == 2)
        await receiver.stop()

    app = Starlette(routes=[Route("/", home), Mount("/receipts", receiver)], lifespan=lifespan)
    with (
        ServerInThread(lambda: Server(app)) as server,
        httpx.Client(base_url=server.url, trust_env=False) as http,
    ):
        known = {"Authorization": SECRET}
        right = [
            http.post(path, content=as_json(receipt_document(umid)), headers=known)
            for umid, path in (("u-1", "/receipts/"), ("u-2", "/receipts/8x8"))
        ]
        stranger = http.post("/receipts/", content=as_json(receipt_document("u-3")))
        health, metrics = http.get("/receipts/healthz"), http.get("/receipts/metrics")
        assert http.get("/").text == "the shop"
    assert [answer.status_code for answer in (*right, stranger, health)] == [200, 200, 401, 200]
    assert 'requests_total{result="durable"} 2' in metrics.text
    assert {status.umid for status in store.statuses()} == {"u-1", "u-2"}
    assert sorted(getattr(event, "umid", "") for event in called) == ["u-1", "u-2"]


def test_without_the_slash_at_the_end_a_mount_only_redirects(store: ReceiptStore) -> None:
    """Why the guide says to register the URL with it: nobody promises that 8x8 follows."""
    app = Starlette(routes=[Mount("/receipts", Receiver(store, WebhookAuth(SECRET)))])
    with ServerInThread(lambda: Server(app)) as server:
        answer = httpx.post(f"{server.url}/receipts", content=b"{}", trust_env=False)
    assert (answer.status_code, answer.headers["location"]) == (307, f"{server.url}/receipts/")
