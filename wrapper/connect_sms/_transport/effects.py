"""What a flow may ask of its driver, and what it is given back.

A flow is a generator that decides; a driver does. The same flow serves blocking and asynchronous callers.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Generator, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

import attrs

if TYPE_CHECKING:
    from connect_sms.config import Timeout


T = TypeVar("T")


@attrs.frozen
class Request:
    """A request ready for the wire. Its repr is safe to log."""

    method: str
    url: str = attrs.field(repr=False)
    headers: list[tuple[bytes, bytes]] = attrs.field(repr=False)
    body: bytes = attrs.field(repr=lambda body: f"<{len(body)} bytes>")
    timeout: Timeout


@attrs.frozen
class TransportFailure:
    """No answer came.

    Attributes:
        reason: The transport's word for it, for example ``ReadTimeout``.
        not_sent: True when it is certain that no byte of the request reached the server.
    """

    reason: str
    not_sent: bool


@attrs.frozen
class Send:
    """Send a request. Given back: a `RawResponse` or a `TransportFailure`."""

    request: Request


@attrs.frozen
class Download:
    """Fetch an address; a body of a 200 goes to `take` piece by piece, which says whether it wants another.

    Given back: a `RawResponse`, whose body is empty for a 200 and cut short for others, or a `TransportFailure`.
    """

    request: Request
    take: Callable[[bytes], bool] = attrs.field(repr=False)


@attrs.frozen
class Sleep:
    """Wait. Given back: nothing."""

    seconds: float


@attrs.frozen
class RunBlocking:
    """Call something that blocks for a moment, such as a database. Given back: what it returned."""

    function: Callable[[], Any] = attrs.field(repr=False)


@attrs.frozen
class ReadItems:
    """Take up to `count` items from a source and append them to `into`, which keeps them if the source fails.

    Given back: True when the source has ended.
    """

    source: Iterator[Any] | AsyncIterator[Any] = attrs.field(repr=False)
    into: list[Any] = attrs.field(repr=False)
    count: int


@attrs.frozen
class Spawn:
    """Begin another flow beside this one (a blocking driver: run it at once). Given back: nothing."""

    flow: Flow[Any]


@attrs.frozen
class Join:
    """Wait for any flow begun with `Spawn` to end. Given back: what it returned."""


@attrs.frozen
class Emit:
    """Hand a value to whoever iterates over the flow. Given back: nothing.

    Attributes:
        value: The value.
        taken: Called once the caller has the value.
    """

    value: Any = attrs.field(repr=False)
    taken: Callable[[], object] = attrs.field(repr=False)


Effect = Send | Download | Sleep | RunBlocking | ReadItems | Spawn | Join | Emit
Flow = Generator[Effect, Any, T]


def forward(flow: Flow[T], until: Callable[[Effect], bool]) -> Flow[T | Effect]:
    """Run a flow up to an effect for which `until` is true; that one is returned and not carried out.

    Returns:
        The effect, after which the flow can be run on or closed; or what the flow returned.
    """
    step: Callable[[], Effect] = partial(flow.send, None)
    while True:
        try:
            effect = step()
        except StopIteration as end:
            return cast("T", end.value)
        if until(effect):
            return effect
        try:
            got = yield effect
        except BaseException as problem:  # noqa: BLE001  the flow decides; it always raises it again
            step = partial(flow.throw, problem)
        else:
            step = partial(flow.send, got)


def next_value(flow: Flow[None]) -> Flow[Emit | None]:
    """Run a flow up to the next value that it emits; None at its end."""
    effect = yield from forward(flow, lambda effect: type(effect) is Emit)
    return effect if type(effect) is Emit else None


def fold(flow: Flow[None], take: Callable[[Any], object]) -> Flow[None]:
    """Run a flow to its end and give each value that it emits to a function."""
    while (emit := (yield from next_value(flow))) is not None:
        take(emit.value)
        emit.taken()


def first_request(flow: Flow[Any]) -> Request:
    """The request that a flow would send first. Nothing is sent."""
    effect = flow.send(None)
    flow.close()
    if type(effect) is not Send:
        raise TypeError("this flow does not begin with a request")
    return effect.request
