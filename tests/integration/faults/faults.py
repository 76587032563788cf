"""What can go wrong, each under the row of the safety table that says what is to follow."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Literal

import attrs

Operation = Literal["send", "batch", "status"]
Lasting = Literal["first", "always"]
Road = Literal["closed port", "no name", "no TLS", "full pool"]

OPERATIONS: Final[tuple[Operation, ...]] = ("send", "batch", "status")
LASTINGS: Final[tuple[Lasting, ...]] = ("first", "always")


class Rule(StrEnum):
    """A row of the safety table."""

    NOT_SENT = "no name, no connection, no TLS, no free connection"
    LIMITED = "429"
    REFUSED = "400 401 403 404 410 422 426"
    UNKNOWN = "5xx, read timeout, reset, cut-off answer"
    UNREADABLE = "2xx that cannot be read"
    REJECTED = "200 with `REJECTED`"
    RIGHT = "a right answer, in a form not seen before"


@attrs.frozen
class Trouble:
    """One thing that goes wrong.

    Attributes:
        rule: The row of the safety table it belongs to.
        title: What the page calls it.
        fault: What the sandbox is asked for.
        road: What fails before a request can be made.
        silent: The client has to lose patience.
        error: What a refused caller is told.
        operations: Whom it can happen to.
    """

    rule: Rule
    title: str
    fault: str | None = None
    road: Road | None = None
    silent: bool = False
    error: str = ""
    operations: tuple[Operation, ...] = OPERATIONS

    @property
    def lastings(self) -> tuple[Lasting, ...]:
        """Whether it can happen once only: a server does not learn TLS between two tries."""
        return ("always",) if self.road in {"no TLS", "full pool"} else LASTINGS


_SENDS: Final[tuple[Operation, ...]] = ("send", "batch")
_MOMENTS: Final = {
    "before": "nothing accepted",
    "halfway": "half of it accepted",
    "after": "accepted",
    "late": "accepted later",
}


def _at_each_moment(fault: str, words: str, *, silent: bool = False) -> list[Trouble]:
    """One bad answer at the four moments; a status request, which accepts nothing, meets the first alone."""
    name, _, options = fault.partition(";")
    return [
        Trouble(
            Rule.UNKNOWN,
            f"{words}, {then}",
            f"{name}-{moment};{options}",
            silent=silent,
            operations=OPERATIONS if moment == "before" else _SENDS,
        )
        for moment, then in _MOMENTS.items()
    ]


def _refused(status: int, error: str, words: str = "") -> Trouble:
    return Trouble(Rule.REFUSED, f"{status}{words}", f"error-before;status={status}", error=error)


TROUBLES: Final = (
    Trouble(Rule.NOT_SENT, "nobody listens on the port", road="closed port"),
    Trouble(Rule.NOT_SENT, "the name is not known", road="no name"),
    Trouble(Rule.NOT_SENT, "the TLS handshake fails", road="no TLS"),
    Trouble(Rule.NOT_SENT, "no free connection", road="full pool"),
    Trouble(Rule.LIMITED, "429, `Retry-After` in seconds", "rate-limit;seconds=2"),
    Trouble(Rule.LIMITED, "429, `Retry-After` longer than the client waits", "rate-limit;seconds=3600"),
    Trouble(Rule.LIMITED, "429, `Retry-After` as a date", "rate-limit;seconds=2;form=date"),
    Trouble(Rule.LIMITED, "429 without `Retry-After`", "rate-limit;form=none"),
    _refused(400, "BadRequest"),
    _refused(401, "AuthenticationFailed"),
    Trouble(
        Rule.REFUSED,
        "403 with an HTML page",
        "error-before;status=403;body=html",
        error="PermissionDenied",
    ),
    _refused(404, "NotFound"),
    Trouble(
        Rule.REFUSED,
        "404 without a code of 8x8",
        "error-before;status=404;body=html",
        error="NotFound",
    ),
    _refused(410, "Gone"),
    _refused(422, "BadRequest"),
    Trouble(Rule.REFUSED, "426", "old-tls", error="InsecureProtocol"),
    *_at_each_moment("error", "500"),
    *_at_each_moment("error;status=503;body=html", "503 with an HTML page"),
    *_at_each_moment("error;status=502;body=empty", "502 without a body"),
    Trouble(Rule.UNKNOWN, "408, accepted", "error-after;status=408"),
    *_at_each_moment("reset", "connection reset"),
    *_at_each_moment("close", "connection closed"),
    Trouble(Rule.UNKNOWN, "connection reset as soon as it is used", "connect-refused"),
    *_at_each_moment("stall;seconds=60", "no answer", silent=True),
    Trouble(Rule.UNKNOWN, "a right answer, too late", "slow;seconds=60", silent=True),
    Trouble(Rule.UNKNOWN, "connection reset in the middle of the answer", "reset-answer"),
    Trouble(Rule.UNKNOWN, "connection closed in the middle of the answer", "truncated-answer"),
    Trouble(Rule.UNKNOWN, "`Content-Length` too long", "wrong-length;form=long"),
    Trouble(Rule.UNREADABLE, "`Content-Length` too short", "wrong-length;form=short"),
    Trouble(Rule.UNREADABLE, "an HTML page", "not-json"),
    Trouble(Rule.UNREADABLE, "an empty body", "empty-answer"),
    Trouble(Rule.REJECTED, "8x8 rejects it", operations=("send",)),
    Trouble(Rule.RIGHT, "slow, but in time", "slow;seconds=0.01"),
    Trouble(Rule.RIGHT, "unknown words in every enum", "unknown-words"),
    Trouble(Rule.RIGHT, "unknown fields in every object", "extra-fields"),
    Trouble(Rule.RIGHT, "null wherever it may be", "null-fields"),
    Trouble(Rule.RIGHT, "one UMID for all items", "repeated-umids", operations=("batch",)),
    Trouble(Rule.RIGHT, "every second item missing", "missing-items", operations=("batch",)),
    Trouble(Rule.RIGHT, "items in reverse order", "reordered-items", operations=("batch",)),
    Trouble(Rule.RIGHT, "wrong counts", "wrong-counts", operations=("batch",)),
)
