"""The source of a batch's messages."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator, Mapping, Sized
from typing import Any, cast

import attrs

from connect_sms.errors.base import InvalidArgument
from connect_sms.models.messages import Message

Recipient = str | Mapping[str, Any] | Message


def open_source(
    messages: object, look: Callable[[], None]
) -> tuple[Iterator[object] | AsyncIterator[object], int | None]:
    """An iterator over the messages, and their number if known.

    Args:
        messages: The caller's messages.
        look: Called before the next message is read, as the caller may reuse one dict.

    Raises:
        InvalidArgument: It is not an iterable of messages, or clearly a mistake.
    """
    total = len(messages) if isinstance(messages, Sized) else None
    single = isinstance(messages, str | bytes | Message)
    if single or (isinstance(messages, Mapping) and "destination" in messages):
        msg = "messages must be an iterable of recipients; for a single one, use send()"
        raise InvalidArgument(msg, argument="messages")
    texts = cast("Mapping[object, object]", messages).values() if isinstance(messages, Mapping) else ()
    if any(text is not None for text in texts):
        # Iterating would yield the keys, and send the shared text to all of them.
        msg = "messages must not map numbers to texts: give mappings with the keys destination and text"
        raise InvalidArgument(msg, argument="messages")
    if isinstance(messages, AsyncIterable):
        return _AsyncWatch(aiter(cast("AsyncIterable[object]", messages)), look), total
    if isinstance(messages, Iterable):
        return _watch(iter(cast("Iterable[object]", messages)), look), total
    msg = f"messages must be an iterable of recipients, not {type(messages).__name__}"
    raise InvalidArgument(msg, argument="messages")


def _watch(source: Iterator[object], look: Callable[[], None]) -> Iterator[object]:
    # No builtin `next` here: between its return and ours, Ctrl-C could make an item vanish.
    for item in source:
        is_text = type(item) is str
        yield item
        del item  # a traceback of the source shows this frame
        if not is_text:
            look()


@attrs.define(eq=False)
class _AsyncWatch(AsyncIterator[object]):
    # Not a generator: nothing would close it.
    source: AsyncIterator[object]
    look: Callable[[], None]

    async def __anext__(self) -> object:
        self.look()
        return await anext(self.source)
