"""A client of the packaged kind, connected to a mock over a real socket."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, Final, NamedTuple

import httpx

from connect_sms import ConnectSmsError
from connect_sms.sandbox import SandboxServer
from connect_sms.sandbox.faults.kinds import HEADER
from contract_tests.support.clients import KEY, SUB_ACCOUNT, Caller, calling
from contract_tests.support.prefer import Prefer
from contract_tests.support.witnesses import complaints

TO: Final = "+447700900123"
TEXT: Final = "Your code is 482910"
UMID: Final = "0d9b2c7e-51a4-4f0e-9a53-6f1c2f6f0b11"
#: The ids that the contract's example answers to a batch speak of.
RECIPIENTS: Final = (
    {"destination": TO, "client_message_id": "sale-1"},
    {"destination": "+12025550123", "client_message_id": "sale-2"},
)
CALLS: Final[dict[str, Callable[[Caller, str], Any]]] = {
    "sendMessage": lambda caller, _: caller.send(TO, TEXT, sender="ACME"),
    "sendBatch": lambda caller, _: caller.send_batch(RECIPIENTS, "Sale ends Friday", sender="SHOP"),
    "getMessage": lambda caller, umid: caller.status(umid),
}


class Mock(NamedTuple):
    """A client of a mock, and the wire between them."""

    caller: Caller
    wire: Prefer
    url: str
    #: Of a message that it knows.
    umid: str = UMID
    #: How it is asked for an answer of a certain status.
    wish: Callable[[str], str] = "code={}".format

    @property
    def is_prism(self) -> bool:
        """Whether answers come from the contract's examples, and complaints in `sl-violations`."""
        return self.wish("") == "code="

    def ask(self, operation: str, wants: str = "") -> Any:
        """Make a good call, asking for a certain answer; nobody must have anything against the request."""
        self.wire.taken()
        self.wire.wants = wants
        try:
            return CALLS[operation](self.caller, self.umid)
        finally:
            self.wire.wants = ""
            assert self.wire.answers, "nothing reached the mock"
            self.check_requests()

    def check_requests(self) -> None:
        """Prism says by itself what is wrong with a request; for others the witnesses do."""
        answers = self.wire.answers
        assert [answer.headers.get("sl-violations") for answer in answers] == [None] * len(answers)
        if not self.is_prism:
            requests = [_as_to_the_service(answer.request) for answer in answers]
            assert [complaint for request in requests for complaint in complaints(request)] == []

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


def sandbox_connected(stack: ExitStack, wire: str, sandbox: SandboxServer) -> Mock:
    """The same, of the sandbox, which knows the message that its `umid` speaks of."""
    mock = connected(stack, wire, sandbox.base_url)
    umid = mock.caller.send(TO, TEXT).umid
    transport = Prefer(wire, HEADER.lower())
    caller = stack.enter_context(
        calling("blocking" if wire == "blocking" else "asyncio", transport, base_url=mock.url)
    )
    return Mock(caller, transport, mock.url, umid, _fault)


def _as_to_the_service(request: httpx.Request) -> httpx.Request:
    # The witnesses know an address by its server.
    headers = [(name, value) for name, value in request.headers.raw if name.lower() != b"host"]
    url = request.url.copy_with(scheme="https", host="sms.8x8.com", port=None)
    return httpx.Request(request.method, url, headers=headers, content=request.content)


def _fault(status: str) -> str:
    return {"429": "rate-limit", "426": "old-tls"}.get(status, f"error-before;status={status}")
