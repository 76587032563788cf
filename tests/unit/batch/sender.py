"""One way to call `send_batch` of either client, in either event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, aclosing
from typing import Any, Literal, cast

import trio

from connect_sms import AsyncSmsClient, BatchResult, ManualClock, SmsClient
from tests.support import KEY, SUB_ACCOUNT, TEXT, DeclaredMock

Kind = Literal["sync", "asyncio", "trio"]
KINDS: tuple[Kind, ...] = ("sync", "asyncio", "trio")


class Sender:
    """Calls one kind of client.

    Attributes:
        kind: ``sync``, ``asyncio`` or ``trio``.
        clock: The clock of every client.
    """

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.clock = ManualClock()

    @property
    def is_async(self) -> bool:
        """True for either event loop."""
        return self.kind != "sync"

    def __call__(
        self, server: Any, messages: Any, text: str | None = TEXT, *, client: Any = None, **arguments: Any
    ) -> BatchResult:
        """Send a batch; `client` holds settings of the client's."""

        def send(sms: Any) -> Any:
            return sms.send_batch(messages, text, **arguments)

        return cast("BatchResult", self.run(server, send, messages, **(client or {})))

    def run(self, server: Any, function: Callable[[Any], Any], source: object = None, **settings: Any) -> Any:
        """What a function of a client gives; a source that is an asynchronous generator is closed after."""
        given: dict[str, Any] = {
            "api_key": KEY,
            "sub_account_id": SUB_ACCOUNT,
            "clock": self.clock,
            "transport": DeclaredMock(server),
            **settings,
        }
        if not self.is_async:
            with SmsClient(**given) as blocking:
                return function(blocking)

        async def main() -> Any:
            async with AsyncExitStack() as stack:
                if isinstance(source, AsyncGenerator):
                    await stack.enter_async_context(aclosing(source))
                sms = await stack.enter_async_context(AsyncSmsClient(**given))
                return await cast("Awaitable[Any]", function(sms))

        return self.loop(main)

    def loop(self, main: Callable[[], Any]) -> Any:
        """Run an asynchronous function to its end."""
        return trio.run(main) if self.kind == "trio" else asyncio.run(main())
