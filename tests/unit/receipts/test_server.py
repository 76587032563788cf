"""Serving a receiver needs an extra."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from connect_sms._lazy import LazyModule
from connect_sms.errors.base import MissingExtra
from connect_sms.receipts import in_thread, serve, server

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize("start", [serve, in_thread])
def test_without_uvicorn_the_extra_is_named(
    start: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "connect_sms._serving.uvicorn", None)
    monkeypatch.setattr(server, "uvicorn", LazyModule("connect_sms._serving.uvicorn"))
    with pytest.raises(MissingExtra, match=r"pip install 'connect-sms\[receipts\]'"):
        start(lambda *_: None)
