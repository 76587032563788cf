"""The observations of one call: the caller's result, beside the acceptance log."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import attrs

if TYPE_CHECKING:
    from connect_sms import BatchResult, ConnectSmsError

Claim = Literal["accepted", "rejected", "unknown", "not sent"]


@attrs.frozen
class Seen:
    """The observations of one call.

    Attributes:
        told: What the caller got, in a few words.
        requests: How many requests the sandbox counted.
        people: The ids of those who were to be sent a message.
        claims: What the caller was told of each; one who stands in two lists is in here twice.
        accepted: How often each was really accepted.
    """

    told: str
    requests: int
    people: tuple[str, ...]
    claims: tuple[tuple[str, Claim], ...]
    accepted: Counter[str]

    @cached_property
    def twice(self) -> list[str]:
        """Those accepted more than once."""
        return [who for who in self.people if self.accepted[who] > 1]

    @property
    def lost(self) -> list[str]:
        """Those said to be accepted who never were, and those of whom nothing was said."""
        said = Counter(who for who, _ in self.claims)
        wrongly = [who for who, claim in self.claims if claim == "accepted" and not self.accepted[who]]
        return wrongly + [who for who in self.people if said[who] != 1]

    @property
    def denied(self) -> list[str]:
        """Those said not to have been sent anything who were: their caller would send again."""
        return [who for who, claim in self.claims if claim in {"rejected", "not sent"} and self.accepted[who]]

    @property
    def times(self) -> str:
        """How often the recipients were accepted, in words."""
        by_times = Counter(self.accepted[who] for who in self.people)
        words = {0: "never", 1: "once", 2: "twice"}
        named = {words.get(times, f"{times} times"): count for times, count in sorted(by_times.items())}
        if len(self.people) == 1:
            return next(iter(named))
        return ", ".join(f"{count} {word}" for word, count in reversed(named.items()))


def claim_of(error: ConnectSmsError) -> Claim:
    """What an error tells of everybody it is about."""
    return "unknown" if error.may_have_been_sent else "not sent"


def counts(result: BatchResult) -> str:
    """A result in a few words."""
    lengths = {
        "accepted": len(result.accepted),
        "rejected": len(result.rejected),
        "unknown": len(result.unknown),
        "not sent": len(result.not_sent),
    }
    return ", ".join(f"{count} {word}" for word, count in lengths.items() if count)


def claims_of(result: BatchResult) -> list[tuple[str, Claim]]:
    """What a result tells of each."""
    lists: list[tuple[Claim, Any]] = [
        ("accepted", result.accepted),
        ("rejected", result.rejected),
        ("unknown", result.unknown),
        ("not sent", result.not_sent),
    ]
    return [(row.client_message_id, claim) for claim, rows in lists for row in rows]
