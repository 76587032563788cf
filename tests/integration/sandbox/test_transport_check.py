"""`check_transport` finds every transport that lies, and passes those that do not."""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from connect_sms.sandbox import TransportReport, check_transport
from connect_sms.sandbox.transports.scenes import SCENES
from tests.support.lying_transports import LIES, AsyncLyingTransport, LyingTransport

if TYPE_CHECKING:
    from collections.abc import Callable

REFUSED = "refuses the connection"
LIE = "it says that nothing was sent, but the server had read of it"
TWICE = "it sent a request more than once"


class Repeating(httpx.BaseTransport):
    """Tries again whatever went wrong, as wrappers with retries do."""

    def __init__(self) -> None:
        self._real = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        try:
            response = self._real.handle_request(request)
            response.read()
        except httpx.TransportError:
            return self._real.handle_request(request)
        return self._real.handle_request(request) if response.status_code >= 429 else response

    def close(self) -> None:
        self._real.close()


class Following(Repeating):
    """Follows redirects by itself."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._real.handle_request(request)
        return self._real.handle_request(request) if response.is_redirect else response


class Careless(Repeating):
    """Takes what came for the whole answer."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response, got = self._real.handle_request(request), b""
        try:
            for piece in response.iter_bytes():
                got += piece
        except httpx.TransportError:
            pass
        return httpx.Response(response.status_code, content=got)


class Deaf(Repeating):
    """Has no time limit."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.extensions["timeout"] = {}
        return self._real.handle_request(request)


class Mute(httpx.BaseTransport):
    """Sends nothing, and gives an answer of its own."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(418)


class Broken(httpx.BaseTransport):
    """Cannot do anything."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        raise RuntimeError("broken")


def problems(report: TransportReport) -> dict[str, str]:
    return {found.scene: found.problem for found in report.findings if found.problem}


def aiohttp_transport() -> httpx.AsyncBaseTransport:
    made: httpx.AsyncBaseTransport = importlib.import_module("httpx_aiohttp").AiohttpTransport()
    return made


@pytest.mark.parametrize("make", [httpx.HTTPTransport, httpx.AsyncHTTPTransport, aiohttp_transport])
def test_good_ones_pass(make: Callable[[], Any]) -> None:
    report = check_transport(make, read_timeout=0.2)
    assert problems(report) == {}
    assert report.passed
    assert [found.requests for found in report.findings if found.scene == REFUSED] == [0]
    assert str(report).endswith("\npassed")


@pytest.mark.parametrize("lie", ["ConnectError", "aiohttp's, by name"])
@pytest.mark.parametrize("kind", [LyingTransport, AsyncLyingTransport])
def test_a_lie_is_found(kind: Callable[[Any], Any], lie: str) -> None:
    report = check_transport(lambda: kind(LIES[lie]), read_timeout=0.1)
    found = problems(report)
    assert not report.passed
    assert set(found.values()) == {LIE}
    # Every scene but the refusal, of which it is true, and those with an answer.
    assert found.keys() == {one.scene for one in report.findings if one.told != "HTTP 200"} - {
        REFUSED, "answers 429", "answers 503", "redirects to itself"
    }  # fmt: skip
    assert str(report).endswith("\nNOT passed")


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (
            Repeating,
            dict.fromkeys(
                ["reads and closes", "reads a second request and closes", "answers 429", "answers 503"], TWICE
            ),
        ),
        (Following, {"redirects to itself": TWICE}),
        (Careless, {"closes in the body": "it returned an answer that the server did not finish"}),
        (Mute, {"answers": "it returned an answer that the server did not finish"}),
        (Broken, {"answers": "it did not return the answer"}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_else_is_wrong(make: type[httpx.BaseTransport], expected: dict[str, str]) -> None:
    found = problems(check_transport(make, read_timeout=0.1))
    assert expected.items() <= found.items()


def test_it_is_found_when_it_never_returns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connect_sms.sandbox.transports.check._GRACE", 0.2)
    silent = [one.name for one in SCENES if "silent" in one.name]
    found = problems(check_transport(Deaf, read_timeout=0.1))
    assert found == dict.fromkeys(silent, "it did not return in time")


def test_it_runs_inside_a_loop_too() -> None:
    async def main() -> TransportReport:
        return check_transport(httpx.AsyncHTTPTransport, read_timeout=0.1)

    assert asyncio.run(main()).passed


def test_pyreqwests_adapter_does_not_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connect_sms.sandbox.transports.check._GRACE", 0.2)
    if importlib.util.find_spec("pyreqwest") is None:
        pytest.skip("pyreqwest is not installed: transports that lie are tested with our own alone")
    adapter = importlib.import_module("pyreqwest.compatibility.httpx")
    report = check_transport(adapter.SyncHttpxTransport, read_timeout=0.1)
    assert LIE in problems(report).values()


def test_a_transport_in_place_of_what_makes_it_is_refused() -> None:
    transport: Any = httpx.HTTPTransport()
    with pytest.raises(TypeError, match="such as its class"):
        check_transport(transport)
