"""Reads the body of a send or a batch, and applies every documented rule to it.

There are three results. A `Refusal` refuses the whole request with an API code. A message inside an accepted
request can be rejected for one of `REASONS`, which are the documented ones. Everything else is accepted.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from connect_sms.sandbox.json import is_array, is_object

from .message_reader import MessageReader
from .refusals import Refusal
from .validation import check_client_batch_id, check_encoding, check_fields, check_ip

if TYPE_CHECKING:
    from connect_sms.sandbox.messages import SandboxMessage, SharedFields
    from connect_sms.sandbox.settings import SandboxSettings

REASONS: Final = {
    "text-missing": "The text is missing",
    "text-too-long": "The text is over the allowed length",
    "source-too-long": "The source is over the allowed length",
    "expired": "The expiry has already been reached",
    "not-e164": "The destination is not an E.164 number",
    "internal": "Internal server error",
}
"""Descriptions of a rejection, by reason."""

_TEMPLATE_FIELDS: Final = frozenset(["text", "source", "encoding", "scheduled", "expiry", "dlrCallbackUrl"])
_BATCH_FIELDS: Final = frozenset(
    ["clientBatchId", "messages", "destinations", "template", "includeMessagesInResponse", "clientIp"]
)
_NO_TEMPLATE: Final[dict[str, Any]] = {}


@dataclass(slots=True)
class Submission:
    """A request that is accepted as a whole.

    Attributes:
        batch_id: The service's id for a batch, None for a single send.
        client_batch_id: The caller's id for the batch.
        itemised: Whether the response to a batch lists the messages.
        messages: Every message in order, accepted or rejected, not yet in the message log.
        written: Their destinations as the caller wrote them.
        encodings: The requested encodings.
    """

    batch_id: str | None = None
    client_batch_id: str | None = None
    itemised: bool = False
    messages: list[SandboxMessage] = field(default_factory=list["SandboxMessage"])
    written: list[str] = field(default_factory=list[str])
    encodings: list[str] = field(default_factory=list[str])

    def add(self, message: SandboxMessage, written: str, encoding: str) -> None:
        """Add a message."""
        self.messages.append(message)
        self.written.append(written)
        self.encodings.append(encoding)


def read_single(body: object, request: SharedFields, settings: SandboxSettings) -> Submission:
    """Read the body of a single send.

    Args:
        body: Its JSON value.
        request: Sub-account and time of the request.
        settings: Of the sandbox.
    """
    if not is_object(body):
        raise Refusal(1000, "The body is not a JSON object")
    submission = Submission()
    message, encoding = MessageReader(request, settings).read(body, _NO_TEMPLATE, "the message", single=True)
    submission.add(message, body["destination"], encoding)
    return submission


def read_batch(body: object, request: SharedFields, settings: SandboxSettings) -> Submission:
    """Read the body of a batch; ``destinations`` beside ``messages`` are ignored, as the service does.

    Args:
        body: Its JSON value.
        request: Sub-account and time of the request.
        settings: Of the sandbox.
    """
    if not is_object(body):
        raise Refusal(1000, "The body is not a JSON object")
    check_fields(body, _BATCH_FIELDS, settings, "the batch")
    batch_id, client_batch_id = str(uuid.uuid4()), body.get("clientBatchId")
    if client_batch_id is not None:
        check_client_batch_id(client_batch_id)
    submission = Submission(batch_id, client_batch_id)
    request = replace(request, batch_id=batch_id, client_batch_id=client_batch_id)
    reader = MessageReader(request, settings)
    itemised = body.get("includeMessagesInResponse")
    if itemised is not None and itemised.__class__ is not bool:
        raise Refusal(1000, "includeMessagesInResponse is true or false")
    submission.itemised = bool(itemised)
    if body.get("clientIp") is not None:
        check_ip(body["clientIp"])
    template = _template(body.get("template"), reader, settings)
    entries = body.get("messages")
    if entries is None:
        entries = _from_destinations(body.get("destinations"), template, settings)
    add, read, defaults = submission.add, reader.read, template or _NO_TEMPLATE
    for fields in _counted(entries, "messages", settings):
        if fields.__class__ is not dict:
            raise Refusal(1000, "An entry of messages is not an object")
        message, encoding = read(fields, defaults, "a message", single=False)
        add(message, fields["destination"], encoding)
    return submission


def _template(template: object, reader: MessageReader, settings: SandboxSettings) -> dict[str, Any] | None:
    if template is None:
        return None
    if not is_object(template):
        raise Refusal(1007, "template is not an object")
    check_fields(template, _TEMPLATE_FIELDS, settings, "the template")
    text = template.get("text")
    if not isinstance(text, str) or not text:
        raise Refusal(1007, "template has no text")
    get = template.get
    if get("encoding") is not None:
        check_encoding(get("encoding"))
    reader.shared((get("source"), get("scheduled"), get("expiry"), get("dlrCallbackUrl"), None, None))
    return template


def _from_destinations(
    destinations: object, template: dict[str, Any] | None, settings: SandboxSettings
) -> list[dict[str, Any]]:
    if destinations is None:
        raise Refusal(3012, "messages or destinations is missing")
    numbers = _counted(destinations, "destinations", settings)
    if template is None:
        raise Refusal(1007, "destinations need a template with a text")
    return [{"destination": destination} for destination in numbers]


def _counted(entries: object, name: str, settings: SandboxSettings) -> list[Any]:
    if not is_array(entries):
        raise Refusal(1000, f"{name} is not an array")
    if not entries:
        raise Refusal(3012, f"{name} is empty")
    if len(entries) > settings.max_batch:
        raise Refusal(3013, f"{name} has more than {settings.max_batch} entries")
    return entries
