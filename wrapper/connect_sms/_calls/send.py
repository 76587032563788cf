"""The flow behind `send`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from connect_sms._api.decoding import rejection_reason, sent_from
from connect_sms._api.operations import SEND_MESSAGE
from connect_sms._api.request import call, note_sent
from connect_sms._validation.options import (
    MESSAGE_FIELDS,
    check_body,
    check_extra,
    check_id,
    check_options,
    checked_destination,
)
from connect_sms.errors.calls import MessageRejected, OutcomeUnknown
from connect_sms.models.outcomes import Outcome
from connect_sms.models.readers import as_str
from connect_sms.models.sent import SentMessage
from connect_sms_api.models import SendMessageRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connect_sms._api.response_policy import Success
    from connect_sms._transport.context import ClientContext
    from connect_sms._transport.effects import Flow
    from connect_sms.config import Timeout
    from connect_sms.models.messages import Sent
    from connect_sms_api.models import SentMessage as GeneratedSentMessage


def send(
    context: ClientContext,
    destination: str,
    text: str,
    *,
    client_message_id: str | None = None,
    max_parts: int | None = None,
    extra: Mapping[str, Any] | None = None,
    timeout: Timeout | float | None = None,
    **options: Any,
) -> Flow[Sent]:
    """Send one message."""
    settings = context.settings
    fields = check_options(settings, **options)
    to = checked_destination(destination, fields)
    segments = check_body(settings, text, fields, max_parts)
    own_id = check_id(client_message_id)
    body = SendMessageRequest(destination=to, text=text, client_message_id=own_id, **fields)
    what = SEND_MESSAGE(settings.sub_account_id, body=body)
    private = (to, text)

    def refusal(done: Success[GeneratedSentMessage]) -> MessageRejected | OutcomeUnknown | None:
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

    note = partial(
        SentMessage,
        client_message_id=own_id,
        destination=to,
        sub_account_id=settings.sub_account_id,
        sent_at=settings.clock.now(),
        parts=segments.parts,
    )
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
        yield from note_sent(context, note(umid=None, outcome=Outcome.UNKNOWN, reason=lost.reason))
        raise
    except MessageRejected as rejected:
        yield from note_sent(
            context, note(umid=rejected.umid, outcome=Outcome.REJECTED, reason=rejected.reason)
        )
        raise
    sent = sent_from(
        done.value, destination=to, client_message_id=own_id, segments=segments, response=done.response
    )
    try:
        yield from note_sent(context, note(umid=sent.umid, outcome=Outcome.QUEUED))
    except BaseException as stop:
        stop.add_note(_accepted(sent))
        raise
    return sent


def _accepted(sent: Sent) -> str:
    return f"connect-sms: the message was accepted under the UMID {sent.umid}"
