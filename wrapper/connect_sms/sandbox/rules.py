"""What the service accepts: every documented rule over a request body, in one reading.

Three ends are possible. A `Refusal` refuses the whole request with an API code. A message inside an accepted
request can be rejected with a reason. Everything else is accepted. Rejection reasons are the documented ones:
text missing, text too long, sender too long, expiry reached, not an E.164 number, internal server error.
"""

from __future__ import annotations

import ipaddress
import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from .clock import parse_when
from .journeys import DELIVERED, Journey, journey_to
from .messages import Message, Store, Terms
from .places import COUNTRIES, international
from .texts import Content, measure

if TYPE_CHECKING:
    from .settings import Settings

__all__ = ["REASONS", "Refusal", "Submission", "read_batch", "read_single"]

MAX_CLIENT_MESSAGE_ID: Final = 350
MAX_CLIENT_BATCH_ID: Final = 20
MAX_SOURCE: Final = 16
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

_MESSAGE_FIELDS: Final = frozenset(
    "destination text country source clientMessageId encoding scheduled expiry dlrCallbackUrl clientIp track".split()
)
_TEMPLATE_FIELDS: Final = frozenset("text source encoding scheduled expiry dlrCallbackUrl".split())
_BATCH_FIELDS: Final = frozenset(
    "clientBatchId messages destinations template includeMessagesInResponse clientIp".split()
)
_ENCODINGS: Final = frozenset({"AUTO", "GSM7", "UCS2"})
_TRACKS: Final = frozenset({"None", "Outcome"})
_is_destination = re.compile(r"\+?[1-9][0-9]{6,14}").fullmatch
_is_alphanumeric = re.compile(r"(?=.*[A-Za-z0-9])[A-Za-z0-9 ]+").fullmatch
_is_numeric = re.compile(r"\+?[0-9]+").fullmatch
_MAX_ALPHANUMERIC: Final = 11
_NOTHING: Final[dict[str, Any]] = {}


class Refusal(Exception):
    """The whole request is refused.

    Attributes:
        status: the HTTP status.
        code: the API code.
        message: what is wrong, without the value.
    """

    def __init__(self, code: int, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


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
        self._terms: dict[tuple[Any, ...], tuple[Terms, str | None]] = {}

    def known(self, fields: dict[str, Any], allowed: frozenset[str], where: str) -> None:
        if not fields.keys() <= allowed and not self.settings.allow_unknown_fields:
            strange = sorted(fields.keys() - allowed)[0]
            raise Refusal(
                1000, f"Unknown field {strange[:40]!r} in {where} (the sandbox refuses it to show a slip)"
            )

    def terms(
        self, source: Any, scheduled: Any, expiry: Any, callback: Any, client_ip: Any, track: Any
    ) -> tuple[Terms, str | None]:
        """The checked terms, and the reason to reject every message under them."""
        key = (source, scheduled, expiry, callback, client_ip, track)
        try:
            known = self._terms.get(key)
        except TypeError:
            raise Refusal(1000, "A field is not of its type") from None
        if known is None:
            known = self._terms[key] = self._new_terms(*key)
        return known

    def _new_terms(
        self, source: Any, scheduled: Any, expiry: Any, callback: Any, client_ip: Any, track: Any
    ) -> tuple[Terms, str | None]:
        reason = _check_source(source)
        starts = None if scheduled is None else _moment(scheduled, 1011, "scheduled")
        if starts is not None and starts > self.now + MAX_AHEAD:
            raise Refusal(1011, "scheduled is more than 7 days ahead")
        ends = None if expiry is None else _moment(expiry, 1006, "expiry")
        if ends is not None and ends <= self.now:
            reason = reason or "expired"
        if callback is not None:
            _check_url(callback)
        if client_ip is not None:
            _check_ip(client_ip)
        if track is not None and track not in _TRACKS:
            raise Refusal(1000, "track is None or Outcome")
        terms = Terms(
            self.store,
            self.sub_account,
            created=self.now,
            source=source,
            scheduled=starts,
            expiry=ends,
            callback=callback,
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
            country = _check_country(country)
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
            get("source", default("source")),
            get("scheduled", default("scheduled")),
            get("expiry", default("expiry")),
            get("dlrCallbackUrl", default("dlrCallbackUrl")),
            get("clientIp"),
            get("track"),
        )
        return self.judge(
            terms, reason, destination, country, reference, text or "", encoding, single=single
        ), encoding

    def judge(
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
    if not isinstance(body, dict):
        raise Refusal(1000, "The body is not a JSON object")
    reader = _Reader(store, settings, sub_account)
    _no_nulls(body, settings, "the message")
    reader.known(body, _MESSAGE_FIELDS, "the message")
    message, encoding = reader.message(body, _NOTHING, single=True)
    return Submission([message], [body["destination"]], [encoding])


def read_batch(body: object, store: Store, settings: Settings, sub_account: str) -> Submission:
    """Read the body of a batch.

    ``destinations`` beside ``messages`` are discarded without a word, as the service does.

    Raises:
        Refusal: the request is refused as a whole.
    """
    if not isinstance(body, dict):
        raise Refusal(1000, "The body is not a JSON object")
    reader = _Reader(store, settings, sub_account)
    _no_nulls(body, settings, "the batch")
    reader.known(body, _BATCH_FIELDS, "the batch")
    reader.batch_id = str(uuid.uuid4())
    reader.client_batch_id = _client_batch_id(body.get("clientBatchId"))
    itemised = body.get("includeMessagesInResponse")
    if itemised is not None and itemised.__class__ is not bool:
        raise Refusal(1000, "includeMessagesInResponse is true or false")
    if body.get("clientIp") is not None:
        _check_ip(body["clientIp"])
    template = _template(body.get("template"), reader)
    entries = body.get("messages")
    if entries is None:
        entries = _shared(body.get("destinations"), template, reader)
    _check_count(entries, "messages", settings)
    submission = Submission([], [], [], reader.batch_id, reader.client_batch_id, bool(itemised))
    messages, written, encodings = submission.messages, submission.written, submission.encodings
    for fields in entries:
        if fields.__class__ is not dict:
            raise Refusal(1000, "An entry of messages is not an object")
        _no_nulls(fields, settings, "a message")
        reader.known(fields, _MESSAGE_FIELDS, "a message")
        message, encoding = reader.message(fields, template or _NOTHING, single=False)
        messages.append(message)
        written.append(fields["destination"])
        encodings.append(encoding)
    return submission


def _template(template: Any, reader: _Reader) -> dict[str, Any] | None:
    if template is None:
        return None
    if not isinstance(template, dict):
        raise Refusal(1007, "template is not an object")
    _no_nulls(template, reader.settings, "the template")
    reader.known(template, _TEMPLATE_FIELDS, "the template")
    text = template.get("text")
    if text is not None and not isinstance(text, str):
        raise Refusal(1007, "The text of the template is not a string")
    encoding = template.get("encoding")
    if encoding is not None and (not isinstance(encoding, str) or encoding not in _ENCODINGS):
        raise Refusal(1003, "encoding is AUTO, GSM7 or UCS2")
    get = template.get
    reader.terms(get("source"), get("scheduled"), get("expiry"), get("dlrCallbackUrl"), None, None)
    return template


def _shared(destinations: Any, template: dict[str, Any] | None, reader: _Reader) -> list[dict[str, Any]]:
    if destinations is None:
        raise Refusal(3012, "messages or destinations is missing")
    _check_count(destinations, "destinations", reader.settings)
    if template is None or not template.get("text"):
        raise Refusal(1007, "destinations need a template with a text")
    return [{"destination": destination} for destination in destinations]


def _check_count(entries: Any, name: str, settings: Settings) -> None:
    if not isinstance(entries, list):
        raise Refusal(1000, f"{name} is not an array")
    if not entries:
        raise Refusal(3012, f"{name} is empty")
    if len(entries) > settings.max_batch:
        raise Refusal(3013, f"{name} has more than {settings.max_batch} entries")


def _no_nulls(fields: dict[str, Any], settings: Settings, where: str) -> None:
    # No request field is documented as nullable; a lenient sandbox takes null for absent.
    if None in fields.values():
        if not settings.allow_unknown_fields:
            name = next(name for name, value in fields.items() if value is None)
            raise Refusal(1000, f"The field {name[:40]!r} of {where} is null")
        for name in [name for name, value in fields.items() if value is None]:
            del fields[name]


def _refuse_single(destination: str, text: str, reason: str | None) -> None:
    if not _is_destination(destination):
        raise Refusal(1002, "destination is not an E.164 number")
    if not text:
        raise Refusal(3005, "text is missing")
    if reason == "source-too-long":
        raise Refusal(3011, "source is over the allowed length")


def _client_batch_id(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise Refusal(1000, "clientBatchId is not a string")
    if len(value) > MAX_CLIENT_BATCH_ID:
        raise Refusal(3014, f"clientBatchId has more than {MAX_CLIENT_BATCH_ID} characters")
    return value


def _check_source(source: Any) -> str | None:
    if source is None:
        return None
    if not isinstance(source, str):
        raise Refusal(1000, "source is not a string")
    numeric = _is_numeric(source)
    if len(source) > (MAX_SOURCE if numeric else _MAX_ALPHANUMERIC):
        return "source-too-long"
    if not numeric and not _is_alphanumeric(source):
        raise Refusal(1005, "source is letters, digits and spaces, or a number")
    return None


def _moment(value: Any, code: int, name: str) -> float:
    if not isinstance(value, str):
        raise Refusal(1000, f"{name} is not a string")
    try:
        return parse_when(value)
    except ValueError:
        raise Refusal(code, f"{name} is not an ISO 8601 date and time with an offset") from None


def _check_country(value: Any) -> str:
    if not isinstance(value, str) or value.upper() not in COUNTRIES:
        raise Refusal(1009, "country is not a two-letter ISO 3166-1 code")
    return value.upper()


def _check_ip(value: Any) -> None:
    try:
        ipaddress.ip_address(value if isinstance(value, str) else "")
    except ValueError:
        raise Refusal(1012, "clientIp is not an IP address") from None


def _check_url(value: Any) -> None:
    try:
        parts = urlsplit(value if isinstance(value, str) else "")
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        raise Refusal(3020, "dlrCallbackUrl is not an http or https URL")
