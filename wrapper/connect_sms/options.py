"""The options of a client and of its sends, each with its type.

They are for type checkers, and for functions of your own that pass options on
(``**options: Unpack[SendOptions]``). Each option is described at `SmsClient` or
`SmsClient.send`.
"""

# ruff: noqa: TC001, TC003  at run time too, so that `typing.get_type_hints` finds every name

from __future__ import annotations

import ssl
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Generic, Literal, TypedDict, TypeVar

from .clock import Clock
from .config import Region, Retries, Timeout
from .hooks import Hooks
from .models.delivery_errors import DeliveryErrors
from .models.messages import Track
from .models.private import Secret
from .models.store import MessageStore
from .text.counting import Encoding

Unset = TypeVar("Unset")
Transport = TypeVar("Transport")


WaitUntil = Literal["final", "operator", "sent"]
"""The state at which `SmsClient.wait` ends."""


class MessageOptions(TypedDict, total=False):
    """Options common to `Message` and all send calls. None means the same as leaving it out."""

    sender: str | None
    encoding: Encoding | None
    scheduled: datetime | None
    expiry: datetime | None
    receipt_url: str | None
    country: str | None
    client_ip: str | None
    track: Track | None


class _RequestOptions(MessageOptions, total=False):
    max_parts: int | None
    extra: Mapping[str, Any] | None
    timeout: Timeout | float | None


class SendOptions(_RequestOptions, total=False):
    """Options of `SmsClient.send`, where each is described, and of `SmsClient.send_and_confirm`."""

    client_message_id: str | None


class BatchOptions(_RequestOptions, total=False):
    """Options of `SmsClient.send_batch`: those of `SmsClient.send`, with an id of the batch."""

    client_batch_id: str | None


class Changes(TypedDict, Generic[Unset], total=False):
    """Options of `SmsClient.with_options`; each is described at `SmsClient`.

    `Unset` is ``Never`` where an option has to have a value, and None where None means to leave it out.
    """

    api_key: str | Secret | Unset
    sub_account_id: str | Unset
    region: Region | Unset
    base_url: str | Unset
    allow_http: bool | Unset
    timeout: Timeout | float | Unset
    retries: Retries | Unset
    sender: str | None
    receipt_url: str | None
    max_parts: int | Unset
    status_interval: float | Unset
    batch_size: int | Unset
    batch_bytes: int | Unset
    batch_concurrency: int | Unset
    delivery_errors: DeliveryErrors | Unset
    hooks: Hooks | Unset
    clock: Clock | Unset
    receipts: MessageStore | None
    send_without_store: bool | Unset


class ClientOptions(Changes[None], Generic[Transport], total=False):
    """Options of `SmsClient` and `AsyncSmsClient`, described there; `Transport` is an httpx type."""

    proxy: str | None
    tls: ssl.SSLContext | None
    transport: Transport | None
    max_connections: int | None
