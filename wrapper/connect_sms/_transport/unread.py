"""Whether there is anything to read on a connection: asked before each request, so it has to be cheap."""

from __future__ import annotations

import select
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpcore


class Unread:
    """What lies unread on a stream of httpcore's. True when there is anything, or when it has ended.

    The layers of the standard library, anyio and trio hold bytes that the operating system no longer has: a
    TLS stream keeps records, and one of asyncio a queue.
    """

    __slots__ = ("_held", "_poll", "_stream")

    def __init__(self, stream: httpcore.NetworkStream | httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self._held = tuple(_held_by(stream))
        self._poll = _poll_of(stream.get_extra_info("socket"))

    def __bool__(self) -> bool:
        for held in self._held:
            if held():
                return True
        if self._poll is None:
            return bool(self._stream.get_extra_info("is_readable"))
        return bool(self._poll.poll(0))


def _held_by(stream: object) -> Iterator[Callable[[], Any]]:
    """For each layer, what says how much it holds."""
    layer: Any = stream
    while layer is not None:
        tls = getattr(layer, "_ssl_object", None) or getattr(layer, "ssl_obj", None) or layer
        pending = getattr(tls, "pending", None)
        if callable(pending):
            yield pending
        records = getattr(layer, "_read_bio", None) or getattr(layer, "_incoming", None)
        if records is not None:
            yield partial(getattr, records, "pending")
        queue = getattr(getattr(layer, "_protocol", None), "read_queue", None)
        if queue is not None:
            yield queue.__len__
        layer = (
            getattr(layer, "_stream", None)
            or getattr(layer, "transport_stream", None)
            or getattr(layer, "_sock", None)
        )


def _poll_of(connection: Any) -> select.poll | None:  # noqa: ANN401  a socket, or what stands for one
    """What asks the operating system; None where httpcore has to."""
    if connection is None or not hasattr(select, "poll") or connection.fileno() < 0:
        return None
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return poll
