"""What the service accepts: every documented rule over a request body, in one reading.

Three ends are possible. A `Refusal` refuses the whole request with an API code. A message inside an accepted
request can be rejected with a reason. Everything else is accepted. Rejection reasons are the documented ones:
text missing, text too long, sender too long, expiry reached, not an E.164 number, internal server error.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from .checks import (
    Refusal,
    check_country,
    check_ip,
    check_source,
    check_url,
    client_batch_id,
    moment,
    no_nulls,
)
from .clock import INSTANT
from .journeys import DELIVERED, Journey, journey_to
from .jsons import is_array, is_object
from .messages import Message, Store, Terms
from .places import international
from .texts import Content, measure

if TYPE_CHECKING:
    from .settings import Settings

__all__ = ["REASONS", "Submission", "read_batch", "read_single"]

MAX_CLIENT_MESSAGE_ID: Final = 350
MAX_AHEAD: Final = 7 * 86_400.0

REASONS: Final = {
    "text-missing": "The text is missing",
    "text-too-long": "The text is over the allowed length",
    "source-too-long": "The source is over the allowed length",
    "expired": "The expiry has already been reached",
    "not-e164": "The destination is not an E.164 number",
    "internal": "Internal server error",
}
"""Words of a rejection, by reason."""

_MESSAGE_FIELDS: Final = frozenset({
    "destination", "text", "country", "source", "clientMessageId", "encoding", "scheduled", "expiry",
    "dlrCallbackUrl", "clientIp", "track",
})  # fmt: skip
_TEMPLATE_FIELDS: Final = frozenset(["text", "source", "encoding", "scheduled", "expiry", "dlrCallbackUrl"])
_BATCH_FIELDS: Final = frozenset(
    ["clientBatchId", "messages", "destinations", "template", "includeMessagesInResponse", "clientIp"]
)
_ENCODINGS: Final = frozenset({"AUTO", "GSM7", "UCS2"})
_TRACKS: Final = frozenset({"None", "Outcome"})
_is_destination = re.compile(r"\+?[1-9][0-9]{6,14}").fullmatch
_NOTHING: Final[dict[str, Any]] = {}

_Key: TypeAlias = tuple[object, object, object, object, object, object]
"""source, scheduled, expiry, dlrCallbackUrl, clientIp and track of a message, unchecked."""


@dataclass(slots=True)
class Submission:
    """A request that is accepted as a whole.

    Attributes:
        messages: every message in order, accepted or rejected, not yet in the store.
        written: their destinations as the caller wrote them.
        encodings: the encodings asked for.
        batch_id: the service's id for a batch, None for a single send.
        client_batch_id: the caller's id for the batch.
        itemised: whether a batch answer lists the messages.
    """

    messages: list[Message]
    written: list[str]
    encodings: list[str]
    batch_id: str | None = None
    client_batch_id: str | None = None
    itemised: bool = False


class _Reader:
    """Reads the messages of one request; what they share is checked and kept once."""

    def __init__(self, store: Store, settings: Settings, sub_account: str) -> None:
        self.store = store
        self.settings = settings
        self.sub_account = sub_account
        self.now = store.clock.now()
        self.batch_id: str | None = None
        self.client_batch_id: str | None = None
        self._texts: dict[str, str] = {}
        self._terms: dict[_Key, tuple[Terms, str | None]] = {}

    def known(self, fields: dict[str, Any], allowed: frozenset[str], where: str) -> None:
        if not fields.keys() <= allowed and not self.settings.allow_unknown_fields:
            strange = min(fields.keys() - allowed)
            raise Refusal(
                1000, f"Unknown field {strange[:40]!r} in {where} (the sandbox refuses it to show a slip)"
            )

    def terms(self, key: _Key) -> tuple[Terms, str | None]:
        """The checked terms, and the reason to reject every message under them."""
        try:
            known = self._terms.get(key)
        except TypeError:
            raise Refusal(1000, "A field is not of its type") from None
        if known is None:
            known = self._terms[key] = self._new_terms(key)
        return known

    def _new_terms(self, key: _Key) -> tuple[Terms, str | None]:
        source, scheduled, expiry, callback, client_ip, track = key
        sender, reason = check_source(source)
        starts = None if scheduled is None else moment(scheduled, 1011, "scheduled")
        if starts is not None and starts > self.now + MAX_AHEAD + INSTANT:
            raise Refusal(1011, "scheduled is more than 7 days ahead")
        ends = None if expiry is None else moment(expiry, 1006, "expiry")
        if ends is not None and ends <= self.now:
            reason = reason or "expired"
        url = None if callback is None else check_url(callback)
        if client_ip is not None:
            check_ip(client_ip)
        if track is not None and track not in _TRACKS:
            raise Refusal(1000, "track is None or Outcome")
        terms = Terms(
            self.store,
            self.sub_account,
            created=self.now,
            source=sender,
            scheduled=starts,
            expiry=ends,
            callback=url,
            batch_id=self.batch_id,
            client_batch_id=self.client_batch_id,
        )
        return terms, reason

    def message(
        self, fields: dict[str, Any], template: dict[str, Any], *, single: bool
    ) -> tuple[Message, str]:
        """One message, accepted or rejected, and the encoding it asked for."""
        get, default = fields.get, template.get
        destination = get("destination")
        if destination is None:
            raise Refusal(3002, "destination is missing")
        if destination.__class__ is not str:
            raise Refusal(1000, "destination is not a string")
        country = get("country")
        if country is not None:
            country = check_country(country)
        reference = get("clientMessageId")
        if reference is not None:
            if reference.__class__ is not str:
                raise Refusal(1000, "clientMessageId is not a string")
            if len(reference) > MAX_CLIENT_MESSAGE_ID:
                raise Refusal(3009, f"clientMessageId has more than {MAX_CLIENT_MESSAGE_ID} characters")
        encoding = get("encoding", default("encoding"))
        if encoding is None:
            encoding = "AUTO"
        elif encoding.__class__ is not str or encoding not in _ENCODINGS:
            raise Refusal(1003, "encoding is AUTO, GSM7 or UCS2")
        text = get("text", default("text"))
        if text is not None and text.__class__ is not str:
            raise Refusal(1000, "text is not a string")
        terms, reason = self.terms(
            (
                get("source", default("source")),
                get("scheduled", default("scheduled")),
                get("expiry", default("expiry")),
                get("dlrCallbackUrl", default("dlrCallbackUrl")),
                get("clientIp"),
                get("track"),
            )
        )
        return self.classify_response(
            terms, reason, destination, country, reference, text or "", encoding, single=single
        ), encoding

    def classify_response(  # noqa: PLR0917 - ten thousand times a batch; names would cost a third more
        self,
        terms: Terms,
        reason: str | None,
        destination: str,
        country: str | None,
        reference: str | None,
        text: str,
        encoding: str,
        *,
        single: bool,
    ) -> Message:
        """Accept or reject one well-formed message.

        A single send answers 400 to what its schema rules out; a batch rejects that message and goes on.
        """
        content: Content | None = None
        journey: Journey = DELIVERED
        digits = international(destination, country)
        if single:
            _refuse_single(destination, text, reason)
        if digits is None:
            reason, digits = "not-e164", destination
        else:
            journey = journey_to(digits)
            reason = journey.rejection or reason
        if not text:
            reason = reason or "text-missing"
        else:
            # The same text in ten thousand messages is ten thousand strings, unless somebody keeps one.
            text = self._texts.setdefault(text, text)
            content = measure(text, encoding)
            if content.cut is not None:
                if self.settings.long_text == "reject":
                    if single:
                        raise Refusal(3006, "text has more than 10 parts")
                    reason = reason or "text-too-long"
                else:
                    text = text[: content.cut]
        return Message(terms, digits, reference, text, content, journey, reason)


def read_single(body: object, store: Store, settings: Settings, sub_account: str) -> Submission:
    """Read the body of a single send.

    Raises:
        Refusal: the request is refused.
    """
    if not is_object(body):
        raise Refusal(1000, "The body is not a JSON object")
    reader = _Reader(store, settings, sub_account)
    no_nulls(body, settings, "the message")
    reader.known(body, _MESSAGE_FIELDS, "the message")
    message, encoding = reader.message(body, _NOTHING, single=True)
    return Submission([message], [body["destination"]], [encoding])


def read_batch(body: object, store: Store, settings: Settings, sub_account: str) -> Submission:
    """Read the body of a batch.

    ``destinations`` beside ``messages`` are discarded without a word, as the service does.

    Raises:
        Refusal: the request is refused as a whole.
    """
    if not is_object(body):
        raise Refusal(1000, "The body is not a JSON object")
    reader = _Reader(store, settings, sub_account)
    no_nulls(body, settings, "the batch")
    reader.known(body, _BATCH_FIELDS, "the batch")
    reader.batch_id = str(uuid.uuid4())
    reader.client_batch_id = client_batch_id(body.get("clientBatchId"))
    itemised = body.get("includeMessagesInResponse")
    if itemised is not None and itemised.__class__ is not bool:
        raise Refusal(1000, "includeMessagesInResponse is true or false")
    if body.get("clientIp") is not None:
        check_ip(body["clientIp"])
    template = _template(body.get("template"), reader)
    entries = body.get("messages")
    if entries is None:
        entries = _shared(body.get("destinations"), template, reader)
    entries = _counted(entries, "messages", settings)
    submission = Submission([], [], [], reader.batch_id, reader.client_batch_id, bool(itemised))
    messages, written, encodings = submission.messages, submission.written, submission.encodings
    for fields in entries:
        if fields.__class__ is not dict:
            raise Refusal(1000, "An entry of messages is not an object")
        no_nulls(fields, settings, "a message")
        reader.known(fields, _MESSAGE_FIELDS, "a message")
        message, encoding = reader.message(fields, template or _NOTHING, single=False)
        messages.append(message)
        written.append(fields["destination"])
        encodings.append(encoding)
    return submission


def _template(template: object, reader: _Reader) -> dict[str, Any] | None:
    if template is None:
        return None
    if not is_object(template):
        raise Refusal(1007, "template is not an object")
    no_nulls(template, reader.settings, "the template")
    reader.known(template, _TEMPLATE_FIELDS, "the template")
    text = template.get("text")
    if not isinstance(text, str) or not text:
        raise Refusal(1007, "template has no text")
    encoding = template.get("encoding")
    if encoding is not None and (not isinstance(encoding, str) or encoding not in _ENCODINGS):
        raise Refusal(1003, "encoding is AUTO, GSM7 or UCS2")
    get = template.get
    reader.terms((get("source"), get("scheduled"), get("expiry"), get("dlrCallbackUrl"), None, None))
    return template


def _shared(destinations: object, template: dict[str, Any] | None, reader: _Reader) -> list[dict[str, Any]]:
    if destinations is None:
        raise Refusal(3012, "messages or destinations is missing")
    numbers = _counted(destinations, "destinations", reader.settings)
    if template is None:
        raise Refusal(1007, "destinations need a template with a text")
    return [{"destination": destination} for destination in numbers]


def _counted(entries: object, name: str, settings: Settings) -> list[Any]:
    if not is_array(entries):
        raise Refusal(1000, f"{name} is not an array")
    if not entries:
        raise Refusal(3012, f"{name} is empty")
    if len(entries) > settings.max_batch:
        raise Refusal(3013, f"{name} has more than {settings.max_batch} entries")
    return entries


def _refuse_single(destination: str, text: str, reason: str | None) -> None:
    if not _is_destination(destination):
        raise Refusal(1002, "destination is not an E.164 number")
    if not text:
        raise Refusal(3005, "text is missing")
    if reason == "source-too-long":
        raise Refusal(3011, "source is over the allowed length")
