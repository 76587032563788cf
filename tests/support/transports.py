"""The transports that people use, and what a crowd of sends on one of them was told."""

from __future__ import annotations

import asyncio
import importlib.util
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

import attrs

from connect_sms import AsyncSmsClient, ConnectSmsError, SmsClient
from tests.support.callers import KEY, NUMBER, SUB_ACCOUNT, TEXT
from tests.support.wire_server import umid_for

if TYPE_CHECKING:
    import pytest

#: Seconds in which asyncio closes TLS connections after their client was closed.
GOODBYE: Final = 0.1
TRANSPORTS: Final = ("httpx, blocking", "httpx, asyncio", "aiohttp")


def only_httpx(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if httpx-aiohttp were not installed."""
    found = importlib.util.find_spec
    monkeypatch.setattr(
        "importlib.util.find_spec",
        lambda name, *more: None if name == "httpx_aiohttp" else found(name, *more),
    )


def client_on(transport: str, url: str, **settings: Any) -> Any:
    """A client with real connections; with `only_httpx` in force for ``httpx, asyncio``."""
    given: dict[str, Any] = {"api_key": KEY, "sub_account_id": SUB_ACCOUNT, "base_url": url, **settings}
    return SmsClient(**given) if transport == "httpx, blocking" else AsyncSmsClient(**given)


@attrs.define
class Told:
    """What the senders of messages were told, by ``clientMessageId``.

    Attributes:
        right: Accepted, under the UMID of this very message.
        foreign: Accepted, under the UMID of another message.
        unknown: May have been sent.
        refused: Not sent; with the kind of error.
    """

    right: list[str] = attrs.field(factory=list)
    foreign: list[str] = attrs.field(factory=list)
    unknown: list[str] = attrs.field(factory=list)
    refused: dict[str, str] = attrs.field(factory=dict)

    def umid(self, own: str, umid: str) -> None:
        """Note what a send returned."""
        (self.right if umid == umid_for(own) else self.foreign).append(own)

    def error(self, own: str, error: ConnectSmsError) -> None:
        """Note what a send raised."""
        if error.may_have_been_sent:
            self.unknown.append(own)
        else:
            self.refused[own] = type(error).__name__


def send_in_threads(client: SmsClient, ids: list[str], threads: int) -> Told:
    """Send a message for each id."""
    told = Told()

    def send(own: str) -> None:
        try:
            told.umid(own, client.send(NUMBER, TEXT, client_message_id=own).umid)
        except ConnectSmsError as error:
            told.error(own, error)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(send, ids))
    return told


async def send_in_tasks(client: AsyncSmsClient, ids: list[str], tasks: int, goodbye: float = GOODBYE) -> Told:
    """Send a message for each id, so many at once."""
    told = Told()
    waiting = list(reversed(ids))

    async def send() -> None:
        while waiting:
            own = waiting.pop()
            try:
                told.umid(own, (await client.send(NUMBER, TEXT, client_message_id=own)).umid)
            except ConnectSmsError as error:
                told.error(own, error)

    async with client:
        await asyncio.gather(*(send() for _ in range(tasks)))
    await asyncio.sleep(goodbye)
    return told


def send_all(transport: str, url: str, ids: list[str], at_once: int, **settings: Any) -> Told:
    """Send a message for each id, so many at once, in threads or in tasks."""
    client = client_on(transport, url, **settings)
    if isinstance(client, AsyncSmsClient):
        goodbye = GOODBYE if url.startswith("https") else 0
        return asyncio.run(send_in_tasks(client, ids, at_once, goodbye))
    with client:
        return send_in_threads(client, ids, at_once)
