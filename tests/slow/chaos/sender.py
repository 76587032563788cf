"""The process that is killed: ``python -m tests.slow.chaos.sender URL STORE FORM NAME``.

It sends until it is stopped. After its first sends it says on its standard output how many seconds one takes.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from connect_sms import AsyncSmsClient, ConnectSmsError, Message, SmsClient
from tests.support.stores import open_at, settings_with

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from connect_sms import SentMessage
    from connect_sms.receipts import ReceiptStore

NUMBER: Final = "+447700900123"
ACCOUNT: Final[dict[str, Any]] = {"api_key": "sandbox-key", "sub_account_id": "sandbox"}
#: Messages in one request of a batch: small, so that a kill falls between two of them as often as within.
SIZE: Final = 25


def _messages(name: str) -> Iterator[Message]:
    number = 0
    while True:
        yield Message(destination=NUMBER, text="hi", client_message_id=f"{name}-{number}")
        number += 1


def _begin(sms: SmsClient, name: str) -> None:
    """The first send takes its time; from then on every moment is one in which something is under way."""
    sms.send(NUMBER, "hi", client_message_id=f"{name}-first")
    begun = time.perf_counter()
    sms.send(NUMBER, "hi", client_message_id=f"{name}-second")
    print(time.perf_counter() - begun, flush=True)  # noqa: T201  a program


def one_by_one(name: str, settings: dict[str, Any]) -> None:
    """Single sends, without end."""
    with SmsClient(**ACCOUNT, **settings) as sms:
        _begin(sms, name)
        for message in _messages(name):
            sms.send(message.destination, "hi", client_message_id=message.client_message_id)


def in_a_batch(name: str, settings: dict[str, Any]) -> None:
    """One batch, without end."""
    with SmsClient(**ACCOUNT, batch_size=SIZE, **settings) as sms:
        _begin(sms, name)
        sms.send_batch(_messages(name))


class LateJournal:
    """A journal that is told of messages after their answer alone, as the control has it."""

    def __init__(self, store: ReceiptStore) -> None:
        self.record_sent = store.record_sent

    def hand_over(
        self, messages: Sequence[SentMessage], /, *, deadline: object, timeout: float | None
    ) -> None:
        """Record nothing."""

    def withdraw(self, messages: Sequence[SentMessage], /, *, timeout: float | None) -> None:
        """There is nothing to withdraw."""


def without_a_note(name: str, settings: dict[str, Any]) -> None:
    """Single sends that are recorded after their answer, and not before."""
    with SmsClient(**ACCOUNT, **settings) as sms:
        sms._context.journal = LateJournal(settings["receipts"])
        _begin(sms, name)
        for message in _messages(name):
            sms.send(message.destination, "hi", client_message_id=message.client_message_id)


def cancelled(name: str, settings: dict[str, Any]) -> None:
    """Sends cancelled at random moments, every second one by a timeout; as many as the name ends in."""
    _, _, times = name.rpartition("x")
    chance = random.Random(name)

    async def main() -> None:
        async with AsyncSmsClient(**ACCOUNT, **settings) as sms:
            await sms.send(NUMBER, "hi", client_message_id=f"{name}-first")
            begun = time.perf_counter()
            await sms.send(NUMBER, "hi", client_message_id=f"{name}-second")
            usual = time.perf_counter() - begun
            print(usual, flush=True)  # noqa: T201  a program
            for number in range(int(times)):
                send = sms.send(NUMBER, "hi", client_message_id=f"{name}-{number}")
                moment = chance.random() * 1.5 * usual
                with suppress(asyncio.CancelledError, TimeoutError, ConnectSmsError):
                    if number % 2:
                        async with asyncio.timeout(moment):
                            await send
                    else:
                        task = asyncio.ensure_future(send)
                        await asyncio.sleep(moment)
                        task.cancel()
                        await task

    asyncio.run(main())


FORMS: Final[dict[str, Callable[[str, dict[str, Any]], None]]] = {
    "single": one_by_one,
    "batch": in_a_batch,
    "cancel": cancelled,
    "control": without_a_note,
}


def main() -> None:
    """Send as told."""
    url, place, form, name = sys.argv[1:]
    FORMS[form](name, {"base_url": url, **settings_with(open_at(place))})


if __name__ == "__main__":
    main()
