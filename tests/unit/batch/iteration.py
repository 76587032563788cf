"""One way to iterate over `iter_batch` of either client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connect_sms import AsyncSmsClient, BatchProgress, BatchRequestResult, SmsClient
from tests.support import TEXT
from tests.unit.batch.server import TWO_BY_TWO

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.batch.sender import Sender


Yielded = list[BatchRequestResult]


def iterate(
    sender: Sender,
    server: Any,
    messages: Any,
    *,
    client: Any = TWO_BY_TWO,
    into: Yielded | None = None,
    leave: Callable[[BatchRequestResult], bool] = lambda _: False,
    **arguments: Any,
) -> Yielded:
    """What is yielded, until `leave` says to break out of the loop."""
    yielded: Yielded = [] if into is None else into

    def blocking(sms: SmsClient) -> Yielded:
        for request in sms.iter_batch(messages, TEXT, **arguments):
            yielded.append(request)
            if leave(request):
                break
        return yielded

    async def asynchronous(sms: AsyncSmsClient) -> Yielded:
        requests = sms.iter_batch(messages, TEXT, **arguments)
        async for request in requests:
            yielded.append(request)
            if leave(request):
                break
        del requests
        return yielded

    function: Any = asynchronous if sender.is_async else blocking
    found: Yielded = sender.run(server, function, messages, **client)
    return found


def unfinished(calls: list[BatchProgress]) -> Any:
    """The result told with the last call of `progress`."""
    assert [call.ended for call in calls].count(True) == 1
    assert calls[-1].result is not None
    return calls[-1].result
