"""Serving a receiver needs an extra."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from connect_sms._lazy import LazyModule
from connect_sms.errors.base import MissingExtra
from connect_sms.receipts import Receiver, WebhookAuth, in_thread, serve, server

if TYPE_CHECKING:
    from collections.abc import Callable

    from connect_sms.receipts import ReceiptStore


@pytest.mark.parametrize("start", [serve, in_thread])
def test_without_uvicorn_the_extra_is_named(
    start: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "connect_sms._serving.uvicorn", None)
    monkeypatch.setattr(server, "uvicorn", LazyModule("connect_sms._serving.uvicorn"))
    with pytest.raises(MissingExtra, match=r"pip install 'connect-sms\[receipts\]'"):
        start(lambda *_: None)


@pytest.mark.parametrize(("monitoring", "answered"), [(True, "; GET /healthz, /metrics"), (False, "")])
def test_it_says_what_it_answers(
    store: ReceiptStore, monkeypatch: pytest.MonkeyPatch, *, monitoring: bool, answered: str
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    socket = SimpleNamespace(getsockname=lambda: ("127.0.0.1", 8289), close=lambda: None)
    monkeypatch.setattr(server, "_server_class", lambda: interrupted)
    monkeypatch.setattr(server, "listen_on", lambda *_: socket)
    said: list[str] = []
    serve(Receiver(store, WebhookAuth("Basic x"), monitoring=monitoring), echo=said.append)
    assert said == [f"receiving on http://127.0.0.1:8289 (POST anywhere{answered})", "stopped"]
