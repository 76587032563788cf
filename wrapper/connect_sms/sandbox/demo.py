"""``python -m connect_sms.sandbox.demo``: what the client does, shown on a sandbox.

Nothing leaves this machine. Everything printed comes from the client's results and the sandbox's logs.
"""

from __future__ import annotations

import io
import os
import sys
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Final

from connect_sms import MissingExtra, OutcomeUnknown, SmsClient, segments
from connect_sms.models.redaction import mask

from .demo_stage import Mailbox, Paper, mailbox

if TYPE_CHECKING:
    from .server import SandboxServer

__all__ = ["main"]

TO: Final = "+447700900123"
CODE: Final = "Your code is 482910"
SALE: Final = "Sale ends Friday — visit example.com"
NOBODY: Final = "+447700900960"
TEXTS: Final = (
    "รหัสของคุณคือ 482910 ใช้ได้ภายใน 10 นาที กรุณาอย่าบอกรหัสนี้แก่ผู้อื่นค่ะ",
    "Your table is ready 🍝 See you at 8!",
)
CROWD: Final = 1000


def play(paper: Paper) -> None:
    """Show everything, on a sandbox of its own."""
    from connect_sms.sandbox import SandboxServer  # noqa: PLC0415  what is missing is said in main

    paper.line("connect-sms, an unofficial toolkit for the 8x8 Connect SMS API")
    paper.line("A sandbox stands in for 8x8: no message leaves this machine, nothing is billed.")
    with SandboxServer() as sandbox, mailbox() as box, sandbox.client() as sms:
        _code(paper, sandbox, sms)
        # From here on its clock is stepped, so that a minute takes no time.
        sandbox.clock.freeze()
        _sale(paper, sandbox, sms)
        _failure(paper, sandbox, sms)
        _texts(paper, sandbox, sms)
        _receipt(paper, sandbox, sms, box)
        _lost(paper, sandbox, sms, box)
    paper.line("\nDone. Sandbox and receiver are stopped; nothing is left running.")
    paper.line("With a key of your own, the same calls go to 8x8: see the README.")


def _code(paper: Paper, sandbox: SandboxServer, sms: SmsClient) -> None:
    paper.chapter(
        "A code, sent and followed until it is delivered",
        f'sent = sms.send("{mask(TO)}", "{CODE}", sender="ACME")\nfinal = sms.wait(sent.umid)',
    )
    sent = sms.send(TO, CODE, sender="ACME")
    size = segments(CODE)
    paper.row("accepted", f"{sent.code} for {mask(TO)}, UMID {sent.umid}")
    paper.row("size", f"{size.units} units of {size.encoding}, {_parts(size.parts)}")
    asked = sandbox.clock.now()
    final = sms.wait(sent.umid)
    looks = [record for record in sandbox.requests if record.operation == "status"]
    paper.rows("asked", (f"after {look.at - asked:.1f} s: {look.about.rpartition(' ')[2]}" for look in looks))
    paper.row("outcome", f"{final.outcome}, {'final' if final.is_final else 'not final'}")


def _sale(paper: Paper, sandbox: SandboxServer, sms: SmsClient) -> None:
    paper.chapter(
        f"{CROWD:,} recipients", f'text = "{SALE}"\nresult = sms.send_batch(recipients, text, sender="SHOP")'
    )
    size = segments(SALE)
    paper.row("size", f"{size.units} units of {size.encoding}, {_parts(size.parts)}, {size.units_left} left")
    paper.rows(
        "because of", (f"{dear.char}  {unicodedata.name(dear.char)}" for dear in size.non_gsm_characters)
    )
    plain = size.plain
    paper.row("cheaper", f'"{plain.text}"')
    paper.row(
        "",
        f"{plain.segments.units} units of {plain.segments.encoding}, {_parts(plain.segments.parts)}, "
        f"{plain.segments.units_left} left",
    )
    result = sms.send_batch((f"+{447700900000 + place}" for place in range(CROWD)), SALE, sender="SHOP")
    requests = len(result.responses)
    paper.row("handed over", f"{len(result):,} messages in {requests} request{'s' * (requests != 1)}")
    paper.row("accepted", f"{len(result.accepted):,}")
    paper.rows("", (f"{mask(row.destination)}  {row.umid}" for row in result.accepted[:3]))
    paper.row("", f"... and {len(result.accepted) - 3:,} more")
    paper.row("rejected", f"{len(result.rejected):,}")
    paper.rows("", (f"{mask(row.destination)}  {row.reason}" for row in result.rejected))
    paper.row("unknown", f"{len(result.unknown):,}")
    paper.row("not sent", f"{len(result.not_sent):,}")
    sandbox.clock.advance(60)
    states = Counter(message.state for message in sandbox.messages if message.source == "SHOP")
    named = {state: states.pop(state) for state in ("delivered", "undelivered")}
    said = ", ".join(f"{count} {state}" for state, count in {**named, "otherwise": states.total()}.items())
    paper.row("a minute on", f"{said}: in the sandbox, numbers choose their fate")


def _failure(paper: Paper, sandbox: SandboxServer, sms: SmsClient) -> None:
    paper.chapter("Why it did not arrive", "status = sms.status(sent.umid)      # a minute later")
    sent = sms.send(NOBODY, CODE, sender="ACME")
    sandbox.clock.advance(60)
    status = sms.status(sent.umid)
    paper.row("outcome", status.outcome)
    if (error := status.error) is not None:
        paper.row("error", f"{error.code}, {error.reason}")
        paper.row("category", error.category)
        paper.row("advice", error.advice)


def _texts(paper: Paper, sandbox: SandboxServer, sms: SmsClient) -> None:
    paper.chapter("Other alphabets", "segments(text)                      # before anything is sent")
    for text in TEXTS:
        size = segments(text)
        sms.send(TO, text, sender="ACME")
        content = sandbox.messages[-1].content
        paper.line(f"  {text}")
        paper.row("", f"{size.encoding}, {size.units} units, {_parts(size.parts)}")
        if content is not None:
            paper.row("", f"the sandbox counted {content.encoding}, {_parts(content.parts)}")


def _receipt(paper: Paper, sandbox: SandboxServer, sms: SmsClient, box: Mailbox) -> None:
    paper.chapter(
        "Receipts come in",
        f'sms.send(..., receipt_url="{box.url}",\n'
        '         client_message_id="order-7731")\n'
        "event = receipts.parse(body, headers)",
    )
    sms.send(TO, CODE, sender="ACME", receipt_url=box.url, client_message_id="order-7731")
    sandbox.clock.advance(60)
    for receipt in box.take("order-7731"):
        to = mask(receipt.destination or "")
        paper.row("receipt", f"{receipt.client_message_id} to {to}: {receipt.outcome}")


def _lost(paper: Paper, sandbox: SandboxServer, sms: SmsClient, box: Mailbox) -> None:
    paper.chapter(
        "An answer is lost",
        'sandbox.fail_next("reset-after")     # accepted, then the connection breaks\n'
        'sms.send(..., client_message_id="order-7732")',
    )
    sandbox.fail_next("reset-after", operation="send")
    before = sandbox.requests.count("send")
    try:
        sms.send(TO, CODE, sender="ACME", receipt_url=box.url, client_message_id="order-7732")
    except OutcomeUnknown as error:
        paper.row("error", type(error).__name__)
        paper.row("says", error)
    paper.row("requests", f"{sandbox.requests.count('send') - before}: it was not tried again")
    times = sandbox.accepted.times(client_message_id="order-7732")
    paper.row("accepted", f"{times} time{'s' * (times != 1)}, says the sandbox's acceptance log")
    sandbox.clock.advance(60)
    for receipt in box.take("order-7732"):
        paper.row("receipt", f"{receipt.client_message_id}: {receipt.outcome}, so it was sent after all")


def _parts(count: int) -> str:
    return f"{count} part{'s' * (count != 1)}"


def main() -> int:
    """Run the demo.

    Returns:
        0; 1 if something it needs is missing; 130 after Ctrl-C.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    paper = Paper(sys.stdout)
    try:
        play(paper)
    except MissingExtra as missing:
        sys.stderr.write(f"{missing}\n")
        return 1
    except KeyboardInterrupt:
        paper.line("\nStopped; nothing is left running.")
        return 130
    except BrokenPipeError:
        # The interpreter would complain once more when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
