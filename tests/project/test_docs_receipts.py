"""The guide to receipts: its snippets run as they stand, and its commands have the options it shows."""

from __future__ import annotations

import asyncio
import re
import sys
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

import pytest
import typer

from connect_sms.cli.app import app as command_line
from connect_sms.receipts import WebhookAuth, WebhookRequest, WsgiReceiver, open_store
from tests.support.paths import ROOT
from tests.support.receipt_process import SECRET
from tests.support.receipt_samples import as_json, receipt, receipt_document
from tests.support.receiver_requests import request, wsgi_request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

GUIDE: Final = (ROOT / "docs" / "receipts.md").read_text(encoding="utf-8")
SNIPPETS: Final[list[str]] = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
BODY: Final = as_json(receipt_document())

Names = dict[str, Any]


def run(names: Names, marker: str) -> None:
    """Run the one snippet that holds this."""
    [found] = [snippet for snippet in SNIPPETS if marker in snippet]
    exec(found, names)  # noqa: S102  what a reader is told to write


@pytest.fixture
def names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Names]:
    """What the first snippet for an application defines."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONNECT_SMS_RECEIPT_AUTHORIZATION", SECRET)
    updated: asyncio.Queue[Any] = asyncio.Queue()

    async def update(*what: Any) -> None:
        await updated.put(what)

    given: Names = {"__name__": __name__, "orders": SimpleNamespace(update=update), "updated": updated}
    run(given, "async def on_event")
    yield given
    if isinstance(given["receiver"], WsgiReceiver):
        given["receiver"].stop()
    given["store"].close()


def asgi(names: Names, name: str, path: str) -> None:
    """Post to an ASGI application of the guide until its `on_event` has been called."""

    async def post() -> None:
        app = names[name]
        for shown, status in (({"authorization": SECRET}, 200), ({}, 401)):
            said = await request(app, BODY, shown, path=path, query_string=b"", root_path="")
            assert said.status == status
        health = await request(app, method="GET", path=f"{path}healthz", query_string=b"", root_path="")
        assert health.status == 405
        called = await asyncio.wait_for(names["updated"].get(), 30)
        assert called[:2] == ("c-u-1", "delivered")
        await names["receiver"].stop()

    asyncio.run(post())


def test_fastapi(names: Names) -> None:
    pytest.importorskip("fastapi")
    run(names, "from fastapi import FastAPI")
    asgi(names, "app", "/receipts/")


def test_starlette(names: Names) -> None:
    run(names, "from starlette.applications import Starlette")
    asgi(names, "app", "/receipts/")


def wsgi(names: Names, app: Callable[..., Any]) -> None:
    """Post to a WSGI application of the guide."""
    environ = {"SERVER_NAME": "x", "SERVER_PORT": "80", "wsgi.url_scheme": "http", "SCRIPT_NAME": ""}
    for path in ("/receipts", "/receipts/"):
        said = [
            wsgi_request(app, BODY, shown, path=path, environ=environ).status  # type: ignore[arg-type]
            for shown in ({"authorization": SECRET}, {})
        ]
        assert said == [200, 401]
    assert names["store"].status("u-1") is not None
    assert wsgi_request(app, method="GET", path="/receiptsx", environ=environ).status == 404  # type: ignore[arg-type]


def test_flask(names: Names) -> None:
    run(names, "from flask import Flask")
    wsgi(names, names["app"])


@pytest.fixture
def django(names: Names, monkeypatch: pytest.MonkeyPatch) -> Names:
    """As much of Django as the snippets use: it answers everything with 404."""

    def not_found(_: Any, start_response: Any) -> list[bytes]:
        start_response("404 Not Found", [])
        return []

    async def also_not_found(_: Any, __: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    for kind, app in (("wsgi", not_found), ("asgi", also_not_found)):
        module = ModuleType(f"django.core.{kind}")
        setattr(module, f"get_{kind}_application", lambda app=app: app)
        monkeypatch.setitem(sys.modules, module.__name__, module)
    for package in ("django", "django.core"):
        monkeypatch.setitem(sys.modules, package, ModuleType(package))
    return names


def test_django_with_wsgi(django: Names) -> None:
    run(django, "from flask import Flask")  # it makes the same receiver
    run(django, "get_wsgi_application")
    wsgi(django, django["application"])


def test_django_with_asgi(django: Names) -> None:
    run(django, "get_asgi_application")
    asgi(django, "application", "/receipts/")

    async def elsewhere() -> int:
        return (await request(django["application"], BODY, path="/receiptsx")).status

    assert asyncio.run(elsewhere()) == 404


def test_any_other_framework(names: Names, monkeypatch: pytest.MonkeyPatch) -> None:
    run(names, "def receive(headers, peer, path, body)")
    receive = names["receive"]
    assert receive({"Authorization": SECRET}, "127.0.0.1", "/", BODY) == 200
    assert receive({}, "127.0.0.1", "/", BODY) == 401
    monkeypatch.setattr(names["store"], "record", _raise(names["StoreUnavailable"](reason="full")))
    assert receive({"Authorization": SECRET}, "127.0.0.1", "/", BODY) == 503


def _raise(problem: Exception) -> Callable[..., None]:
    def fail(*_: Any, **__: Any) -> None:
        raise problem

    return fail


def test_tokens_of_an_identity_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyJWT itself is tried by hand; here it is as far away as the provider."""

    class PyJWTError(Exception):
        pass

    class PyJWKClientConnectionError(PyJWTError):
        pass

    class PyJWKClient:
        def __init__(self, url: str) -> None:
            assert url.startswith("https://")

        def get_signing_key_from_jwt(self, token: str) -> SimpleNamespace:
            if token == "away":
                raise PyJWKClientConnectionError
            return SimpleNamespace(key="k")

    def decode(token: str, _: str, *, algorithms: list[str], audience: str) -> dict[str, str]:
        assert (algorithms, audience) == (["RS256"], "sms-receipts")
        if token == "expired":
            raise PyJWTError
        return {"azp": token}

    jwt = ModuleType("jwt")
    vars(jwt).update(
        PyJWTError=PyJWTError,
        PyJWKClientConnectionError=PyJWKClientConnectionError,
        PyJWKClient=PyJWKClient,
        decode=decode,
    )
    monkeypatch.setitem(sys.modules, "jwt", jwt)
    names: Names = {}
    run(names, "jwt.PyJWKClient(")
    auth: WebhookAuth = names["auth"]
    accepted = {
        token: auth.check({"Authorization": f"Bearer {token}"}, None) for token in ("8x8", "other", "expired")
    }
    assert accepted == {"8x8": True, "other": False, "expired": False}
    assert names["verify"](WebhookRequest.of({})) is False
    with pytest.raises(PyJWKClientConnectionError):
        auth.check({"Authorization": "Bearer away"}, None)


def test_old_bodies_are_deleted(tmp_path: Path) -> None:
    with open_store(tmp_path / "r.db") as store:
        store.record([receipt()])
        run({"store": store}, "store.purge(")


def test_the_addresses_of_8x8_are_addresses_and_the_command_takes_them_from_the_table() -> None:
    [rows] = re.findall(r"\| region \| addresses \|\n\|---\|---\|\n((?:\|.*\n)+)", GUIDE)
    listed = re.findall(r"\d+\.\d+\.\d+\.\d+", rows)
    WebhookAuth(networks=listed)
    assert len(set(listed)) == len(listed) == 14
    assert set(re.findall(r"--network (\S+)", GUIDE)) <= set(listed)


def test_every_option_in_a_command_exists() -> None:
    commands: Any = typer.main.get_command(command_line)
    shown = re.findall(r"^\$ (connect-sms [^#&\n]*(?:\\\n[^#\n]*)*)", GUIDE, re.MULTILINE)
    assert len(shown) > 10
    for line in shown:
        _, *words = line.replace("\\\n", " ").split()
        command = commands
        while words and words[0] in getattr(command, "commands", {}):
            command = command.commands[words.pop(0)]
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known, line
