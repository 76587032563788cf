"""Totals over any number of messages, in memory that does not grow with them."""

# ruff: noqa: TC001  at run time too, so that `typing.get_type_hints` finds every name

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, Final

import attrs

from connect_sms.models.outcomes import Outcome
from connect_sms.models.status import MessageStatus

#: Upper edges of the bins of `Totals.delivery_times`, in seconds; the last bin has none.
EDGES: Final = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_800, 3_600, 21_600, 86_400)

#: Resolution of times for percentiles: each bin ends 2 % above its start.
_STEP: Final = math.log(1.02)
_SHORTEST: Final = 0.01

#: Maximum number of distinct reasons and currencies; 8x8's values are open-ended.
_MAX_KINDS: Final = 500
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
        reason: Its meaning.
        category: Its category.
    """

    outcome: Outcome
    code: int | None
    reason: str
    category: str | None = None


@attrs.define
class Cost:
    """The cost of messages in one currency.

    Attributes:
        total: The sum.
        messages: Messages that were charged.
    """

    total: Decimal = Decimal(0)
    messages: int = 0


@attrs.define
class Totals:
    """Totals over all messages.

    Attributes:
        total: The number of messages.
        outcomes: The number of messages by outcome.
        failures: The number of failed messages by reason.
        countries: Messages by country; None for those with an unknown number.
        failed_countries: The failed ones of these.
        cost: By currency; ``?`` when 8x8 gave none.
        parts: Billed parts.
        delivery_times: The number delivered to the handset by time, in bins with the upper `EDGES`, and
            one more bin for longer.
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
    def of(cls, statuses: Iterable[MessageStatus]) -> Totals:
        """The totals of these messages."""
        totals = cls()
        for status in statuses:
            totals.add(status)
        return totals

    def add(self, status: MessageStatus) -> None:
        """Count one message."""
        self.total += 1
        self.outcomes[status.outcome] += 1
        country = status.destination_country
        self.countries[country] += 1
        self.parts += status.parts or 0
        if status.outcome in FAILURES:
            reason = status.failure_reason or "no reason given"
            category = None if status.error is None else status.error.category.value
            failure = Failure(status.outcome, status.error_code, reason, category)
            if failure not in self.failures and len(self.failures) >= _MAX_KINDS:
                failure = Failure(status.outcome, None, _OTHER)
            self.failures[failure] += 1
            self.failed_countries[country] += 1
        # 8x8 gives 0 in one source where another gives nothing.
        if status.price is not None and status.price.total:
            currency = status.price.currency or "?"
            if currency not in self.cost and len(self.cost) >= _MAX_KINDS:
                currency = "?"
            cost = self.cost.setdefault(currency, Cost())
            cost.total += status.price.total
            cost.messages += 1
        # The time of reading is not the time of delivery.
        if status.outcome is Outcome.DELIVERED and (seconds := status.seconds_to_delivery) is not None:
            self._time(seconds)

    def _time(self, seconds: float) -> None:
        place = next((i for i, edge in enumerate(EDGES) if seconds <= edge), len(EDGES))
        self.delivery_times[place] += 1
        self._fine[round(math.log(max(seconds, _SHORTEST)) / _STEP)] += 1

    @property
    def timed(self) -> int:
        """Messages whose time to delivery is known."""
        return sum(self.delivery_times)

    def delivered_within(self, share: float) -> float | None:
        """Seconds within which `share` of the deliveries was made, to about 1 %.

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
        """Messages delivered to the handset."""
        return sum(self.outcomes[outcome] for outcome in _DELIVERED)

    @property
    def failed(self) -> int:
        """Messages not delivered for any reason, including those without a receipt."""
        return sum(self.outcomes[outcome] for outcome in FAILURES)

    @property
    def with_operator(self) -> int:
        """Messages delivered to the operator, perhaps to the handset; some routes report no more."""
        return self.outcomes[Outcome.DELIVERED_TO_OPERATOR]

    @property
    def open(self) -> int:
        """Messages that are open or unknown."""
        return self.total - self.delivered - self.with_operator - self.failed

    @property
    def delivered_share(self) -> float | None:
        """The share delivered to the handset, from 0 to 1; None when there are no messages."""
        return self.delivered / self.total if self.total else None

    def to_dict(self) -> dict[str, Any]:
        """The totals, ready for JSON: amounts as strings, times in seconds. They contain no phone numbers."""
        return {
            "total": self.total,
            "outcomes": {outcome.value: count for outcome, count in self.by_outcome()},
            "seconds_to_delivery": {
                f"p{share * 100:.0f}": self.delivered_within(share) for share in (0.5, 0.9, 0.99)
            },
            "failures": [
                {
                    "outcome": failure.outcome.value,
                    "code": failure.code,
                    "reason": failure.reason,
                    "category": failure.category,
                    "messages": count,
                }
                for failure, count in self.failures.most_common()
            ],
            "failures_by_country": {
                country or "unknown": count for country, count in self.failed_countries.most_common()
            },
            "cost": {currency: str(cost.total) for currency, cost in sorted(self.cost.items())},
        }

    def by_outcome(self) -> Iterator[tuple[Outcome, int]]:
        """Outcomes that occur, the best first."""
        return ((outcome, self.outcomes[outcome]) for outcome in reversed(Outcome) if self.outcomes[outcome])
