"""What goes in and what comes out: messages to send, and frozen results.

This is the only home of values read from generated models: nothing generated, and no "unset" marker, gets
past it. Reprs show no phone number and no text.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final, Literal

import attrs

from .addresses import mask, scrub
from .outcomes import DeliveryError, Outcome, classify

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sized
    from pathlib import Path

    from connect_sms_api.models import LogExport as GeneratedLogExport
    from connect_sms_api.models import MessageDetails, SentMessage

    from .outcomes import DeliveryErrors
    from .text import Segments

_NOTHING: Final[Mapping[str, Any]] = {}


def _masked(number: str | None) -> str:
    return "None" if number is None else mask(number)


def _count(rows: Sized) -> str:
    return str(len(rows))


def _word(said: str | None) -> str:
    # One of 8x8's words, or it may be anything.
    return repr(said) if _is_word(said) else _length(said)


def _is_word(said: str | None) -> bool:
    return said is None or said.replace("_", "").isalpha()


def _length(text: str | None) -> str:
    return "None" if text is None else f"<{len(text)} characters>"


@attrs.frozen
class RawResponse:
    """An answer as it came, for whatever this library does not read.

    Attributes:
        status: The HTTP status.
        headers: The headers, their names in lower case.
        body: The bytes of the body, decompressed.
    """

    status: int
    headers: Mapping[str, str] = attrs.field(repr=False)
    body: bytes = attrs.field(repr=lambda body: f"<{len(body)} bytes>")

    def json(self) -> Any:  # noqa: ANN401  JSON is anything
        """The body as JSON.

        Raises:
            ValueError: It is not JSON.
        """
        return json.loads(self.body)

    def without_people(self) -> RawResponse:
        """The status alone: a body may name a recipient."""
        return RawResponse(self.status, {}, b"")


@attrs.frozen(kw_only=True)
class Message:
    """One message of a batch. Whatever is left out is taken from the batch's own arguments.

    Attributes:
        destination: The phone number: ``+447700900123``, or national when `country` is given.
        text: The text.
        sender: The sender ID shown to the recipient.
        encoding: ``AUTO``, ``GSM7`` or ``UCS2``.
        scheduled: When to send, with an offset, at most 7 days ahead.
        expiry: When to give up, with an offset.
        receipt_url: Where 8x8 posts the delivery receipt.
        client_message_id: Your own id, at most 350 characters. Made when left out.
        country: ISO 3166-1 alpha-2, for national numbers.
        client_ip: The end user's address, for 8x8's limits per address.
        track: ``Outcome`` to track conversions, ``None`` (the word) not to.
        extra: Further fields for the request, by their names in the API.
    """

    destination: str = attrs.field(repr=_masked)
    text: str | None = attrs.field(default=None, repr=_length)
    sender: str | None = None
    encoding: str | None = None
    scheduled: datetime | None = None
    expiry: datetime | None = None
    receipt_url: str | None = attrs.field(default=None, repr=False)
    client_message_id: str | None = None
    country: str | None = None
    client_ip: str | None = attrs.field(default=None, repr=False)
    track: Literal["None", "Outcome"] | None = None
    extra: Mapping[str, Any] | None = attrs.field(default=None, repr=False, hash=False)


@attrs.frozen(kw_only=True)
class Sent:
    """A message 8x8 has accepted.

    Attributes:
        umid: 8x8's id of the message, for `status` and `wait`.
        client_message_id: The id the message carried.
        destination: The number it goes to, as 8x8 wrote it (as the caller did, when 8x8 wrote none).
        encoding: The encoding 8x8 chose; None when it did not say.
        code: 8x8's word: ``QUEUED``, or one not known yet.
        description: 8x8's own words on it.
        segments: Encoding, units and parts, worked out here before sending.
        extra: Fields of the answer that this library does not know.
        response: The raw answer.
    """

    umid: str
    client_message_id: str
    destination: str = attrs.field(repr=_masked)
    encoding: str | None
    code: str | None
    description: str | None = attrs.field(repr=False)
    segments: Segments = attrs.field(repr=False)
    extra: Mapping[str, Any] = attrs.field(default=_NOTHING, repr=False, hash=False)
    response: RawResponse = attrs.field(repr=False, eq=False)


@attrs.frozen
class RecipientResult:
    """What became of one message of a batch.

    Attributes:
        index: The message's position in the batch, counted from 0.
        destination: The number, as the caller wrote it.
        client_message_id: The id the message carried; look for it in receipts.
        umid: 8x8's id of the message; None when it gave none.
        reason: Why it was rejected, is unknown, or was not sent; None when accepted.
    """

    index: int
    destination: str = attrs.field(repr=_masked)
    client_message_id: str
    umid: str | None = None
    reason: str | None = None


@attrs.frozen
class BatchResult:
    """What became of every recipient of a batch; each stands in exactly one of the four lists.

    Iterating goes over all of them, in the order of the batch.

    Attributes:
        accepted: 8x8 took the message.
        rejected: 8x8 refused it, and said why. It was not sent.
        unknown: It may have been sent. Do not send again before looking for its receipt.
        not_sent: It never left: its request was refused as a whole, or never made. Safe to send again.
        batch_ids: 8x8's id of each request that was answered.
        client_batch_id: The id the batch carried, if any.
        responses: The raw answers, one for each request that was answered: all that left somebody's fate
            open, and of the others the first 32 MB, which is more than 100,000 recipients' worth.
    """

    accepted: tuple[RecipientResult, ...] = attrs.field(repr=_count)
    rejected: tuple[RecipientResult, ...] = attrs.field(repr=_count)
    unknown: tuple[RecipientResult, ...] = attrs.field(repr=_count)
    not_sent: tuple[RecipientResult, ...] = attrs.field(repr=_count)
    batch_ids: tuple[str, ...] = ()
    client_batch_id: str | None = None
    responses: tuple[RawResponse, ...] = attrs.field(default=(), repr=False, eq=False)

    @property
    def ok(self) -> bool:
        """True when every recipient was accepted."""
        return not (self.rejected or self.unknown or self.not_sent)

    def __len__(self) -> int:
        return len(self.accepted) + len(self.rejected) + len(self.unknown) + len(self.not_sent)

    def __iter__(self) -> Iterator[RecipientResult]:
        rows = [*self.accepted, *self.rejected, *self.unknown, *self.not_sent]
        return iter(sorted(rows, key=lambda row: row.index))

    def without_people(self) -> BatchResult:
        """The same, with every number masked and no raw answer: what an error may take out of the process."""
        return BatchResult(
            accepted=_without_numbers(self.accepted),
            rejected=_without_numbers(self.rejected),
            unknown=_without_numbers(self.unknown),
            not_sent=_without_numbers(self.not_sent),
            batch_ids=self.batch_ids,
            client_batch_id=self.client_batch_id,
        )


def _without_numbers(rows: tuple[RecipientResult, ...]) -> tuple[RecipientResult, ...]:
    return tuple(attrs.evolve(row, destination=mask(row.destination)) for row in rows)


@attrs.frozen
class BatchProgress:
    """How far a batch has come; given to `progress` after each request and once more at the end.

    Attributes:
        accepted: Messages 8x8 took.
        rejected: Messages it refused.
        unknown: Messages that may have been sent.
        not_sent: Messages that never left.
        total: Messages in all; None while the end of an iterator is not in sight.
        ended: True for the last call, which comes however the batch ends: also on Ctrl-C or when cancelled.
        result: With the last call, what is known of every recipient; None before.
    """

    accepted: int
    rejected: int
    unknown: int
    not_sent: int
    total: int | None
    ended: bool
    result: BatchResult | None = attrs.field(default=None, repr=False)

    @property
    def done(self) -> int:
        """Messages whose fate is settled or known to be unknown."""
        return self.accepted + self.rejected + self.unknown + self.not_sent


@attrs.frozen
class Price:
    """What a message cost.

    Attributes:
        total: For all its parts, in `currency`.
        per_part: For one part.
        currency: ISO 4217, for example ``EUR``.
    """

    total: Decimal | None
    per_part: Decimal | None
    currency: str | None


@attrs.frozen(kw_only=True)
class MessageStatus:
    """What 8x8 knows of a message now.

    Attributes:
        umid: 8x8's id of the message.
        outcome: Where the message stands, one word for all of 8x8's vocabularies; see `Outcome`.
        error: Why it was not delivered and what to do about it; None when there is nothing wrong.
        state: 8x8's own word, for example ``undelivered``.
        detail: 8x8's own second word, for example ``rejected_by_operator``.
        observed_at: When 8x8 saw that state, in UTC.
        created_at: When 8x8 took the message, in UTC.
        sub_account_id: The sub-account it was sent from.
        direction: ``outbound`` or ``inbound``.
        country: ISO 3166-1 alpha-2 of the destination.
        destination: The number, masked by 8x8 unless the account is cleared for more.
        body: The text, masked by 8x8 likewise.
        sender: The sender ID.
        encoding: ``GSM7``, ``GSM8`` or ``UCS2``.
        parts: Parts sent and paid for.
        price: What it cost.
        client_message_id: The id the message carried.
        client_batch_id: The id its batch carried.
        batch_id: 8x8's id of its batch.
        extra: Fields of the answer that this library does not know.
        response: The raw answer; None when receipts said all this.
    """

    umid: str
    outcome: Outcome
    error: DeliveryError | None
    state: str | None = attrs.field(repr=_word)
    detail: str | None = attrs.field(repr=_word)
    observed_at: datetime | None
    created_at: datetime | None = attrs.field(repr=False)
    sub_account_id: str | None = attrs.field(repr=False)
    direction: str | None = attrs.field(repr=False)
    country: str | None = attrs.field(repr=_word)
    destination: str | None = attrs.field(repr=False)
    body: str | None = attrs.field(repr=False)
    sender: str | None = attrs.field(repr=False)
    encoding: str | None = attrs.field(repr=False)
    parts: int | None
    price: Price | None = attrs.field(repr=False)
    client_message_id: str | None
    client_batch_id: str | None = attrs.field(repr=False)
    batch_id: str | None = attrs.field(repr=False)
    extra: Mapping[str, Any] = attrs.field(default=_NOTHING, repr=False, hash=False)
    response: RawResponse | None = attrs.field(default=None, repr=False, eq=False)

    @property
    def is_final(self) -> bool:
        """True when nothing better or worse is to be expected."""
        return self.outcome.is_final

    @property
    def delivered(self) -> bool:
        """True when the handset has it. The operator having it is not enough."""
        return self.outcome in {Outcome.DELIVERED, Outcome.READ}

    def without_people(self) -> MessageStatus:
        """The same, without number, text and raw answer."""
        return attrs.evolve(
            self,
            state=self.state if _is_word(self.state) else None,
            detail=self.detail if _is_word(self.detail) else None,
            country=self.country if _is_word(self.country) else None,
            destination=None,
            body=None,
            extra=_NOTHING,
            response=None if self.response is None else self.response.without_people(),
        )


@attrs.frozen(kw_only=True)
class LogExport:
    """A log that 8x8 writes for you.

    Attributes:
        job_id: 8x8's id of the export, for `log_export`.
        status: 8x8's word: ``queued``, ``running``, ``succeeded``, ``empty``, ``failed``, ``cancelled``,
            ``error``, or one not known yet.
        links: Where its files can be fetched, without a key; who has a link has the log.
        expires_at: Until when, in UTC.
        response: The raw answer; None when there was none.
    """

    job_id: str
    status: str
    links: tuple[str, ...] = attrs.field(default=(), repr=_count)
    expires_at: datetime | None = None
    response: RawResponse | None = attrs.field(default=None, repr=False, eq=False)

    @property
    def is_ready(self) -> bool:
        """True when its files can be fetched; of an empty log there are none."""
        return self.status in {"succeeded", "empty"}

    @property
    def has_failed(self) -> bool:
        """True when it never will be ready."""
        return self.status in {"failed", "cancelled", "error"}

    def without_people(self) -> LogExport:
        """The same, without links and raw answer."""
        return attrs.evolve(self, links=(), response=None)


@attrs.frozen(kw_only=True)
class LogFile:
    """A log that was fetched.

    Attributes:
        path: The CSV file. One of an empty log has no line, not even a header.
        size: Its bytes.
        export: The export it came from.
    """

    path: Path
    size: int
    export: LogExport


def plain(value: object) -> str | None:
    """A string field of an answer; None when it is absent, null, or no string after all.

    Nothing checks types before this: the generated readers hand on whatever stood in the JSON. A number is
    taken as its digits, since an id may well turn into one.
    """
    word = getattr(value, "value", value)  # a known word of an open list arrives as an enum's member
    if isinstance(word, str):
        return word
    return str(word) if isinstance(word, int | float) and not isinstance(word, bool) else None


def whole(value: object) -> int | None:
    """A whole number of an answer; None when it is absent, null, or something else."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def parse_time(value: object) -> datetime | None:
    """A timestamp of 8x8's in UTC; None when it is not one.

    8x8 writes 0, 2 or 7 digits of a second, and ``Z`` or an offset. Without an offset UTC is meant.
    """
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def sent_from(
    answer: SentMessage,
    *,
    destination: str,
    client_message_id: str,
    segments: Segments,
    response: RawResponse,
) -> Sent:
    """The result of a single send."""
    return Sent(
        umid=plain(answer.umid) or "",
        client_message_id=plain(answer.client_message_id) or client_message_id,
        destination=plain(answer.destination) or destination,
        encoding=plain(answer.encoding),
        code=plain(answer.status.code),
        description=plain(answer.status.description),
        segments=segments,
        extra=answer.additional_properties,
        response=response,
    )


def status_from(
    details: MessageDetails, *, umid: str, errors: DeliveryErrors, response: RawResponse
) -> MessageStatus:
    """The result of a status request."""
    status = details.status
    state, detail = plain(status.state), plain(status.detail)
    outcome, error = classify(state, detail, whole(status.error_code), errors)
    return MessageStatus(
        umid=plain(details.umid) or umid,
        outcome=outcome,
        error=error,
        state=state,
        detail=detail,
        observed_at=parse_time(status.timestamp),
        created_at=parse_time(details.created_at),
        sub_account_id=plain(details.sub_account_id),
        direction=plain(details.direction),
        country=plain(details.country),
        destination=plain(details.msisdn),
        body=plain(details.body),
        sender=plain(details.source),
        encoding=plain(details.encoding),
        parts=whole(details.sms_count),
        price=_price_from(details.price),
        client_message_id=plain(details.client_message_id),
        client_batch_id=plain(details.client_batch_id),
        batch_id=plain(details.batch_id),
        extra=details.additional_properties,
        response=response,
    )


def log_export_from(answer: GeneratedLogExport, *, job_id: str, response: RawResponse) -> LogExport:
    """How far a log export has come."""
    links: object = answer.data
    known = [plain(link) for link in links] if isinstance(links, list) else []
    return LogExport(
        job_id=job_id,
        status=(plain(answer.status) or "unknown").lower(),
        links=tuple(link for link in known if link),
        expires_at=parse_time(answer.expires),
        response=response,
    )


def _price_from(price: object) -> Price | None:
    from connect_sms_api.models import Price as GeneratedPrice  # noqa: PLC0415  loaded by then, never before

    if not isinstance(price, GeneratedPrice):
        return None
    return Price(_decimal(price.total), _decimal(price.per_sms), plain(price.currency))


def _decimal(value: object) -> Decimal | None:
    # Through its shortest decimal form: Decimal(0.0012) would be 0.00119999...
    try:
        return None if isinstance(value, bool) else Decimal(str(value))
    except InvalidOperation:
        return None


def rejection_reason(description: object, *sent: str) -> str:
    """8x8's reason for a rejection, with numbers and whatever was sent masked."""
    said = plain(description)
    return scrub(said, *sent)[:500] if said else "no reason given"
