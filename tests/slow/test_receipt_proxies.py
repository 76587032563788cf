"""The proxies of the guide in front of a receiver: what comes through, what does not, and what is logged."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import httpx
import pytest

from connect_sms.receipts import Receiver, WebhookAuth, in_thread, open_store
from tests.support.receipt_process import SECRET
from tests.support.receipt_samples import as_json, receipt_document
from tests.support.tls_proxies import proxy_in_front

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from connect_sms.receipts import ReceiptStore

PATH_SECRET = "8f3c1d5e7a9b2c4d0a1b"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ReceiptStore]:
    with open_store(tmp_path / "receipts.db") as opened:
        yield opened


def written_by(folder: Path) -> bytes:
    """All that a proxy has logged."""
    files = [*folder.glob("*.log"), folder / "output"]
    return b"".join(file.read_bytes() for file in files)


def is_refused(ask: Callable[[], httpx.Response]) -> bool:
    """Whether a body was too large. Caddy 2.6 says 502, or half an answer; 8x8 posts again after any."""
    try:
        return ask().status_code in {413, 502}
    except httpx.RemoteProtocolError:
        return True


@pytest.mark.parametrize("name", ["nginx", "caddy"])
def test_the_proxy_of_the_guide(name: str, store: ReceiptStore, tmp_path: Path) -> None:
    known = ("Authorization", SECRET)
    auth = WebhookAuth(SECRET, ["127.0.0.1"], trusted_proxies=1, path_secret=PATH_SECRET)
    with (
        in_thread(Receiver(store, auth)) as receiver,
        proxy_in_front(name, receiver.url, tmp_path) as send,
    ):
        for path in ("/receipts", "/receipts/"):
            assert send(path, known).status_code == 200
            assert send(path).status_code == 401
            assert send(path, known, known).status_code in {400, 401}
        assert send(f"/receipts/{PATH_SECRET}").status_code == 200
        assert send(f"/receipts/{PATH_SECRET}x").status_code == 401
        zipped = ("Content-Encoding", "gzip")
        assert (
            send("/receipts", known, zipped, body=gzip.compress(as_json(receipt_document("u-2")))).status_code
            == 200
        )
        assert is_refused(lambda: send("/receipts", known, body=b"x" * 65_537))
        for path in ("/", "/healthz", "/metrics", "/receipts/healthz", "/receipts/metrics", "/receiptsx"):
            said = send(path, known, method="GET")
            assert said.status_code in {404, 405}
            assert b"connect_sms" not in said.content
    assert {status.umid for status in store.statuses()} == {"u-1", "u-2"}
    assert PATH_SECRET.encode() not in written_by(tmp_path)


@pytest.mark.parametrize("name", ["nginx", "caddy"])
def test_no_path_is_logged_while_the_receiver_is_down(name: str, store: ReceiptStore, tmp_path: Path) -> None:
    with in_thread(Receiver(store, WebhookAuth(SECRET))) as receiver:
        url = receiver.url
    with proxy_in_front(name, url, tmp_path) as send:
        assert send(f"/receipts/{PATH_SECRET}").status_code == 502
    assert PATH_SECRET.encode() not in written_by(tmp_path)


@pytest.mark.parametrize("name", ["nginx", "caddy"])
def test_a_forged_address_fails_behind_the_proxy(name: str, store: ReceiptStore, tmp_path: Path) -> None:
    listed = "203.0.113.9"
    auth = WebhookAuth(networks=[listed], trusted_proxies=1)
    with (
        in_thread(Receiver(store, auth)) as receiver,
        proxy_in_front(name, receiver.url, tmp_path) as send,
    ):
        forged = ("X-Forwarded-For", listed)
        for headers in ((), (forged,), (forged, forged), (("X-Forwarded-For", f"{listed}, {listed}"),)):
            assert send("/receipts", *headers).status_code == 401
    assert not list(store.statuses())
