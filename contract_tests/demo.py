"""`make demo`: what the client does, shown against a mock of the API on this machine.

Nothing leaves it, nothing is billed.

Everything printed comes from the client's own results; the mock answers with the contract's examples.
"""

import copy
import queue
import sys
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx

from connect_sms import ConnectSmsError, SmsClient, segments
from connect_sms.addresses import mask
from contract_tests.contract import load
from contract_tests.support.loopback import Receiver, receiving
from contract_tests.support.prism import PrismError, serving

TO, CODE = "+447700900123", "Your code is 482910"
BATCH = 1000
WIDTH = 78


class Wish(httpx.HTTPTransport):
    """Lets the demo choose which of the contract's examples the mock answers with."""

    wish = ""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Add the wish to a request."""
        if self.wish:
            request.headers["prefer"] = self.wish
        return super().handle_request(request)

    @contextmanager
    def for_answer(self, wish: str) -> Generator[None]:
        """Wish for an answer."""
        self.wish = wish
        try:
            yield
        finally:
            self.wish = ""


def main() -> int:
    """Run the demo; 1 if it cannot be."""
    try:
        with ExitStack() as stack:
            return _play(stack)
    except PrismError as problem:
        print(f"The demo needs a mock server. {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped; nothing is left running.")
        return 130


def _play(stack: ExitStack) -> int:
    print("connect-sms, an unofficial toolkit for the 8x8 Connect SMS API")
    print("A mock of the API is starting on this machine. No message is sent, nothing is billed.")
    prism = stack.enter_context(serving(_contract_for(BATCH)))
    receiver = stack.enter_context(receiving())
    wire = Wish()
    sms = stack.enter_context(
        SmsClient(api_key="demo-key", sub_account_id="acme_alerts", base_url=prism.url, transport=wire)
    )
    for number, step in enumerate((_send, _batch, _status, _error, _refusal, _receipt), 1):
        step(number, sms, wire, receiver)
    print("\nDone: mock and receiver are stopped.")
    print("With a key of your own, the same code talks to 8x8: see README.md.")
    return 0


def _contract_for(count: int) -> dict[str, Any]:
    """The contract, its example answer to a batch made longer: a mock cannot read who was in the request."""
    document = copy.deepcopy(load())
    examples = document["components"]["responses"]["BatchTaken"]["content"]["application/json"]["examples"]
    accepted, rejected = examples["partlyRejected"]["value"]["messages"]
    entries = [rejected if index % 500 == 499 else accepted for index in range(count)]
    turned_down = entries.count(rejected)
    examples.clear()
    examples["partlyRejected"] = {
        "value": {
            "batchId": "9e5d6c31-7c5b-4f7e-b7f8-3a4f7e1d6c34",
            "acceptedCount": count - turned_down,
            "rejectedCount": turned_down,
            "messages": [
                {**entry, "clientMessageId": f"sale-{index}"} for index, entry in enumerate(entries)
            ],
        }
    }
    return document


def _head(number: int, title: str, code: str) -> None:
    print(f"\n{f' {number}  {title} ':-^{WIDTH}}")
    for line in code.splitlines():
        print(f"    {line}")
    print()


def _row(name: str, value: object) -> None:
    print(f"  {name:<15}{value}")


def _send(number: int, sms: SmsClient, wire: Wish, receiver: Receiver) -> None:
    _head(number, "One message", f'sms.send("{mask(TO)}", "{CODE}", sender="ACME")')
    sent = sms.send(TO, CODE, sender="ACME")
    size = segments(CODE)
    _row("accepted", f"{sent.code} for {mask(TO)}")
    _row("umid", sent.umid)
    _row("size", f"{size.units} units of {size.encoding}, {size.parts} part, {size.units_left} units left")


def _batch(number: int, sms: SmsClient, wire: Wish, receiver: Receiver) -> None:
    _head(number, f"A batch of {BATCH:,}", 'sms.send_batch(recipients, "Sale ends Friday", sender="SHOP")')
    recipients = [
        {"destination": f"+4477009{index:05d}", "client_message_id": f"sale-{index}"}
        for index in range(BATCH)
    ]
    result = sms.send_batch(recipients, "Sale ends Friday", sender="SHOP")
    _row("handed over", f"{len(result):,} messages in {len(result.responses)} request")
    _row("accepted", f"{len(result.accepted):,}")
    _row("rejected", f"{len(result.rejected):,}")
    for row in result.rejected:
        _row("", f"{mask(row.destination)} ({row.client_message_id}): {row.reason}")
    _row("unknown", f"{len(result.unknown):,}")
    _row("not sent", f"{len(result.not_sent):,}")


def _status(number: int, sms: SmsClient, wire: Wish, receiver: Receiver) -> None:
    _head(number, "What became of it", "sms.status(umid)")
    umid = "0d9b2c7e-51a4-4f0e-9a53-6f1c2f6f0b11"
    for example in ("deliveredToOperator", "deliveredToRecipient"):
        with wire.for_answer(f"example={example}"):
            status = sms.status(umid)
        final = "final" if status.is_final else "not final: the handset may never get it"
        _row("outcome", f"{status.outcome} ({final})")
    with wire.for_answer("example=undelivered"):
        status = sms.status(umid)
    _row("outcome", f"{status.outcome} ({status.error})")


def _error(number: int, sms: SmsClient, wire: Wish, receiver: Receiver) -> None:
    _head(number, "An error, explained", "sms.send(...)        # with a key that 8x8 does not know")
    with wire.for_answer("code=401"):
        _fail(lambda: sms.send(TO, CODE, sender="ACME"))
    print()
    print("    sms.send(...)        # while the server fails")
    print()
    with wire.for_answer("code=500"):
        _fail(lambda: sms.send(TO, CODE, sender="ACME", client_message_id="booking-7731"))


def _refusal(number: int, sms: SmsClient, wire: Wish, receiver: Receiver) -> None:
    _head(number, "A mistake, caught before anything is sent", 'sms.send("07700 900123", ...)')
    _fail(lambda: sms.send("07700 900123", CODE))


def _fail(call: Callable[[], Any]) -> None:
    try:
        call()
    except ConnectSmsError as error:
        _row("error", type(error).__name__)
        _row("sent?", "perhaps: never repeat it blindly" if error.may_have_been_sent else "certainly not")
        _wrap("says", str(error))


def _wrap(name: str, text: str) -> None:
    line = ""
    for word in text.split():
        if len(line) + len(word) > WIDTH - 18:
            _row(name, line.rstrip())
            name, line = "", ""
        line += word + " "
    _row(name, line.rstrip())


def _receipt(number: int, sms: SmsClient, wire: Wish, receiver: Receiver) -> None:
    _head(number, "A receipt comes in", f'sms.send(..., receipt_url="{receiver.url}")')
    sms.send(TO, CODE, sender="ACME", receipt_url=receiver.url)
    try:
        payload = receiver.next()["payload"]
    except queue.Empty:
        print("  No receipt came.")
        return
    status = payload["status"]
    _row("posted to", receiver.url)
    _row("of", f"{mask('+' + payload['destination'])}, clientMessageId {payload['clientMessageId']}")
    _row("state", f"{status['state']}, {status['detail']}, {payload['smsCount']} part")


if __name__ == "__main__":
    sys.exit(main())
