"""One request of a batch: its body and its path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs

from connect_sms._api.bodies import BATCH_FIELDS, BatchBody, send_batch_body
from connect_sms._api.operations import SEND_BATCH, SEND_BATCH_AT_CATALOGUE_PATH, SubmittedBatch
from connect_sms._api.request import call
from connect_sms._transport.json import dumps
from connect_sms._validation.fields import check_client_batch_id
from connect_sms._validation.options import check_extra
from connect_sms.errors.calls import ApiError
from connect_sms.models.private import PrivateDict, PrivateTuple

from .rows import Row, added_size

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connect_sms._api.context import ClientContext
    from connect_sms._api.journal import Record
    from connect_sms._api.operation import Operation, Success
    from connect_sms._transport.effects import Flow
    from connect_sms.config import Timeout

#: Statuses of a path that does not exist: nothing was done.
_NO_SUCH_PATH: Final = frozenset({404, 405})


@attrs.frozen(eq=False, repr=False)
class BatchRequests:
    """Makes the requests of a batch, with their common settings.

    Attributes:
        max_bytes: Maximum bytes of the messages of a request.
    """

    max_bytes: int
    _context: ClientContext
    _body: BatchBody
    _extra: Mapping[str, Any] | None
    _timeout: Timeout | float | None

    @classmethod
    def of(
        cls,
        context: ClientContext,
        client_batch_id: str | None,
        extra: Mapping[str, Any] | None,
        timeout: Timeout | float | None,
    ) -> BatchRequests:
        """Check the arguments that concern every request.

        Raises:
            InvalidArgument: One of them is invalid.
        """
        if client_batch_id is not None:
            check_client_batch_id(client_batch_id)
        extra = check_extra(extra, BATCH_FIELDS)
        body = send_batch_body(client_batch_id)
        around = len(dumps(body.to_dict())) + added_size(extra)
        return cls(context.settings.batch_bytes - around + len(b","), context, body, extra, timeout)

    def send(
        self,
        rows: list[Row],
        answered: Callable[[Success[SubmittedBatch]], None] | None = None,
        record: Record | None = None,
    ) -> Flow[Success[SubmittedBatch]]:
        """Send to the path 8x8 documents, or to the catalogue's where the server lacks that.

        Args:
            rows: The messages.
            answered: Called with the answer, before the last hook.
            record: The record of the messages, made before the first try.
        """
        capabilities = self._context.capabilities
        paths = [SEND_BATCH, SEND_BATCH_AT_CATALOGUE_PATH]
        if capabilities.catalogue_batch_path:
            paths.reverse()
        try:
            return (yield from self._call(paths[0], rows, answered, record))
        except ApiError as error:
            # With a code of 8x8's own the path is there, and it is something else that was not found.
            if error.status not in _NO_SUCH_PATH or error.code is not None:
                raise
            refused = error
        try:
            done = yield from self._call(paths[1], rows, answered, record)
        except ApiError as error:
            raise (refused if error.status in _NO_SUCH_PATH else error) from None
        capabilities.catalogue_batch_path = paths[1] is SEND_BATCH_AT_CATALOGUE_PATH
        return done

    def _call(
        self,
        operation: Operation[..., SubmittedBatch],
        rows: list[Row],
        answered: Callable[[Success[SubmittedBatch]], None] | None,
        record: Record | None,
    ) -> Flow[Success[SubmittedBatch]]:
        what = operation(self._context.settings.sub_account_id, body=self._body)
        document = PrivateDict[Any]({**(what.document or {}), "messages": [row.document() for row in rows]})
        return (
            yield from call(
                self._context,
                attrs.evolve(what, document=document),
                timeout=self._timeout,
                extra=self._extra,
                private=PrivateTuple({row.text for row in rows}),
                messages=len(rows),
                refusal=answered,
                record=record,
            )
        )
