"""The processes that are killed: ``python -m tests.slow.chaos.sender`` forks one for each line of its input.

A line has the sandbox's URL, the store, the form and the name of a sender, in JSON. The sender sends until
it is stopped; after its first sends it says how many seconds one takes.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import time
import traceback
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


def _say_begun(usual: float) -> None:
    print(json.dumps({"pid": os.getpid(), "usual": usual}), flush=True)  # noqa: T201  a program


def _begin(sms: SmsClient, name: str) -> None:
    """The first send takes its time; from then on every moment is one in which something is under way."""
    sms.send(NUMBER, "hi", client_message_id=f"{name}-first")
    begun = time.perf_counter()
    sms.send(NUMBER, "hi", client_message_id=f"{name}-second")
    _say_begun(time.perf_counter() - begun)


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
            _say_begun(usual)
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


def _send(url: str, place: str, form: str, name: str) -> int:
    """Send as told, until the end; the exit code. Ctrl-C is one of the ends."""
    try:
        FORMS[form](name, {"base_url": url, **settings_with(open_at(place))})
    except KeyboardInterrupt:
        return 0
    except BaseException:  # noqa: BLE001  the fork ends here, whatever it was
        traceback.print_exc()
        return 1
    return 0


def main() -> None:
    """Fork a sender for each line of the standard input, and say how it ended."""
    for line in sys.stdin:
        if (pid := os.fork()) == 0:
            os._exit(_send(*json.loads(line)))
        print(json.dumps({"exit": os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])}), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
