"""What a flow may ask of its driver, and what it is given back.

A flow is a generator that decides; a driver does. The same flow serves blocking and asynchronous callers.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

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


Effect = Send | Download | Sleep | RunBlocking | ReadItems | Spawn | Join
Flow = Generator[Effect, Any, T]
