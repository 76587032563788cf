"""The chapters of the demo. Everything printed comes from the client's results and the sandbox's logs."""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Final

from connect_sms import OutcomeUnknown, segments
from connect_sms.models.redaction import mask
from connect_sms.sandbox import SandboxServer

from .receiver import ReceiptReceiver, receiving

if TYPE_CHECKING:
    from connect_sms import Segments, SmsClient

    from .output import Output

TO: Final = "+447700900123"
CODE: Final = "Your code is 482910"
SALE: Final = "Sale ends Friday — visit example.com"
UNKNOWN_SUBSCRIBER: Final = "+447700900960"
UNICODE_TEXTS: Final = (
    "รหัสของคุณคือ 482910 ใช้ได้ภายใน 10 นาที กรุณาอย่าบอกรหัสนี้แก่ผู้อื่นค่ะ",
    "Your table is ready 🍝 See you at 8!",
)
RECIPIENTS: Final = 1000


def play(out: Output) -> None:
    """Show everything, on a sandbox of its own."""
    out.line("connect-sms, an unofficial toolkit for the 8x8 Connect SMS API")
    out.line("It runs on a sandbox: no message leaves this machine, nothing is billed.")
    with SandboxServer() as sandbox, receiving() as receiver, sandbox.client() as sms:
        _code(out, sandbox, sms)
        # From here on the demo advances the clock, so that a minute takes no time.
        sandbox.clock.freeze()
        _batch(out, sandbox, sms)
        _failure(out, sandbox, sms)
        _unicode(out, sandbox, sms)
        _receipt(out, sandbox, sms, receiver)
        _lost_response(out, sandbox, sms, receiver)
    out.line("\nDone. Sandbox and receiver are stopped; nothing is left running.")
    out.line("With a key of your own, the same calls go to 8x8: see the README.")


def _code(out: Output, sandbox: SandboxServer, sms: SmsClient) -> None:
    out.chapter(
        "A code, sent and followed until it is delivered",
        f'sent = sms.send("{mask(TO)}", "{CODE}", sender="ACME")\nfinal = sms.wait(sent.umid)',
    )
    sent = sms.send(TO, CODE, sender="ACME")
    out.row("accepted", f"{sent.code} for {mask(TO)}, UMID {sent.umid}")
    out.row("size", _size(segments(CODE)))
    start = sandbox.clock.now()
    final = sms.wait(sent.umid)
    polls = [record for record in sandbox.requests if record.operation == "status"]
    out.row("polled", *(f"after {poll.at - start:.1f} s: {poll.about.split()[-1]}" for poll in polls))
    out.row("outcome", f"{final.outcome}, {'final' if final.is_final else 'not final'}")


def _batch(out: Output, sandbox: SandboxServer, sms: SmsClient) -> None:
    code = f'text = "{SALE}"\nresult = sms.send_batch(recipients, text, sender="SHOP")'
    out.chapter(f"{RECIPIENTS:,} recipients", code)
    size = segments(SALE)
    out.row("size", f"{_size(size)}, {size.units_left} left")
    out.row(
        "because of", *(f"{found.char}  {unicodedata.name(found.char)}" for found in size.non_gsm_characters)
    )
    cheaper = size.plain
    out.row("cheaper", f'"{cheaper.text}"', f"{_size(cheaper.segments)}, {cheaper.segments.units_left} left")
    result = sms.send_batch((f"+{447700900000 + place}" for place in range(RECIPIENTS)), SALE, sender="SHOP")
    out.row("sent", f"{len(result):,} messages in {_count(len(result.responses), 'request')}")
    shown = [f"{mask(row.destination)}  {row.umid}" for row in result.accepted[:3]]
    out.row("accepted", f"{len(result.accepted):,}", *shown, f"... and {len(result.accepted) - 3:,} more")
    rejected = [f"{mask(row.destination)}  {row.reason}" for row in result.rejected]
    out.row("rejected", f"{len(result.rejected):,}", *rejected)
    out.row("unknown", f"{len(result.unknown):,}")
    out.row("not sent", f"{len(result.not_sent):,}")
    sandbox.clock.advance(60)
    states = Counter(message.state for message in sandbox.messages if message.source == "SHOP")
    named = {state: states.pop(state) for state in ("delivered", "undelivered")}
    counts = [f"{count} {state}" for state, count in {**named, "in other states": states.total()}.items()]
    out.row("a minute on", f"{', '.join(counts)}: in the sandbox, the number chooses what happens")


def _failure(out: Output, sandbox: SandboxServer, sms: SmsClient) -> None:
    out.chapter("Why it was not delivered", "status = sms.status(sent.umid)      # a minute later")
    sent = sms.send(UNKNOWN_SUBSCRIBER, CODE, sender="ACME")
    sandbox.clock.advance(60)
    status = sms.status(sent.umid)
    out.row("outcome", status.outcome)
    if (error := status.error) is not None:
        out.row("error", f"{error.code}, {error.reason}")
        out.row("category", error.category)
        out.row("advice", error.advice)


def _unicode(out: Output, sandbox: SandboxServer, sms: SmsClient) -> None:
    out.chapter("Other alphabets", "segments(text)                      # before anything is sent")
    for text in UNICODE_TEXTS:
        sms.send(TO, text, sender="ACME")
        out.line(f"  {text}")
        out.row("", _size(segments(text)))
        if (counted := sandbox.messages[-1].segments) is not None:
            out.row("", f"the sandbox counted {_count(counted.parts, 'part')} of {counted.encoding}")


def _receipt(out: Output, sandbox: SandboxServer, sms: SmsClient, receiver: ReceiptReceiver) -> None:
    out.chapter(
        "Receipts come in",
        f'sms.send(..., receipt_url="{receiver.url}",\n'
        '         client_message_id="order-7731")\n'
        "event = receipts.parse(body, headers)",
    )
    sms.send(TO, CODE, sender="ACME", receipt_url=receiver.url, client_message_id="order-7731")
    sandbox.clock.advance(60)
    for receipt in receiver.take("order-7731"):
        to = mask(receipt.status.destination or "")
        out.row("receipt", f"{receipt.status.client_message_id} to {to}: {receipt.status.outcome}")


def _lost_response(out: Output, sandbox: SandboxServer, sms: SmsClient, receiver: ReceiptReceiver) -> None:
    out.chapter(
        "A response is lost",
        'sandbox.fail_next("reset-after")     # accepted, then the connection breaks\n'
        'sms.send(..., client_message_id="order-7732")',
    )
    sandbox.fail_next("reset-after", operation="send")
    before = sandbox.requests.count("send")
    try:
        sms.send(TO, CODE, sender="ACME", receipt_url=receiver.url, client_message_id="order-7732")
    except OutcomeUnknown as error:
        out.row("error", type(error).__name__)
        out.row("message", error)
    out.row("requests", f"{sandbox.requests.count('send') - before}: it was not tried again")
    times = sandbox.accepted.times(client_message_id="order-7732")
    out.row("accepted", f"{_count(times, 'time')}, according to the sandbox's acceptance log")
    sandbox.clock.advance(60)
    for receipt in receiver.take("order-7732"):
        out.row(
            "receipt",
            f"{receipt.status.client_message_id}: {receipt.status.outcome}, so it was sent after all",
        )


def _size(size: Segments) -> str:
    return f"{size.units} units of {size.encoding}, {_count(size.parts, 'part')}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
