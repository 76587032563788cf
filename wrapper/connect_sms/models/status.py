"""The state of a message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from .outcomes import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from decimal import Decimal

    from connect_sms.models.responses import RawResponse

    from .delivery_errors import DeliveryError

from connect_sms.models.reprs import _NOTHING, _is_word, _word


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

    def redacted(self) -> MessageStatus:
        """The same, without number, text and raw answer."""
        return attrs.evolve(
            self,
            state=self.state if _is_word(self.state) else None,
            detail=self.detail if _is_word(self.detail) else None,
            country=self.country if _is_word(self.country) else None,
            destination=None,
            body=None,
            extra=_NOTHING,
            response=None if self.response is None else self.response.redacted(),
        )
