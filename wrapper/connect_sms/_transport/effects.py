"""The effects that a flow may yield to its runner, and their results.

A flow is a generator that decides; a runner performs I/O. The same flow serves blocking and asynchronous
callers. The classes are plain, because each attrs class adds half a millisecond to the import time.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Generator, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar, cast

if TYPE_CHECKING:
    from connect_sms.config import Timeout


T = TypeVar("T")


class Request:
    """A request ready for the wire. Its repr is safe to log.

    Attributes:
        method: The HTTP method.
        url: The whole URL.
        headers: Names and values.
        body: The body.
        timeout: How long to wait.
        before_write: Called just before the first byte is written to a connection. When it raises, nothing is
            written, and the caller gets that `ConnectSmsError`, or a `RequestBlocked` in place of anything
            else. It may block: the asynchronous client calls it in a thread. For that client it may also be a
            coroutine function, which is awaited on the event loop. A transport that does not say when it
            writes is handed the request right after this call.
    """

    __slots__ = ("before_write", "body", "headers", "method", "timeout", "url")

    def __init__(  # noqa: PLR0917  what a request consists of
        self,
        method: str,
        url: str,
        headers: list[tuple[bytes, bytes]],
        body: bytes,
        timeout: Timeout,
        before_write: Callable[[Request], object] | None = None,
    ) -> None:
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.before_write = before_write

    def within(self, seconds: float) -> Request:
        """The same with its timeout limited to `seconds`."""
        timeout = self.timeout.within(seconds)
        return Request(self.method, self.url, self.headers, self.body, timeout, self.before_write)

    def __repr__(self) -> str:
        return f"Request({self.method!r}, <{len(self.body)} bytes>)"


class TransportFailure(NamedTuple):
    """No answer came.

    Attributes:
        reason: The transport's name for it, for example ``ReadTimeout``.
        not_sent: True when it is certain that no byte of the request reached the server.
    """

    reason: str
    not_sent: bool


class Sink(Protocol):
    """Receives the body of a download."""

    def take(self, piece: bytes) -> bool:
        """Buffer a piece in memory. False when no more are wanted."""
        ...

    @property
    def is_full(self) -> bool:
        """True when `flush` should be called before the next piece."""
        ...

    def flush(self) -> None:
        """Write the buffer to a file; blocks."""
        ...


class Send:
    """Send a request. Result: a `RawResponse` or a `TransportFailure`."""

    __slots__ = ("request",)

    def __init__(self, request: Request) -> None:
        self.request = request


class Download:
    """Fetch a file: the body of a 200 goes to the sink, which may buffer the end.

    Result: a `RawResponse`, with an empty body for a 200 and a shortened one otherwise, or a
    `TransportFailure`.
    """

    __slots__ = ("request", "sink")

    def __init__(self, request: Request, sink: Sink) -> None:
        self.request = request
        self.sink = sink


class Sleep:
    """Wait. Result: None."""

    __slots__ = ("seconds",)

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds


class RunBlocking:
    """Call a blocking function, such as a database query. Result: its return value.

    An asynchronous runner calls it in a thread. A task that is cancelled meanwhile may wait for its end, gets
    no result, and goes no further.

    Attributes:
        function: What to call.
        shielded: True to call it even when the task is being cancelled.
    """

    __slots__ = ("function", "shielded")

    def __init__(self, function: Callable[[], Any], *, shielded: bool = False) -> None:
        self.function = function
        self.shielded = shielded


class ReadItems:
    """Read up to `count` items from a source and append them to `into`, which keeps them if the source fails.

    Result: True when the source has ended.
    """

    __slots__ = ("count", "into", "source")

    def __init__(self, source: Iterator[Any] | AsyncIterator[Any], into: list[Any], count: int) -> None:
        self.source = source
        self.into = into
        self.count = count


class Spawn:
    """Start another flow concurrently (a blocking runner: run it at once). Result: None."""

    __slots__ = ("flow",)

    def __init__(self, flow: Flow[Any]) -> None:
        self.flow = flow


class Join:
    """Wait for any flow started with `Spawn` to end. Result: its return value."""


class Emit:
    """Yield a value to the caller that iterates over the flow. Result: None.

    Attributes:
        value: The value.
        taken: Called once the caller has the value.
    """

    __slots__ = ("taken", "value")

    def __init__(self, value: Any, taken: Callable[[], object]) -> None:  # noqa: ANN401  any value of a flow
        self.value = value
        self.taken = taken


Effect = Send | Download | Sleep | RunBlocking | ReadItems | Spawn | Join | Emit
Flow = Generator[Effect, Any, T]


def forward(flow: Flow[T], until: Callable[[Effect], bool]) -> Flow[T | Effect]:
    """Run a flow up to an effect for which `until` is true; return that effect without performing it.

    Returns:
        The effect, after which the flow can be continued or closed; or the flow's return value.
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
    """Run a flow until it emits a value; None when it ends."""
    effect = yield from forward(flow, lambda effect: type(effect) is Emit)
    return effect if type(effect) is Emit else None


def fold(flow: Flow[None], take: Callable[[Any], object]) -> Flow[None]:
    """Run a flow to its end and pass each emitted value to a function."""
    while (emit := (yield from next_value(flow))) is not None:
        take(emit.value)
        emit.taken()


def first_request(flow: Flow[Any]) -> Request:
    """The request that a flow would send first. Nothing is sent, and nothing recorded."""
    effect = flow.send(None)
    while type(effect) is RunBlocking:
        effect = flow.send(None)
    flow.close()
    if type(effect) is not Send:
        raise TypeError("this flow does not begin with a request")
    return effect.request
