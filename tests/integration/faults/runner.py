"""Makes one thing go wrong, and looks: what the caller was told, and what the sandbox really did."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections import Counter
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final, Literal
from unittest import mock

import attrs

from connect_sms import BatchInterrupted, ConnectSmsError, Hooks, ManualClock, SmsClient, Timeout
from connect_sms.sandbox import SandboxServer, SandboxTransport
from tests.integration.faults.network_faults import (
    NAME,
    borrowed_server,
    free_port,
    name_not_known,
    port_of,
    until,
)
from tests.integration.faults.observations import Claim, Seen, claim_of, claims_of, counts
from tests.support import Caller

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from connect_sms import BatchResult
    from connect_sms.hook_events import RequestEvent
    from tests.integration.faults.faults import Lasting, Operation, Trouble

Client = Literal["blocking", "asyncio on httpx", "asyncio on aiohttp"]

CLIENTS: Final[tuple[Client, ...]] = ("blocking", "asyncio on httpx", "asyncio on aiohttp")

#: Recipients of a batch, and how many go into one request. The second of each request is rejected by 8x8.
PEOPLE: Final = 20
PORTION: Final = 5
_REJECTED_ONES: Final = ("+447700900990", "+447700900991", "+12025550190", "+12025550191")

_NUMBER: Final = "+447700900123"
_OTHER: Final = "+447700900124"
_TEXT: Final = "Sale ends Friday"
_PATH: Final = "/api/v1/subaccounts"

_PATIENT: Final = Timeout(connect=10, read=20)
_IMPATIENT: Final = Timeout(connect=10, read=0.1)
_LESS_IMPATIENT: Final = Timeout(connect=10, read=1)
"""Where the server is silent once, and its next answer has to come in time."""

#: Time stands still, so that what is accepted late is accepted after the last try.
_SETTINGS: Final[dict[str, Any]] = {"factor": 0, "status_per_second": None, "hosts": {NAME}}

_MAKING: Final = threading.Lock()
"""Some of this runs in several threads, and a client is made while something is patched."""

_TLS: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Trusts nobody and costs nothing to make: all here is plain HTTP but for one handshake that fails."""


class _Clock(ManualClock):
    """Nothing sleeps; what happens between two tries happens when the client would."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: Callable[[], object] = _nothing

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        happening, self.meanwhile = self.meanwhile, _nothing
        happening()


def play(
    trouble: Trouble, operation: Operation, client: Client, lasting: Lasting, *, concurrency: int = 1
) -> Seen:
    """Make something go wrong for one call.

    Args:
        trouble: What.
        operation: The call.
        client: Who makes it.
        lasting: Whether the first request alone meets it, or every one.
        concurrency: Batch requests in flight at once, where the client can.
    """
    return _Scene(trouble, operation, client, lasting, concurrency).play()


@attrs.define
class _Scene:
    trouble: Trouble
    operation: Operation
    kind: Client
    lasting: Lasting
    concurrency: int
    caller: Caller = attrs.field(init=False)
    server: SandboxServer = attrs.field(init=False)
    clock: _Clock = attrs.field(factory=_Clock)
    umid: str = ""
    before: int = 0
    made: int = 0

    def play(self) -> Seen:
        with ExitStack() as stack:
            self.caller = Caller("sync" if self.kind == "blocking" else "async")
            stack.callback(self.caller.close)
            url = stack.enter_context(self._road())
            client = self._client(url)
            stack.callback(lambda: self.caller.close_client(client))
            self._warm(client)
            self.before, self.made = self.server.requests.count(), 0
            if self.trouble.fault is not None:
                times = 1 if self.lasting == "first" else None
                self.server.fail_next(self.trouble.fault, operation=self.operation, times=times)
            told, claims = self._call(client)
            self._settle()
            self.server.clock.advance(3600)
            everybody = tuple(self._people())
            counted = self.server.accepted.by_client_message_id()
            accepted = Counter({who: counted[who] for who in everybody})
            requests = self.server.requests.count() - self.before
            return Seen(told, requests, everybody, tuple(claims), accepted)

    @contextmanager
    def _road(self) -> Generator[str]:
        """The way to the server, with whatever is wrong with it; it is mended while the client waits."""
        road, clock = self.trouble.road, self.clock
        host, scheme = "127.0.0.1", "http"
        with ExitStack() as stack:
            if road in {"closed port", "full pool"}:
                # One that is started late, or closed early: it cannot be lent again.
                self.server = SandboxServer(**_SETTINGS, port=(port := free_port()))
                stack.callback(self.server.close)
            else:
                self.server = stack.enter_context(borrowed_server(_SETTINGS))
                port = port_of(self.server)
            if road == "full pool":
                self.server.start()
            elif road == "closed port" and self.lasting == "first":
                clock.meanwhile = self.server.start
            if road == "no name":
                host, unknown = NAME, [True]
                stack.enter_context(name_not_known(unknown))
                if self.lasting == "first":
                    clock.meanwhile = unknown.clear
            elif road == "no TLS":
                scheme = "https"
            yield f"{scheme}://{host}:{port}{_PATH}"

    def _client(self, url: str) -> Any:
        full = self.trouble.road == "full pool"
        settings: dict[str, Any] = {
            "api_key": self.server.settings.api_key,
            "sub_account_id": self.server.settings.sub_account_id,
            "base_url": url,
            "clock": self.clock,
            "tls": _TLS,
            "timeout": _PATIENT,
            "batch_size": PORTION,
            "batch_concurrency": self.concurrency,
            "max_connections": 1 if full else 100,
            "allow_http": True,
            "hooks": Hooks(on_request=self._count),
        }
        with _MAKING:
            if self.kind != "asyncio on httpx":
                return self.caller.client(**settings)
            with mock.patch("connect_sms._transport.async_http_pool._aiohttp_kind", return_value=None):
                return self.caller.client(**settings)

    def _count(self, _: RequestEvent) -> None:
        self.made += 1

    def _warm(self, client: Any) -> None:
        """A message that nothing happens to: what follows goes over a connection that is open already.

        That is where transports have tries of their own.
        """
        if self.trouble.road is None:
            self.umid = self.caller(client.send(_OTHER, _TEXT, client_message_id="warm-up")).umid
            return
        with SmsClient(
            api_key=self.server.settings.api_key,
            sub_account_id=self.server.settings.sub_account_id,
            base_url=f"https://{NAME}{_PATH}",
            transport=SandboxTransport(self.server),
        ) as aside:
            self.umid = aside.send(_OTHER, _TEXT, client_message_id="warm-up").umid

    def _people(self) -> list[str]:
        if self.operation == "status":
            return []
        return [f"person-{place}" for place in range(PEOPLE if self.operation == "batch" else 1)]

    def _timeout(self) -> Timeout:
        if self.trouble.road == "full pool":
            return Timeout(connect=0.05, read=10)
        if not self.trouble.silent:
            return _PATIENT
        goes_on = self.lasting == "first" and self.operation != "send"
        return _LESS_IMPATIENT if goes_on else _IMPATIENT

    def _call(self, client: Any) -> tuple[str, list[tuple[str, Claim]]]:
        timeout = self._timeout()
        if self.trouble.silent or self.trouble.road == "full pool":
            client = client.with_options(timeout=timeout)
        calls = {"send": self._send, "batch": self._batch, "status": self._status}
        if self.trouble.road != "full pool":
            return calls[self.operation](client, self.caller)
        with self._busy(client) as run:
            return calls[self.operation](client, run)

    def _send(self, client: Any, run: Callable[[Any], Any]) -> tuple[str, list[tuple[str, Claim]]]:
        rejected = self.trouble.rule.name == "REJECTED"
        [who] = self._people()
        number = _REJECTED_ONES[0] if rejected else _NUMBER
        try:
            run(client.send(number, _TEXT, client_message_id=who))
        except ConnectSmsError as error:
            return f"`{type(error).__name__}`", [(who, claim_of(error))]
        return "accepted", [(who, "accepted")]

    def _batch(self, client: Any, run: Callable[[Any], Any]) -> tuple[str, list[tuple[str, Claim]]]:
        people = self._people()
        messages = [
            {"destination": _number(place), "client_message_id": who} for place, who in enumerate(people)
        ]
        try:
            result: BatchResult = run(client.send_batch(messages, _TEXT))
        except BatchInterrupted as error:
            return f"`BatchInterrupted`: {counts(error.result)}", claims_of(error.result)
        except ConnectSmsError as error:
            return f"`{type(error).__name__}`", [(who, claim_of(error)) for who in people]
        return counts(result), claims_of(result)

    def _status(self, client: Any, run: Callable[[Any], Any]) -> tuple[str, list[tuple[str, Claim]]]:
        try:
            return str(run(client.status(self.umid)).outcome), []
        except ConnectSmsError as error:
            return f"`{type(error).__name__}`", []

    @contextmanager
    def _busy(self, client: Any) -> Generator[Callable[[Any], Any]]:
        """The one connection there may be is waiting for an answer to something else."""
        self.server.fail_next("stall-before;seconds=60", operation="send")
        expected = self.before = self.before + 1

        def occupy() -> Any:
            return client.send(_OTHER, _TEXT, timeout=_PATIENT)

        if self.kind == "blocking":
            thread = threading.Thread(target=_quietly, args=(occupy,))
            thread.start()
            until(lambda: self.server.requests.count() == expected)
            yield self.caller
            self.server.close()
            thread.join()
        else:
            yield lambda called: self.caller(self._beside(occupy, called, expected))

    async def _beside(self, occupy: Callable[[], Any], called: Any, expected: int) -> Any:
        other = asyncio.ensure_future(occupy())
        while self.server.requests.count() < expected:  # noqa: ASYNC110  asked of a server in another thread
            await asyncio.sleep(0.002)
        try:
            return await called
        finally:
            other.cancel()
            await asyncio.gather(other, return_exceptions=True)

    def _settle(self) -> None:
        """Wait until the sandbox has read all that clients who lost patience had written."""
        if self.trouble.silent:
            until(lambda: self.server.requests.count() >= self.before + self.made)


def _nothing() -> None:
    return


def _quietly(call: Callable[[], Any]) -> None:
    try:
        call()
    except ConnectSmsError:
        return


def _number(place: int) -> str:
    chunk, within = divmod(place, PORTION)
    return _REJECTED_ONES[chunk] if within == 1 else f"+4477009001{place:02}"
