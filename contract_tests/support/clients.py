"""Clients of every colour behind one blocking face, and a wire that leads nowhere."""

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, Final

import httpx

from connect_sms import AsyncSmsClient, BatchResult, ManualClock, MessageStatus, Sent, SmsClient

KEY: Final = "test-key-4f1d"
SUB_ACCOUNT: Final = "acme_alerts"
COLOURS: Final = ("blocking", "asyncio")

Answer = Callable[[httpx.Request], httpx.Response]


class Wire(httpx.MockTransport):
    """Keeps every request and answers it with whatever `answer` makes of it, at once and on this machine."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(self._note)
        self.answer = answer
        self.requests: list[httpx.Request] = []

    def _note(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self.answer(request)

    def taken(self) -> list[httpx.Request]:
        """The requests since the last time somebody asked."""
        taken, self.requests = self.requests, []
        return taken


class Caller:
    """A client of either colour; its methods block."""

    def __init__(self, client: SmsClient | AsyncSmsClient, runner: asyncio.Runner) -> None:
        self.client = client
        self._runner = runner

    @property
    def is_async(self) -> bool:
        """Tell whether the client behind is the asynchronous one."""
        return isinstance(self.client, AsyncSmsClient)

    def send(self, *args: Any, **options: Any) -> Sent:
        """Call `send`."""
        result: Sent = self._call("send", *args, **options)
        return result

    def send_batch(self, *args: Any, **options: Any) -> BatchResult:
        """Call `send_batch`."""
        result: BatchResult = self._call("send_batch", *args, **options)
        return result

    def status(self, *args: Any, **options: Any) -> MessageStatus:
        """Call `status`."""
        result: MessageStatus = self._call("status", *args, **options)
        return result

    def _call(self, method: str, /, *args: Any, **options: Any) -> Any:
        bound = getattr(self.client, method)
        if not self.is_async:
            return bound(*args, **options)

        async def call() -> Any:
            # A loop that stood still has not seen yet which connections were closed in the meantime.
            for _ in range(5):
                await asyncio.sleep(0)
            return await bound(*args, **options)

        return self._runner.run(call())


@contextmanager
def calling(colour: str, transport: Any = None, **settings: Any) -> Generator[Caller]:
    """A client, open for the time of a `with` block. Time is its own, so that no test ever waits."""
    own: dict[str, Any] = {
        "api_key": KEY,
        "sub_account_id": SUB_ACCOUNT,
        "clock": ManualClock(),
        "status_interval": 1e-6,
    }
    settings = own | settings
    with asyncio.Runner() as runner:
        if colour == "blocking":
            with SmsClient(transport=transport, **settings) as client:
                yield Caller(client, runner)
            return

        async def opened() -> AsyncSmsClient:
            return AsyncSmsClient(transport=transport, **settings)

        async_client = runner.run(opened())
        try:
            yield Caller(async_client, runner)
        finally:
            runner.run(async_client.aclose())
