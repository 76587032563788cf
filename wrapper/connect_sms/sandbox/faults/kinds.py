"""The faults that the sandbox can inject: their names, options and text form.

Four failures, each at four moments, are named ``<failure>-<moment>``, for example ``reset-after``:

==========  ==============================================================================
``error``   an error status (``status``, 500 by default) with a body (``body``: json, html or empty)
``reset``   the connection is reset (RST) without a response
``close``   the connection is closed (FIN) without a response
``stall``   no response for ``seconds`` of real time (30 by default), then the connection is closed
==========  ==============================================================================

===========  =============================================================================
``before``   nothing is accepted
``halfway``  ``share`` of the messages (0.5 by default, rounded up) is accepted, the rest is not
``after``    everything is accepted
``late``     nothing is accepted yet; everything is ``delay`` seconds of sandbox time later (5 by default)
===========  =============================================================================

The further kinds are in `KINDS`. Written in a header, a fault is its name and its options:
``error-after;status=502;body=html``. ``reset-after-accept`` is understood as ``reset-after``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

HEADER: Final = "X-Sandbox-Fault"

OperationName = Literal["send", "batch", "status", "export", "export-status", "export-file"]
Moment = Literal["before", "halfway", "after", "late"]

_FAILURES: Final = {
    "error": "responds with an error status",
    "reset": "resets the connection without a response",
    "close": "closes the connection without a response",
    "stall": "is silent, then closes the connection",
}
_MOMENTS: Final[dict[Moment, str]] = {
    "before": "before anything is accepted",
    "halfway": "with part of the messages accepted",
    "after": "with everything accepted",
    "late": "and accepts everything later",
}

KINDS: Final[dict[str, str]] = {
    **{f"{a}-{m}": f"{what}, {when}" for a, what in _FAILURES.items() for m, when in _MOMENTS.items()},
    "rate-limit": "429, nothing accepted; Retry-After in `seconds` (1), `form`: seconds, date or none",
    "connect-refused": "no connection is made (in-process only; over a socket a reset before acceptance)",
    "old-tls": "426 with an Upgrade header, nothing accepted",
    "slow": "a correct response after `seconds` of real time",
    "reset-answer": "the connection is reset in the middle of a correct response",
    "truncated-answer": "the connection is closed in the middle of a correct response",
    "wrong-length": "Content-Length is too `form`: long (default) or short",
    "not-json": "200 with an HTML page",
    "empty-answer": "200 with an empty body",
    "unknown-words": "an undocumented value in every enum",
    "extra-fields": "an undocumented field in every object",
    "null-fields": "null in every field that may be null",
    "repeated-umids": "one UMID for all messages of a batch response",
    "missing-items": "every second item is missing from a batch response",
    "reordered-items": "the items of a batch response are in reverse order",
    "wrong-counts": "acceptedCount and rejectedCount of a batch response are wrong",
}
"""Every fault by name, and its effect. Unless stated otherwise, the message is accepted."""

_BEFORE: Final = frozenset({"rate-limit", "connect-refused", "old-tls"})


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault with its options.

    Attributes:
        kind: A name of `KINDS`.
        status: The status of an ``error``.
        body: The body of an ``error``: json, html or empty.
        seconds: Real seconds of a ``stall`` or ``slow``; the value of ``Retry-After``.
        form: Of ``Retry-After`` (seconds, date, none), of ``wrong-length`` (long, short).
        share: The share of a batch accepted by ``halfway``, 0 to 1.
        delay: Seconds of sandbox time until late acceptance.
        code: The API code in a JSON error body; by default that of the status.
    """

    kind: str
    status: int = 500
    body: Literal["json", "html", "empty"] = "json"
    seconds: float | None = None
    form: Literal["", "seconds", "date", "none", "long", "short"] = ""
    share: float = 0.5
    delay: float = 5.0
    code: int | None = None

    def __post_init__(self) -> None:
        kind = self.kind.removesuffix("-accept")
        if kind not in KINDS:
            raise ValueError(f"no fault is called {self.kind[:40]!r}; there are: {', '.join(KINDS)}")
        object.__setattr__(self, "kind", kind)
        if not 400 <= self.status <= 599:  # noqa: PLR2004 - the error statuses of HTTP
            raise ValueError("the status of a fault is one of 400 to 599")
        if self.body not in {"json", "html", "empty"}:
            raise ValueError("the body of a fault is json, html or empty")
        if self.form not in {"", "seconds", "date", "none", "long", "short"}:
            raise ValueError("form is seconds, date or none for rate-limit; long or short for wrong-length")
        if not 0 <= self.share <= 1:
            raise ValueError("share lies between 0 and 1")
        if self.delay < 0 or (self.seconds is not None and self.seconds < 0):
            raise ValueError("seconds and delay are not negative")

    @property
    def effect(self) -> str:
        """The name without its moment: ``error``, ``reset``, ``close``, ``stall``, or the whole name."""
        name, _, moment = self.kind.rpartition("-")
        return name if moment in _MOMENTS else self.kind

    @property
    def moment(self) -> Moment:
        """When the fault takes effect: before, during or after acceptance."""
        if self.kind in _BEFORE:
            return "before"
        last = self.kind.rpartition("-")[2]
        return last if last in _MOMENTS else "after"

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Read ``name;option=value;option=value``.

        Raises:
            ValueError: An unknown name or option, or a value that is not of its type.
        """
        name, *options = [entry.strip() for entry in text.split(";")]
        values: dict[str, Any] = {}
        for option in filter(None, options):
            key, _, value = option.partition("=")
            read = _READERS.get(key)
            if read is None:
                raise ValueError(f"a fault has no option {key[:40]!r}; there are: {', '.join(_READERS)}")
            values[key] = read(value)
        return cls(name, **values)

    def __str__(self) -> str:
        default = Fault(self.kind)
        changed = [f.name for f in fields(self) if getattr(self, f.name) != getattr(default, f.name)]
        return ";".join([self.kind, *(f"{name}={getattr(self, name)}" for name in changed)])


_READERS: Final[dict[str, Callable[[str], object]]] = {
    "status": int, "code": int, "body": str, "form": str, "seconds": float, "share": float, "delay": float,
}  # fmt: skip
