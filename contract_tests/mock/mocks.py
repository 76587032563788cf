"""A client of the packaged kind, connected to a mock over a real socket."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, Final, NamedTuple

import httpx

from connect_sms import ConnectSmsError
from contract_tests.support.clients import KEY, SUB_ACCOUNT, Caller, calling
from contract_tests.support.prefer import Prefer

TO: Final = "+447700900123"
TEXT: Final = "Your code is 482910"
UMID: Final = "0d9b2c7e-51a4-4f0e-9a53-6f1c2f6f0b11"
#: The ids that the contract's example answers to a batch speak of.
RECIPIENTS: Final = (
    {"destination": TO, "client_message_id": "sale-1"},
    {"destination": "+12025550123", "client_message_id": "sale-2"},
)
CALLS: Final[dict[str, Callable[[Caller], Any]]] = {
    "sendMessage": lambda caller: caller.send(TO, TEXT, sender="ACME"),
    "sendBatch": lambda caller: caller.send_batch(RECIPIENTS, "Sale ends Friday", sender="SHOP"),
    "getMessage": lambda caller: caller.status(UMID),
}


class Mock(NamedTuple):
    """A client of a mock, and the wire between them."""

    caller: Caller
    wire: Prefer
    url: str

    def ask(self, operation: str, wants: str = "") -> Any:
        """Make a good call, asking for a certain answer; Prism must have nothing against the request."""
        self.wire.taken()
        self.wire.wants = wants
        try:
            return CALLS[operation](self.caller)
        finally:
            self.wire.wants = ""
            assert self.wire.answers, "nothing reached the mock"
            assert [answer.headers.get("sl-violations") for answer in self.wire.answers] == [None] * len(
                self.wire.answers
            )

    def fails(self, operation: str, wants: str) -> ConnectSmsError:
        """The same for a call that ends in an error."""
        try:
            result = self.ask(operation, wants)
        except ConnectSmsError as error:
            return error
        raise AssertionError(f"{operation} with {wants} gave {result!r} and no error")

    def post(self, path: str, body: Any) -> httpx.Response:
        """A request that our client would never make."""
        with httpx.Client(trust_env=False, headers={"authorization": f"Bearer {KEY}"}) as client:
            return client.post(f"{self.url}/{SUB_ACCOUNT}/{path}", json=body)


def connected(stack: ExitStack, wire: str, url: str) -> Mock:
    """A client of the given kind, closed with the stack."""
    transport = Prefer(wire)
    colour = "blocking" if wire == "blocking" else "asyncio"
    return Mock(stack.enter_context(calling(colour, transport, base_url=url)), transport, url)
