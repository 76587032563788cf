"""A server that answers whatever it is told to, and a caller of each operation."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, Final

import httpx

from connect_sms import ConnectSmsError
from contract_tests.support.clients import Caller, Wire, calling

TO: Final = "+447700900123"
TEXT: Final = "Your code is 482910"
OWN_IDS: Final = ("id-0", "id-1", "id-2")
UMID: Final = "0d9b2c7e-51a4-4f0e-9a53-6f1c2f6f0b11"

#: One call of each operation; of a batch three recipients, so that an answer can name some and not others.
CALLS: Final[dict[str, Callable[[Caller], Any]]] = {
    "sendMessage": lambda caller: caller.send(TO, TEXT, client_message_id="own-id"),
    "sendBatch": lambda caller: caller.send_batch(
        [
            {"destination": f"+44770090012{i}", "client_message_id": own_id}
            for i, own_id in enumerate(OWN_IDS)
        ],
        TEXT,
    ),
    "getMessage": lambda caller: caller.status(UMID),
}
SENDS: Final = ("sendMessage", "sendBatch")


class Server(Wire):
    """Gives the same answer to every request, until told otherwise."""

    def __init__(self) -> None:
        super().__init__(lambda _: self.reply)
        self.reply = httpx.Response(200)

    def says(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        """From now on answer this. A fresh answer each time: httpx closes the one it has read."""
        kind = {"content-type": "application/json"}
        self.answer = lambda _: httpx.Response(status, content=body, headers=kind | (headers or {}))

    def ask(self, caller: Caller, operation: str) -> tuple[Any, ConnectSmsError | None, int]:
        """Make a call: its result or its error, and how many requests it took.

        Anything but a result or a declared error goes through, and fails the test.
        """
        self.taken()
        try:
            return CALLS[operation](caller), None, len(self.taken())
        except ConnectSmsError as error:
            return None, error, len(self.taken())


@contextmanager
def serving(colour: str) -> Generator[tuple[Server, Caller]]:
    """A server and a client of it."""
    server = Server()
    with calling(colour, server) as caller:
        yield server, caller
