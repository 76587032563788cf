"""The flow behind `send`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

from connect_sms._api.bodies import MESSAGE_FIELDS, send_message_body
from connect_sms._api.decoding import rejection_reason, sent_from
from connect_sms._api.operations import SEND_MESSAGE, SubmittedMessage
from connect_sms._api.request import call, note_sent
from connect_sms._lazy import LazyModule
from connect_sms._validation.options import SEND_NAMES, check_extra, check_id, check_names, check_options
from connect_sms._validation.phone_numbers import check_destination
from connect_sms.errors.calls import MessageRejected, OutcomeUnknown
from connect_sms.models.outcomes import Outcome
from connect_sms.models.private import PrivateTuple
from connect_sms.models.readers import as_str
from connect_sms.text.checking import check_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connect_sms._api.context import ClientContext
    from connect_sms._api.operation import Success
    from connect_sms._transport.effects import Flow
    from connect_sms.config import Timeout
    from connect_sms.models import sent as models
    from connect_sms.models.messages import Sent
    from connect_sms.options import MessageOptions

else:
    models = LazyModule("connect_sms.models.sent")  # needed only with a store


def send(
    context: ClientContext,
    destination: str,
    text: str,
    *,
    client_message_id: str | None = None,
    max_parts: int | None = None,
    extra: Mapping[str, Any] | None = None,
    timeout: Timeout | float | None = None,
    **options: Unpack[MessageOptions],
) -> Flow[Sent]:
    """Send one message."""
    check_names("send", options, SEND_NAMES)
    settings = context.settings
    checked = check_options(options, defaults=settings.message_defaults, now=settings.clock.now)
    to = check_destination(destination, country=checked.get("country"))
    segments = check_text(
        text,
        checked.get("encoding", "AUTO"),
        max_parts=settings.max_parts if max_parts is None else max_parts,
    )
    own_id = check_id(client_message_id)
    what = SEND_MESSAGE(settings.sub_account_id, body=send_message_body(to, text, own_id, checked))
    private = PrivateTuple((to, text))

    def refusal(done: Success[SubmittedMessage]) -> MessageRejected | OutcomeUnknown | None:
        status, umid = done.value.status, as_str(done.value.umid)
        if (as_str(status.code) or "").upper() == "REJECTED":
            return MessageRejected(
                reason=rejection_reason(status.description, settings.api_key.reveal(), *private),
                umid=umid,
                client_message_id=own_id,
                response=done.response,
            )
        if umid:
            return None
        return OutcomeUnknown(
            reason="an answer without a UMID",
            client_message_id=own_id,
            status=done.response.status,
            response=done.response,
        )

    sent_at = settings.clock.now()

    def note(umid: str | None, outcome: Outcome, reason: str | None = None) -> Flow[None]:
        if settings.receipts is not None:
            message = models.SentMessage(
                provider=context.provider.name,
                client_message_id=own_id,
                umid=umid,
                destination=to,
                sub_account_id=settings.sub_account_id,
                sent_at=sent_at,
                outcome=outcome,
                reason=reason,
                parts=segments.parts,
            )
            yield from note_sent(context, message)

    sending = call(
        context,
        what,
        timeout=timeout,
        extra=check_extra(extra, MESSAGE_FIELDS),
        client_message_id=own_id,
        private=private,
        messages=1,
        refusal=refusal,
    )
    try:
        done = yield from sending
    except OutcomeUnknown as lost:
        yield from note(None, Outcome.UNKNOWN, lost.reason)
        raise
    except MessageRejected as rejected:
        yield from note(rejected.umid, Outcome.REJECTED, rejected.reason)
        raise
    sent = sent_from(
        done.value, destination=to, client_message_id=own_id, segments=segments, response=done.response
    )
    try:
        yield from note(sent.umid, Outcome.QUEUED)
    except BaseException as stop:
        stop.add_note(accepted_note(sent))
        raise
    return sent


def accepted_note(sent: Sent) -> str:
    """For an exception that is raised although the message was accepted."""
    return f"connect-sms: the message was accepted under the UMID {sent.umid}"
