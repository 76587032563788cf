"""Sums over any number of rows, in memory that does not grow with them."""

from __future__ import annotations

import math
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import attrs

from connect_sms.models.outcomes import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .report import Row

__all__ = ["EDGES", "Cost", "Failure", "Tally"]

#: Upper edges of the classes of `Tally.delivery_times`, in seconds; the last class has none.
EDGES: Final = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_800, 3_600, 21_600, 86_400)

#: How finely times are kept for percentiles: each class ends 2 % above its beginning.
_STEP: Final = math.log(1.02)
_SHORTEST: Final = 0.01

#: Different reasons and currencies to hold; 8x8's words may be anything.
_MOST_KINDS: Final = 500
_OTHER: Final = "(other)"

_DELIVERED: Final = (Outcome.DELIVERED, Outcome.READ)
FAILURES: Final = frozenset({Outcome.FAILED, Outcome.EXPIRED, Outcome.REJECTED, Outcome.NO_RECEIPT})
"""Outcomes that count as a failure."""


@attrs.frozen
class Failure:
    """One reason for which messages were not delivered.

    Attributes:
        outcome: ``failed``, ``expired``, ``rejected`` or ``no_receipt``.
        code: 8x8's delivery error code; None when there was none.
        reason: What it means.
        category: What it asks for.
    """

    outcome: Outcome
    code: int | None
    reason: str
    category: str | None = None


@attrs.define
class Cost:
    """What messages cost in one currency.

    Attributes:
        total: The sum.
        messages: Messages that were charged.
    """

    total: Decimal = Decimal(0)
    messages: int = 0


@attrs.define
class Tally:
    """What is known of all recipients together.

    Attributes:
        total: Recipients.
        outcomes: How many stand where.
        failures: How many failed for which reason.
        countries: Recipients by country; None for those whose number is not known.
        failed_countries: Of these, how many failed.
        cost: By currency; ``?`` when 8x8 named none.
        parts: Parts sent and paid for.
        delivery_times: How many were delivered to the handset within the times of `EDGES`, from the edge
            before to each; one more class for longer.
    """

    total: int = 0
    outcomes: Counter[Outcome] = attrs.field(factory=Counter[Outcome])
    failures: Counter[Failure] = attrs.field(factory=Counter[Failure])
    countries: Counter[str | None] = attrs.field(factory=Counter["str | None"])
    failed_countries: Counter[str | None] = attrs.field(factory=Counter["str | None"])
    cost: dict[str, Cost] = attrs.field(factory=dict[str, Cost])
    parts: int = 0
    delivery_times: list[int] = attrs.field(factory=lambda: [0] * (len(EDGES) + 1))
    _fine: Counter[int] = attrs.field(factory=Counter[int], repr=False, alias="fine")

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Tally:
        """The sums of these rows."""
        tally = cls()
        for row in rows:
            tally.add(row)
        return tally

    def add(self, row: Row) -> None:
        """Count one more."""
        self.total += 1
        self.outcomes[row.outcome] += 1
        self.countries[row.country] += 1
        self.parts += row.parts or 0
        if row.outcome in FAILURES:
            failure = Failure(row.outcome, row.code, row.reason or "no reason given", row.category)
            if failure not in self.failures and len(self.failures) >= _MOST_KINDS:
                failure = Failure(row.outcome, None, _OTHER)
            self.failures[failure] += 1
            self.failed_countries[row.country] += 1
        # 8x8 says 0 in one place where it says nothing in another.
        if row.price is not None and row.price.total:
            currency = row.price.currency or "?"
            if currency not in self.cost and len(self.cost) >= _MOST_KINDS:
                currency = "?"
            cost = self.cost.setdefault(currency, Cost())
            cost.total += row.price.total
            cost.messages += 1
        # When a message was read says nothing of when it arrived.
        if row.outcome is Outcome.DELIVERED and row.seconds is not None:
            self._time(row.seconds)

    def _time(self, seconds: float) -> None:
        place = next((i for i, edge in enumerate(EDGES) if seconds <= edge), len(EDGES))
        self.delivery_times[place] += 1
        self._fine[round(math.log(max(seconds, _SHORTEST)) / _STEP)] += 1

    @property
    def timed(self) -> int:
        """Messages whose time to delivery is known."""
        return sum(self.delivery_times)

    def delivered_within(self, share: float) -> float | None:
        """Seconds within which that share of the deliveries was made, to about 1 %.

        Args:
            share: From 0 to 1; 0.5 for the median.

        Returns:
            None when no time is known.
        """
        wanted, seen = share * self.timed, 0
        for place in sorted(self._fine):
            seen += self._fine[place]
            if seen >= wanted:
                return math.exp(place * _STEP)
        return None

    @property
    def delivered(self) -> int:
        """Messages that the handset has."""
        return sum(self.outcomes[outcome] for outcome in _DELIVERED)

    @property
    def failed(self) -> int:
        """Messages that were not delivered, for whatever reason, those without a receipt included."""
        return sum(self.outcomes[outcome] for outcome in FAILURES)

    @property
    def with_operator(self) -> int:
        """Messages that the operator has, and perhaps the handset; some routes never say more."""
        return self.outcomes[Outcome.DELIVERED_TO_OPERATOR]

    @property
    def open(self) -> int:
        """Messages of which more may be heard, or of which nothing is known."""
        return self.total - self.delivered - self.with_operator - self.failed

    @property
    def delivered_share(self) -> float | None:
        """The share that the handset has, from 0 to 1; None of nothing."""
        return self.delivered / self.total if self.total else None

    def by_outcome(self) -> Iterator[tuple[Outcome, int]]:
        """Outcomes that occur, the best first."""
        return ((outcome, self.outcomes[outcome]) for outcome in reversed(Outcome) if self.outcomes[outcome])
