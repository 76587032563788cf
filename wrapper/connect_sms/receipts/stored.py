"""What a store gives back besides statuses."""

# ruff: noqa: TC001  at run time too, so that `typing.get_type_hints` finds every name

from __future__ import annotations

from datetime import datetime

import attrs

from .events import Event, UnknownEvent


@attrs.frozen
class PendingCallback:
    """An event whose callback has not been confirmed.

    Attributes:
        id: The id for `ReceiptStore.callback_done`.
        event: The event, parsed again from its body.
    """

    id: str
    event: Event


@attrs.frozen
class QuarantinedBody:
    """A body that could not be read.

    Attributes:
        event: The body and why it could not be read.
        received_at: When it was first received, in UTC.
    """

    event: UnknownEvent
    received_at: datetime
