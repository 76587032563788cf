"""Converts the generated answer to a send to our own values, leniently and without UNSET."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connect_sms.models.messages import Sent
from connect_sms.models.private import plain
from connect_sms.models.readers import as_str
from connect_sms.models.redaction import scrub

if TYPE_CHECKING:
    from connect_sms.models.responses import RawResponse
    from connect_sms.text.counting import Segments
    from connect_sms_api.models import SentMessage as GeneratedSentMessage


def sent_from(
    answer: GeneratedSentMessage,
    *,
    destination: str,
    client_message_id: str,
    segments: Segments,
    response: RawResponse,
) -> Sent:
    """The result of a single send."""
    return Sent(
        umid=as_str(answer.umid) or "",
        client_message_id=as_str(answer.client_message_id) or client_message_id,
        destination=as_str(answer.destination) or plain(destination),
        encoding=as_str(answer.encoding),
        code=as_str(answer.status.code),
        description=as_str(answer.status.description),
        segments=segments,
        extra=answer.additional_properties,
        response=response,
    )


def rejection_reason(description: object, *sent: str) -> str:
    """8x8's reason for a rejection, with numbers and what was sent masked."""
    said = as_str(description)
    return scrub(said, *sent)[:500] if said else "no reason given"
