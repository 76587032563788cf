"""The flow behind `send`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Unpack

import attrs

from connect_sms._api.bodies import MESSAGE_FIELDS, send_message_body
from connect_sms._api.decoding import rejection_reason, sent_from
from connect_sms._api.identity import ANOTHER, is_about_another
from connect_sms._api.interruption import note_accepted
from connect_sms._api.operations import SEND_MESSAGE, SubmittedMessage
from connect_sms._api.request import call
from connect_sms._api.store import StoreCalls
from connect_sms._lazy import LazyModule
from connect_sms._validation.options import SEND_NAMES, check_extra, check_id, check_names, check_options
from connect_sms._validation.phone_numbers import check_destination
from connect_sms.errors.calls import MessageRejected, OutcomeUnknown
from connect_sms.models.outcomes import Outcome
from connect_sms.models.private import PrivateTuple, plain
from connect_sms.models.readers import as_str
from connect_sms.text.checking import check_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connect_sms._api import journal
    from connect_sms._api.context import ClientContext
    from connect_sms._api.operation import Success
    from connect_sms._transport.effects import Flow
    from connect_sms.config import Timeout
    from connect_sms.models import sent as models
    from connect_sms.models.messages import Sent
    from connect_sms.options import MessageOptions

else:
    # Needed only with a store.
    journal = LazyModule("connect_sms._api.journal")
    models = LazyModule("connect_sms.models.sent")


def send(
    context: ClientContext,
    destination: str,
    text: str,
    store: StoreCalls | None = None,
    /,
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
    accepted: list[Sent] = []

    def refusal(done: Success[SubmittedMessage]) -> MessageRejected | OutcomeUnknown | None:
        doubt = _doubt(done, own_id)
        if doubt is not None:
            return OutcomeUnknown(
                reason=doubt,
                client_message_id=own_id,
                status=done.response.status,
                response=done.response,
            )
        if _is_rejected(done):
            return MessageRejected(
                reason=rejection_reason(done.value.status.description, settings.api_key.reveal(), *private),
                umid=as_str(done.value.umid),
                client_message_id=own_id,
                response=done.response,
            )
        read = partial(sent_from, done.value, destination=to, client_message_id=own_id)
        accepted.append(read(segments=segments, response=done.response))
        return None

    record = None
    if context.journal is not None:
        message = models.SentMessage(
            provider=context.provider.name,
            client_message_id=own_id,
            destination=plain(to),
            sub_account_id=settings.sub_account_id,
            sent_at=settings.clock.now(),
            outcome=Outcome.HANDING_OVER,
            parts=segments.parts,
        )
        record = journal.Record(context.journal, settings, [message], store or StoreCalls(settings.clock))
    sending = call(
        context,
        what,
        timeout=timeout,
        extra=check_extra(extra, MESSAGE_FIELDS),
        client_message_id=own_id,
        private=private,
        messages=1,
        refusal=refusal,
        record=record,
    )
    try:
        if record is None:
            yield from sending
        else:
            yield from record.settled(sending, partial(_result, record, accepted))
    except BaseException as stop:
        # Ended by a signal or a cancellation after the answer, in a hook or while that was recorded.
        if accepted:
            note_accepted(stop, accepted[0].umid)
        raise
    return accepted[0]


def _is_rejected(done: Success[SubmittedMessage]) -> bool:
    return (as_str(done.value.status.code) or "").upper() == "REJECTED"


def _doubt(done: Success[SubmittedMessage], own_id: str) -> str | None:
    """Why a successful answer does not say what became of this message; None when it does."""
    if is_about_another(done.response, own_id, done.value.client_message_id):
        return f"{ANOTHER} message"
    if not as_str(done.value.umid) and not _is_rejected(done):
        return "an answer without a UMID"
    return None


def _result(
    record: journal.Record, accepted: list[Sent], stop: BaseException | None
) -> list[models.SentMessage]:
    """What came of the message of a record; empty when it was not sent."""
    [message] = record.messages
    if accepted:
        return [attrs.evolve(message, umid=accepted[0].umid, outcome=Outcome.QUEUED)]
    if isinstance(stop, MessageRejected):
        return [attrs.evolve(message, umid=stop.umid, outcome=Outcome.REJECTED, reason=stop.reason)]
    if stop is None or not record.in_doubt:
        return []
    return [attrs.evolve(message, outcome=Outcome.UNKNOWN, reason=journal.why_unknown(stop))]
