"""The results of a batch: of one recipient, of one request, and of the whole."""

# ruff: noqa: TC001  at run time too, so that `typing.get_type_hints` finds every name

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from operator import attrgetter
from typing import Any, Final

import attrs

from connect_sms.errors.base import ConnectSmsError

from .redaction import mask
from .reprs import count_only, masked, shown_number
from .responses import RawResponse

_OUTCOMES: Final = ("accepted", "rejected", "unknown", "not_sent")


@attrs.frozen
class RecipientResult:
    """The result of one message of a batch.

    Attributes:
        index: The message's position in the batch, counted from 0.
        destination: The phone number, as the caller wrote it.
        client_message_id: The id the message carried; receipts carry it too.
        umid: 8x8's id of the message; None when it gave none.
        reason: Why it was rejected, is unknown, or was not sent; None when accepted.
    """

    index: int
    destination: str = attrs.field(repr=masked)
    client_message_id: str
    umid: str | None = None
    reason: str | None = None

    def to_dict(self, *, show_numbers: bool = False) -> dict[str, Any]:
        """The result, ready for JSON. An id that is not known is None.

        Args:
            show_numbers: Write the phone number whole, not masked.
        """
        return {
            "index": self.index,
            "destination": shown_number(self.destination, show_numbers=show_numbers),
            "client_message_id": self.client_message_id or None,
            "umid": self.umid or None,
            "reason": self.reason,
        }


@attrs.frozen
class _ByOutcome:
    """Recipients by outcome; each is in exactly one of the four."""

    accepted: tuple[RecipientResult, ...] = attrs.field(repr=count_only)
    rejected: tuple[RecipientResult, ...] = attrs.field(repr=count_only)
    unknown: tuple[RecipientResult, ...] = attrs.field(repr=count_only)
    not_sent: tuple[RecipientResult, ...] = attrs.field(repr=count_only)

    @property
    def ok(self) -> bool:
        """True when every recipient was accepted."""
        return not (self.rejected or self.unknown or self.not_sent)

    @property
    def counts(self) -> dict[str, int]:
        """The number of recipients by outcome: ``accepted``, ``rejected``, ``unknown``, ``not_sent``."""
        return {name: len(rows) for name, rows in self._by_name.items()}

    @property
    def results(self) -> tuple[RecipientResult, ...]:
        """All recipients, in the order of the batch."""
        return tuple(sorted(chain(*self._by_name.values()), key=attrgetter("index")))

    @property
    def _by_name(self) -> dict[str, tuple[RecipientResult, ...]]:
        return {name: getattr(self, name) for name in _OUTCOMES}

    def _lists(self, *, show_numbers: bool) -> dict[str, Any]:
        return {
            name: [row.to_dict(show_numbers=show_numbers) for row in rows]
            for name, rows in self._by_name.items()
        }

    def __len__(self) -> int:
        return sum(self.counts.values())

    def __iter__(self) -> Iterator[RecipientResult]:
        return iter(self.results)


@attrs.frozen
class BatchRequestResult(_ByOutcome):
    """The result of one request of a batch. Iterating yields its recipients in order.

    Attributes:
        accepted: 8x8 accepted the message.
        rejected: 8x8 refused it and said why, or it was wrong and not in the request. It was not sent.
        unknown: It may have been sent. Look for its receipt before sending again.
        not_sent: It never left: its request was refused as a whole, or never made. Safe to send again.
        number: The request's place in the batch, counted from 0. Requests may end in another order.
        batch_id: 8x8's id of the request; None when it gave none.
        client_batch_id: The id the batch carried, if any.
        error: The request's error; None when its response was usable, or when it was never made.
        response: The raw response; None when there was none.
    """

    number: int
    batch_id: str | None = None
    client_batch_id: str | None = None
    error: ConnectSmsError | None = attrs.field(default=None, eq=False)
    response: RawResponse | None = attrs.field(default=None, repr=False, eq=False)

    def to_dict(self, *, show_numbers: bool = False) -> dict[str, Any]:
        """The result, ready for JSON: each of the four lists by its name. The raw response is not in it.

        Args:
            show_numbers: Write phone numbers whole, not masked.
        """
        error = self.error
        return {
            "number": self.number,
            "ok": self.ok,
            **self._lists(show_numbers=show_numbers),
            "batch_id": self.batch_id,
            "client_batch_id": self.client_batch_id,
            "error": None if error is None else {"type": type(error).__name__, "message": str(error)},
        }


@attrs.frozen
class BatchResult(_ByOutcome):
    """The result of every recipient of a batch; each is in exactly one of the four lists.

    Iterating yields all of them, in the order of the batch.

    Attributes:
        accepted: 8x8 accepted the message.
        rejected: 8x8 refused it, and said why. It was not sent.
        unknown: It may have been sent. Look for its receipt before sending again.
        not_sent: It never left: its request was refused as a whole, or never made. Safe to send again.
        batch_ids: 8x8's id of each request that was answered.
        client_batch_id: The id the batch carried, if any.
        responses: The raw responses, one for each answered request: every one that left a recipient
            unknown, and of the others the first 32 MB, which is enough for over 100,000 recipients.
    """

    batch_ids: tuple[str, ...] = ()
    client_batch_id: str | None = None
    responses: tuple[RawResponse, ...] = attrs.field(default=(), repr=False, eq=False)

    def to_dict(self, *, show_numbers: bool = False) -> dict[str, Any]:
        """The result, ready for JSON: each of the four lists by its name. Raw responses are not in it.

        Args:
            show_numbers: Write phone numbers whole, not masked.
        """
        return {
            "ok": self.ok,
            **self._lists(show_numbers=show_numbers),
            "batch_ids": list(self.batch_ids),
            "client_batch_id": self.client_batch_id,
        }

    def redacted(self) -> BatchResult:
        """The same with every number masked and no raw response, safe to leave the process with an error."""
        masked_rows: dict[str, Any] = {
            name: tuple(attrs.evolve(row, destination=mask(row.destination)) for row in rows)
            for name, rows in self._by_name.items()
        }
        return attrs.evolve(self, **masked_rows, responses=())


@attrs.frozen
class BatchProgress:
    """The progress of a batch; given to `progress` after each request and once more at the end.

    Attributes:
        accepted: Messages 8x8 accepted.
        rejected: Messages it refused.
        unknown: Messages that may have been sent.
        not_sent: Messages that never left.
        total: Messages in all; None while the end of an iterator has not been reached.
        ended: True for the last call, which comes however the batch ends: also on Ctrl-C or when cancelled.
        result: With the last call, what is known of every recipient (`send_batch`) or of those in no request
            that was yielded (`iter_batch`); None before.
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
        """Messages that are in one of the four counts."""
        return sum(self.counts.values())

    @property
    def counts(self) -> dict[str, int]:
        """The four counts by name."""
        return {name: getattr(self, name) for name in _OUTCOMES}

    def to_dict(self) -> dict[str, Any]:
        """The numbers, ready for JSON. `result` is not in it: it has a ``to_dict`` of its own."""
        return {**self.counts, "done": self.done, "total": self.total, "ended": self.ended}
