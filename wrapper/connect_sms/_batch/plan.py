"""What a batch would send: the checks and the packing of `send_batch`, without sending."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

import attrs

from connect_sms._transport.effects import Request, first_request

from .chunks import Chunk, Chunker
from .request import BatchRequests
from .rows import Checker

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from connect_sms._api.context import ClientContext
    from connect_sms.options import MessageOptions


@attrs.define(eq=False, repr=False)
class BatchPlan:
    """Checks messages and packs them into requests.

    Attributes:
        requests: The number of requests for the messages read so far.
        first_request: The first of them; None while there is none.
    """

    _batch: BatchRequests
    _chunker: Chunker
    requests: int = 0
    first_request: Request | None = None

    @classmethod
    def of(
        cls,
        context: ClientContext,
        text: str | None = None,
        *,
        client_batch_id: str | None = None,
        max_parts: int | None = None,
        extra: Mapping[str, Any] | None = None,
        **options: Unpack[MessageOptions],
    ) -> BatchPlan:
        """Check the arguments that concern every message.

        Raises:
            InvalidArgument: One of them is invalid.
        """
        requests = BatchRequests.of(context, client_batch_id, extra, None)
        checker = Checker(context.settings, text, max_parts, options)
        return cls(requests, Chunker(checker, context.settings.batch_size, requests.max_bytes))

    def chunks(self, messages: Iterable[object]) -> Iterator[Chunk]:
        """The chunks that would be sent, invalid messages included; one may hold only invalid messages."""
        chunker = self._chunker
        for index, message in enumerate(messages):
            chunker.place(index, message)
            yield from self._full()
        chunker.flush()
        yield from self._full()

    def _full(self) -> Iterator[Chunk]:
        while self._chunker.ready:
            chunk = self._chunker.ready.popleft()
            self._chunker.chunks.remove(chunk)
            if chunk.rows:
                self.requests += 1
                self.first_request = self.first_request or first_request(self._batch.send(chunk.rows))
            yield chunk
