"""The flow behind `send_and_confirm`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connect_sms.errors.base import ConnectSmsError

if TYPE_CHECKING:
    from connect_sms._api.context import ClientContext
    from connect_sms._transport.effects import Flow
    from connect_sms.models.status import MessageStatus

from connect_sms._calls.send import _accepted, send
from connect_sms._calls.wait import Until, _check_wait, wait


def send_and_confirm(
    context: ClientContext, destination: str, text: str, *, wait_timeout: float, until: Until, **options: Any
) -> Flow[MessageStatus]:
    """Send one message and wait for it."""
    _check_wait(wait_timeout, until, argument="wait_timeout")
    sent = yield from send(context, destination, text, **options)
    looking = wait(
        context,
        sent.umid,
        timeout=wait_timeout,
        until=until,
        # A look at once would almost always see the message queued, and spend the one look of this second.
        first_pause=0.4,
        private=(destination, text),
    )
    try:
        return (yield from looking)
    except BaseException as stop:
        # Whatever became of looking, the message has been accepted: sending it again would send it twice.
        if isinstance(stop, ConnectSmsError):
            stop.may_have_been_sent = True
        stop.add_note(_accepted(sent))
        raise
