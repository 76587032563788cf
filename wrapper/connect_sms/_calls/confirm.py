"""The flow behind `send_and_confirm`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from connect_sms._api.interruption import note_accepted
from connect_sms._api.store import StoreCalls
from connect_sms._validation.options import SEND_NAMES, check_names
from connect_sms.errors.base import ConnectSmsError
from connect_sms.models.private import PrivateTuple

from .send import send
from .wait import check_wait, wait

if TYPE_CHECKING:
    from connect_sms._api.context import ClientContext
    from connect_sms._transport.effects import Flow
    from connect_sms.models.status import MessageStatus
    from connect_sms.options import SendOptions, WaitUntil


def send_and_confirm(
    context: ClientContext,
    destination: str,
    text: str,
    *,
    wait_timeout: float,
    until: WaitUntil,
    **options: Unpack[SendOptions],
) -> Flow[MessageStatus]:
    """Send one message and wait for it."""
    check_names("send_and_confirm", options, (*SEND_NAMES, "wait_timeout", "until"))
    check_wait(wait_timeout, until, argument="wait_timeout")
    store = StoreCalls(context.settings.clock)
    sent = yield from send(context, destination, text, store, **options)
    waiting = wait(
        context,
        sent.umid,
        timeout=wait_timeout,
        until=until,
        # An immediate status request would almost always find it queued, and use up this second's quota.
        first_pause=0.4,
        private=PrivateTuple((destination, text)),
        store=store,
    )
    try:
        return (yield from waiting)
    except BaseException as stop:
        # The message was accepted, even if the wait fails: sending it again would send it twice.
        if isinstance(stop, ConnectSmsError):
            stop.may_have_been_sent = True
        note_accepted(stop, sent.umid)
        raise
