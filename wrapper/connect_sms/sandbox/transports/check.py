"""`check_transport`: does an httpx transport say "not sent" only of what was not sent?"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, TypeAlias

import httpx

from connect_sms._transport.exchange import failure

from .scenes import BODY, SCENES, FailingServer

if TYPE_CHECKING:
    from .scenes import Scene

Transport: TypeAlias = httpx.BaseTransport | httpx.AsyncBaseTransport

#: Seconds that a transport may take beyond its timeouts.
_GRACE: Final = 2.0

_REQUEST: Final = b'{"destination": "+447700900123", "text": "a check of a transport"}'


@dataclass(frozen=True, slots=True)
class TransportFinding:
    """What a transport did in one scene.

    Attributes:
        scene: What the server did.
        told: The status that the transport returned, or the name of its exception.
        requests: Requests that reached the server, in part or whole.
        problem: What is wrong with that; empty when nothing is.
    """

    scene: str
    told: str
    requests: int
    problem: str


@dataclass(frozen=True, slots=True)
class TransportReport:
    """What `check_transport` found. Its str is a table.

    Attributes:
        findings: One for each scene.
    """

    findings: tuple[TransportFinding, ...]

    @property
    def passed(self) -> bool:
        """Whether the transport may declare ``connect_errors_mean_not_sent``."""
        return not any(finding.problem for finding in self.findings)

    def __str__(self) -> str:
        lines = [
            f"{found.scene:<38} {found.told:<24} {found.requests}  {found.problem or 'ok'}"
            for found in self.findings
        ]
        return "\n".join([*lines, "passed" if self.passed else "NOT passed"])


def check_transport(make_transport: Callable[[], Transport], *, read_timeout: float = 0.3) -> TransportReport:
    """Play every failure of a server to a transport, on the loopback interface.

    A client repeats a send only when nothing was sent, and takes a transport's word for it only if the
    transport declares ``connect_errors_mean_not_sent = True`` in the body of its class. Declare that for one
    that passes. It fails when it says "not sent" of a request of which the server has read anything, sends a
    request twice, follows a redirect, gives a cut-off answer as a whole one, or does not keep its timeout.

    Args:
        make_transport: Makes a transport, blocking or asynchronous; called once for each scene. One for
            asyncio is run in a loop of its own.
        read_timeout: Seconds that each request gives the server to answer.

    Returns:
        The report; `TransportReport.passed` sums it up.

    Raises:
        TypeError: `make_transport` cannot be called: it is a transport already.
    """
    if not callable(make_transport):
        raise TypeError("check_transport takes what makes a transport, such as its class, not a transport")
    return TransportReport(tuple(_play(scene, make_transport, read_timeout) for scene in SCENES))


def _play(scene: Scene, make: Callable[[], Transport], read_timeout: float) -> TransportFinding:
    with FailingServer(scene) as server:
        attempt = _Attempt(scene, server.url, make, read_timeout)
        # In a thread, as there may be a running loop here, and as it may never return.
        thread = threading.Thread(target=attempt.run, daemon=True)
        thread.start()
        thread.join(scene.requests * read_timeout + _GRACE)
        late = thread.is_alive()
    begun = server.begun
    if late:  # it has returned by now, since the server is gone
        return TransportFinding(scene.name, "nothing", begun, "it did not return in time")
    return TransportFinding(scene.name, attempt.told, begun, _problem(scene.status, attempt, begun))


def _problem(status: int | None, attempt: _Attempt, begun: int) -> str:
    error = attempt.error
    if begun > attempt.handed_over:
        return "it sent a request more than once"
    if error is not None and begun == attempt.handed_over and failure(error, "exceptions").not_sent:
        return "it says that nothing was sent, but the server had read of it"
    if error is not None:
        return "" if status is None else "it did not return the answer"
    right = (status, BODY if status == HTTPStatus.OK else b"")
    return "" if attempt.answer == right else "it returned an answer that the server did not finish"


class _Attempt:
    def __init__(self, scene: Scene, url: str, make: Callable[[], Transport], read_timeout: float) -> None:
        self._scene, self._url, self._make, self._read_timeout = scene, url, make, read_timeout
        self.handed_over = 0
        self.answer: tuple[int, bytes] | None = None
        self.error: Exception | None = None

    @property
    def told(self) -> str:
        if self.error is not None:
            return type(self.error).__name__
        return f"HTTP {self.answer[0]}" if self.answer else "nothing"

    def run(self) -> None:
        try:
            transport = self._make()
            if isinstance(transport, httpx.BaseTransport):
                self.answer = self._blocking(transport)
            else:
                self.answer = asyncio.run(self._asynchronous(transport))
        except Exception as error:  # noqa: BLE001  a transport may raise anything
            self.error = error

    def _request(self) -> httpx.Request:
        self.handed_over += 1
        timeout = {"connect": 5.0, "pool": 5.0, "read": self._read_timeout, "write": 5.0}
        headers = {"Content-Type": "application/json"}
        extensions = {"timeout": timeout}
        return httpx.Request("POST", self._url, headers=headers, content=_REQUEST, extensions=extensions)

    def _blocking(self, transport: httpx.BaseTransport) -> tuple[int, bytes]:
        got = 0, b""
        with transport:
            for _ in range(self._scene.requests):
                response = transport.handle_request(self._request())
                try:
                    got = response.status_code, response.read()
                finally:
                    response.close()
        return got

    async def _asynchronous(self, transport: httpx.AsyncBaseTransport) -> tuple[int, bytes]:
        got = 0, b""
        async with transport:
            for _ in range(self._scene.requests):
                response = await transport.handle_async_request(self._request())
                try:
                    got = response.status_code, await response.aread()
                finally:
                    await response.aclose()
        return got
