"""Either client, used the same way, so that each rule is written once and holds for both."""

from __future__ import annotations

import asyncio
import inspect
import re
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any, Literal

import httpx

from connect_sms import AsyncSmsClient, ManualClock, SmsClient, options

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    Handler = (
        Callable[[httpx.Request], httpx.Response]
        | Callable[[httpx.Request], Coroutine[None, None, httpx.Response]]
    )


def arguments_of(method: Any) -> list[str]:
    """The names of a method's arguments, those of its `**options` one by one."""
    names = []
    for parameter in inspect.signature(method).parameters.values():
        if parameter.kind is parameter.VAR_KEYWORD:
            # Annotations are not evaluated: what they name is imported for type checkers alone.
            kind = re.fullmatch(r"Unpack\[(\w+)(\[.*\])?\]", parameter.annotation)
            assert kind is not None
            names += getattr(options, kind[1]).__annotations__
        elif parameter.name != "self":
            names.append(parameter.name)
    return names


AnyClient = SmsClient | AsyncSmsClient

KEY = "key-for-tests-Zq7"
SUB_ACCOUNT = "Acme_Notify"
NUMBER = "+447700900123"
TEXT = "Your code is 482910"


class OtherObject:
    """An object of no use to us; unlike that of `object()`, its repr is the same in each process."""

    def __repr__(self) -> str:
        return "OtherObject()"


CALLERS: tuple[Literal["sync", "async"], ...] = ("sync", "async")


class DeclaredMock(httpx.MockTransport):
    """A mock whose handler raises `httpx.ConnectError` and the like only for requests that were not sent."""

    connect_errors_mean_not_sent = True


class Caller:
    """Makes clients of one kind, and calls them.

    Attributes:
        colour: ``sync`` or ``async``.
        clock: The clock of every client made here, unless it is given another.
    """

    def __init__(self, colour: Literal["sync", "async"]) -> None:
        self.colour = colour
        self.clock = ManualClock()
        self._runner = asyncio.Runner()

    def client(self, script: Handler | None = None, **settings: Any) -> Any:
        """A client whose requests a script answers; without one, a client with real connections."""
        given: dict[str, Any] = {"api_key": KEY, "sub_account_id": SUB_ACCOUNT, "clock": self.clock}
        if script is not None:
            given["transport"] = DeclaredMock(script)
        given.update(settings)
        return SmsClient(**given) if self.colour == "sync" else AsyncSmsClient(**given)

    def __call__(self, called: Any) -> Any:
        """What a method gives: ``caller(client.send(...))`` reads the same for both clients."""
        if inspect.isawaitable(called):
            return self._runner.run(_result(called))
        if isinstance(called, AsyncIterator):
            return self._runner.run(_items(called))
        return list(called) if isinstance(called, Iterator) else called

    def close_client(self, client: AnyClient) -> None:
        """Close a client of this kind."""
        if isinstance(client, AsyncSmsClient):
            self(client.aclose())
        else:
            client.close()

    def close(self) -> None:
        """Close the event loop."""
        self._runner.close()


async def _result(called: Awaitable[Any]) -> Any:
    return await called


async def _items(called: AsyncIterator[Any]) -> list[Any]:
    return [item async for item in called]
