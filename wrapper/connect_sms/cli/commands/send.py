"""``send``: one message."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from connect_sms._calls import send as send_flow
from connect_sms._transport.effects import first_request
from connect_sms._validation.wording import plural
from connect_sms.cli import segments_view
from connect_sms.cli.dry_run import request_document, request_lines
from connect_sms.cli.exit_codes import Exit
from connect_sms.cli.parsing import text_or_stdin
from connect_sms.cli.signals import Interrupts
from connect_sms.errors.base import ConnectSmsError
from connect_sms.text.counting import normalise_encoding, segments

from .status import Until, check_wait_timeout, follow

if TYPE_CHECKING:
    from connect_sms.cli.account import Account
    from connect_sms.cli.output import Output


def send(
    account: Account,
    out: Output,
    destination: str,
    text: str,
    *,
    client_message_id: str | None,
    wait: bool,
    wait_timeout: float,
    until: Until,
    dry_run: bool,
    **options: Any,
) -> int:
    """Send one message; with `wait`, wait until its outcome is known."""
    if wait:
        check_wait_timeout(wait_timeout)
    text = text_or_stdin(text)
    options["client_message_id"] = secrets.token_hex(16) if client_message_id is None else client_message_id
    if dry_run:
        return _dry_run(account, out, destination, text, options)
    with account.client() as sms, Interrupts() as stop:
        out.keep()
        try:
            with stop.allowed():
                sent = sms.send(destination, text, **options)
        except KeyboardInterrupt as interrupt:
            return _interrupted(out, stop, interrupt, options["client_message_id"])
        except ConnectSmsError as error:
            return out.fail(error, client_message_id=options["client_message_id"])
        message = sent.to_dict(show_numbers=out.show_numbers)
        size = f"{plural(sent.segments.parts, 'part')} ({sent.segments.encoding})"
        out.say(f"accepted  {message['destination']}  {size}  umid {sent.umid}")
        if not wait:
            return out.end(Exit.DONE, message=message)
        return follow(sms, out, stop, sent.umid, timeout=wait_timeout, until=until, message=message)


def _interrupted(out: Output, stop: Interrupts, interrupt: KeyboardInterrupt, own_id: str) -> int:
    # The library adds a note when a request was in flight; without one nothing was sent.
    under_way = bool(getattr(interrupt, "__notes__", None))
    said = (
        f"interrupted while the request was under way: it may have been sent (clientMessageId {own_id}). "
        "Do not send it again before looking for its receipt, or in 8x8's log export."
        if under_way
        else "interrupted; nothing was sent"
    )
    out.note(f"connect-sms send: {said}")
    error = {"type": "Interrupted", "message": said, "may_have_been_sent": under_way}
    return out.end(stop.exit_code, error=error, client_message_id=own_id)


def _dry_run(account: Account, out: Output, destination: str, text: str, options: dict[str, Any]) -> int:
    context = account.dry_run_context()
    shown = request_document(first_request(send_flow.send(context, destination, text, **options)), out)
    missing = account.missing(account.key())
    found = segments(text, normalise_encoding(options["encoding"] or "AUTO"))
    if not out.json:
        segments_view.show(out, found)
        for line in request_lines(shown):
            out.say(line)
        out.say("Dry run: nothing was sent.")
    for problem in missing:
        out.note(f"To send it for real: {problem}")
    return out.end(
        Exit.DONE, dry_run=True, segments=segments_view.document(found), request=shown, missing=missing
    )
