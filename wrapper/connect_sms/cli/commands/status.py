"""``status`` and ``wait``: the status of a message, once or until its outcome is known."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from connect_sms.cli.exit_codes import Exit
from connect_sms.cli.signals import Interrupts
from connect_sms.errors.base import ConnectSmsError, InvalidArgument
from connect_sms.models.outcomes import Outcome

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from connect_sms.cli.account import Account
    from connect_sms.cli.output import Output
    from connect_sms.client import SmsClient
    from connect_sms.models.status import MessageStatus

Until = Literal["final", "operator", "sent"]

_MAX_WAIT = 30 * 86_400.0
_NOT_DELIVERED = frozenset({Outcome.FAILED, Outcome.EXPIRED, Outcome.REJECTED})


def status(account: Account, out: Output, umid: str) -> int:
    """Get the status of a message once."""
    with account.client() as sms:
        found = sms.status(umid)
    return _report(out, found)


def wait(account: Account, out: Output, umid: str, *, timeout: float, until: Until) -> int:
    """Poll until a message has its final status."""
    check_wait_timeout(timeout)
    with account.client() as sms, Interrupts() as stop:
        return follow(sms, out, stop, umid, timeout=timeout, until=until)


def check_wait_timeout(timeout: float) -> None:
    """Check the seconds to wait; the library does so only after the send.

    Raises:
        InvalidArgument: Not above 0 and at most 30 days.
    """
    if not 0 < timeout <= _MAX_WAIT:
        raise InvalidArgument(
            "--wait-timeout must be a number of seconds above 0, and at most 30 days", argument="wait_timeout"
        )


def follow(
    sms: SmsClient, out: Output, stop: Interrupts, umid: str, *, timeout: float, until: Until, **content: Any
) -> int:
    """Wait for the outcome of a message; `content` goes into the JSON document."""
    try:
        with stop.allowed(), _spinner(out, f"waiting for the outcome, at most {timeout:g} s"):
            found = sms.wait(umid, timeout=timeout, until=until)
    except KeyboardInterrupt:
        known = "8x8 accepted it: do not send it again. " if content else ""
        out.note(f"Stopped waiting. {known}Ask again: connect-sms wait {umid}")
        error = {"type": "Interrupted", "message": "stopped waiting", "may_have_been_sent": True}
        return out.end(stop.exit_code, error={**error, "umid": umid}, **content)
    except ConnectSmsError as error:
        error.may_have_been_sent = True
        if content:
            out.note(f"8x8 accepted it, under the umid {umid}: do not send it again.")
        last = getattr(error, "last", None)
        status = None if last is None else last.to_dict(show_numbers=out.show_numbers)
        return out.fail(error, is_sent=bool(content), **content, status=status)
    return _report(out, found, **content)


def _report(out: Output, found: MessageStatus, **content: Any) -> int:
    document = found.to_dict(show_numbers=out.show_numbers)
    for line in _status_lines(found, document):
        out.say(line)
    code = Exit.FAILED if found.outcome in _NOT_DELIVERED else Exit.DONE
    return out.end(code, **content, status=document)


@contextmanager
def _spinner(out: Output, text: str) -> Generator[None]:
    if out.json or not sys.stderr.isatty():
        yield
        return
    with out.console(stderr=True).status(text):
        yield


def _status_lines(found: MessageStatus, document: dict[str, Any]) -> Iterator[str]:
    final = "final" if found.is_final else "not final yet"
    yield f"{found.outcome}  ({final})  umid {found.umid}"
    if found.error is not None:
        yield f"  why       {found.error.reason} (delivery error {found.error.code}, {found.error.category})"
        yield f"  advice    {found.error.advice}"
    if found.observed_at is not None:
        yield f"  seen      {found.observed_at:%Y-%m-%d %H:%M:%S} UTC"
    where = "  ".join(str(document[name]) for name in ("destination", "country") if document[name])
    if where:
        yield f"  to        {where}"
    if found.sender:
        yield f"  from      {found.sender}"
    price = found.price
    cost = f", {price.total} {price.currency}" if price is not None and price.total is not None else ""
    if found.parts is not None:
        encoding = "" if found.encoding is None else f" ({found.encoding})"  # a receipt does not say
        yield f"  parts     {found.parts}{encoding}{cost}"
    if found.client_message_id:
        yield f"  your id   {found.client_message_id}"
