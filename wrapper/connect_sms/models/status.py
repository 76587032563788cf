"""The status of a message."""

# ruff: noqa: TC001  at run time too, so that `typing.get_type_hints` finds every name

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import attrs

from connect_sms._lazy import LazyModule

from .delivery_errors import DeliveryError
from .outcomes import Outcome
from .providers import PROVIDER
from .redaction import scrub
from .reprs import NOTHING, is_word, masked, shown_number, shown_sender, shown_time, word_only
from .responses import RawResponse

if TYPE_CHECKING:
    from . import calling_codes
else:
    calling_codes = LazyModule("connect_sms.models.calling_codes")

Source: TypeAlias = Literal["receipt", "status", "export", "sent"]
"""The source: a receipt, a status request, 8x8's log export, or the answer to the send."""


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

    def to_dict(self) -> dict[str, Any]:
        """The price, ready for JSON; amounts as strings."""
        return {
            "total": None if self.total is None else str(self.total),
            "per_part": None if self.per_part is None else str(self.per_part),
            "currency": self.currency,
        }


@attrs.frozen(kw_only=True)
class MessageStatus:
    """The status of a message, as one source gave it or merged from several.

    A message is identified by `provider` and `umid`.

    Attributes:
        provider: The SMS provider.
        umid: The provider's id of the message; empty for a send whose answer, and with it the id, was lost.
        outcome: The status, common to all of 8x8's vocabularies; see `Outcome`.
        error: Why it was not delivered and what to do about it; None when there is no error.
        state: 8x8's value, for example ``undelivered``.
        detail: 8x8's second value, for example ``rejected_by_operator``.
        error_code: 8x8's delivery error code; None when there was none.
        error_message: 8x8's text for that code.
        observed_at: When 8x8 saw that state, in UTC.
        source: The source of the status.
        client_message_id: The id the message carried.
        batch_id: 8x8's id of its batch.
        client_batch_id: The id its batch carried.
        sub_account_id: The sub-account it was sent from.
        destination: The number; in the answer to a status request masked by 8x8 unless the account is
            cleared for more.
        sender: The sender ID.
        parts: Billed parts.
        price: What it cost; None when nothing was charged.
        sent_at: When it was submitted to 8x8, in UTC; None when that was not recorded.
        reason: Why it was rejected or its outcome is unknown, from the send.
        created_at: When 8x8 accepted the message, in UTC.
        direction: ``outbound`` or ``inbound``.
        country: Of the destination, as 8x8 wrote it: ISO 3166-1 alpha-2.
        body: The text, masked by 8x8 likewise.
        encoding: ``GSM7``, ``GSM8`` or ``UCS2``.
        extra: Fields that this library does not know.
        response: The raw answer of a status request; None for every other source.
    """

    provider: str = attrs.field(default=PROVIDER, repr=False)
    umid: str
    outcome: Outcome
    error: DeliveryError | None = None
    state: str | None = attrs.field(default=None, repr=word_only)
    detail: str | None = attrs.field(default=None, repr=word_only)
    error_code: int | None = None
    error_message: str | None = attrs.field(default=None, repr=False)
    observed_at: datetime | None = None
    source: Source = "status"
    client_message_id: str | None = None
    batch_id: str | None = attrs.field(default=None, repr=False)
    client_batch_id: str | None = attrs.field(default=None, repr=False)
    sub_account_id: str | None = attrs.field(default=None, repr=False)
    destination: str | None = attrs.field(default=None, repr=masked)
    sender: str | None = attrs.field(default=None, repr=False)
    parts: int | None = None
    price: Price | None = attrs.field(default=None, repr=False)
    sent_at: datetime | None = None
    reason: str | None = attrs.field(default=None, repr=False)
    created_at: datetime | None = attrs.field(default=None, repr=False)
    direction: str | None = attrs.field(default=None, repr=False)
    country: str | None = attrs.field(default=None, repr=word_only)
    body: str | None = attrs.field(default=None, repr=False)
    encoding: str | None = attrs.field(default=None, repr=False)
    extra: Mapping[str, Any] = attrs.field(default=NOTHING, repr=False, hash=False)
    response: RawResponse | None = attrs.field(default=None, repr=False, eq=False)

    @property
    def is_final(self) -> bool:
        """True when no other status follows, except `read`."""
        return self.outcome.is_final

    @property
    def delivered(self) -> bool:
        """True when it was delivered to the handset, not only to the operator."""
        return self.outcome in {Outcome.DELIVERED, Outcome.READ}

    @property
    def failure_reason(self) -> str | None:
        """Why it was not delivered, in short; None when there is no error."""
        if self.error is not None:
            return self.error.reason
        if self.outcome is Outcome.NO_RECEIPT:
            return "no receipt within 48 h"
        # Once a later status is known, the reason of a lost answer no longer applies.
        return self.reason if self.outcome in {Outcome.REJECTED, Outcome.UNKNOWN} else None

    @property
    def seconds_to_delivery(self) -> float | None:
        """Seconds from `sent_at` to `observed_at`, never below 0; None when either is not known."""
        if self.sent_at is None or self.observed_at is None:
            return None
        # Two clocks are compared, and a message cannot arrive before it was sent.
        return max((self.observed_at - self.sent_at).total_seconds(), 0.0)

    @property
    def destination_country(self) -> str | None:
        """ISO 3166-1 alpha-2 of the destination by its calling code; ``US`` for all of +1.

        A calling code that several countries share counts as the largest of them. None when the number is
        unknown.
        """
        number = self.destination
        return None if number is None else calling_codes.country_of(number.removeprefix("+"))

    def redacted(self) -> MessageStatus:
        """The same, without number, text and raw answer."""
        return attrs.evolve(
            self,
            state=self.state if is_word(self.state) else None,
            detail=self.detail if is_word(self.detail) else None,
            country=self.country if is_word(self.country) else None,
            error_message=None,
            destination=None,
            body=None,
            extra=NOTHING,
            response=None if self.response is None else self.response.redacted(),
        )

    def to_dict(self, *, show_numbers: bool = False) -> dict[str, Any]:
        """The status, ready for JSON: times in ISO 8601, amounts as strings.

        The text, unknown fields and the raw answer are never in it.

        Args:
            show_numbers: Write phone numbers whole, not masked.
        """

        def words(said: str | None) -> str | None:
            return said if said is None or show_numbers or is_word(said) else scrub(said)

        return {
            "provider": self.provider,
            "umid": self.umid or None,
            "outcome": self.outcome.value,
            "is_final": self.is_final,
            "delivered": self.delivered,
            "state": words(self.state),
            "detail": words(self.detail),
            "observed_at": shown_time(self.observed_at),
            "source": self.source,
            "client_message_id": self.client_message_id,
            "batch_id": self.batch_id,
            "client_batch_id": self.client_batch_id,
            "sub_account_id": self.sub_account_id,
            "destination": shown_number(self.destination, show_numbers=show_numbers),
            "country": words(self.country),
            "sender": shown_sender(self.sender, show_numbers=show_numbers),
            "encoding": self.encoding,
            "parts": self.parts,
            "price": None if self.price is None else self.price.to_dict(),
            "created_at": shown_time(self.created_at),
            "sent_at": shown_time(self.sent_at),
            "reason": words(self.reason),
            "error_code": self.error_code,
            "failure": None if self.error is None else self.error.to_dict(),
        }
