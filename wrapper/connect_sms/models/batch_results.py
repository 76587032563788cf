"""What became of a batch, recipient by recipient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from .redaction import mask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connect_sms.models.responses import RawResponse


from connect_sms.models.reprs import count_only, masked, shown_number


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
    destination: str = attrs.field(repr=masked)
    client_message_id: str
    umid: str | None = None
    reason: str | None = None

    def to_dict(self, *, show_numbers: bool = False) -> dict[str, Any]:
        """The result, ready for JSON.

        Args:
            show_numbers: Write the phone number whole, not masked.
        """
        return {
            "index": self.index,
            "destination": shown_number(self.destination, show_numbers=show_numbers),
            "client_message_id": self.client_message_id,
            "umid": self.umid,
            "reason": self.reason,
        }


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

    accepted: tuple[RecipientResult, ...] = attrs.field(repr=count_only)
    rejected: tuple[RecipientResult, ...] = attrs.field(repr=count_only)
    unknown: tuple[RecipientResult, ...] = attrs.field(repr=count_only)
    not_sent: tuple[RecipientResult, ...] = attrs.field(repr=count_only)
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

    def to_dict(self, *, show_numbers: bool = False) -> dict[str, Any]:
        """The result, ready for JSON: each of the four lists, by its name. Raw answers are not in it.

        Args:
            show_numbers: Write phone numbers whole, not masked.
        """

        def listed(rows: tuple[RecipientResult, ...]) -> list[dict[str, Any]]:
            return [row.to_dict(show_numbers=show_numbers) for row in rows]

        return {
            "ok": self.ok,
            "accepted": listed(self.accepted),
            "rejected": listed(self.rejected),
            "unknown": listed(self.unknown),
            "not_sent": listed(self.not_sent),
            "batch_ids": list(self.batch_ids),
            "client_batch_id": self.client_batch_id,
        }

    def redacted(self) -> BatchResult:
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
