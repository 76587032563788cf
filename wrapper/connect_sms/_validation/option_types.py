"""The names and types of `**overrides` and `**changes`, for type checkers and editors alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    import ssl

    import httpx

    from connect_sms.clock import Clock
    from connect_sms.config import Region, Retries, Secret, Timeout
    from connect_sms.hooks import Hooks
    from connect_sms.models.delivery_errors import DeliveryErrors
    from connect_sms.models.store import MessageStore


class Changes(TypedDict, total=False):
    """What `with_options` takes. None takes a default back, where there need not be one."""

    api_key: str | Secret
    sub_account_id: str
    region: Region
    base_url: str
    allow_http: bool
    timeout: Timeout | float
    retries: Retries
    sender: str | None
    receipt_url: str | None
    max_parts: int
    status_interval: float
    batch_size: int
    batch_bytes: int
    batch_concurrency: int
    delivery_errors: DeliveryErrors
    hooks: Hooks
    clock: Clock
    receipts: MessageStore | None


class Overrides(TypedDict, total=False):
    """What `from_env` takes: the arguments of the class. None leaves it to the environment."""

    api_key: str | Secret | None
    sub_account_id: str | None
    region: Region | None
    base_url: str | None
    timeout: Timeout | float | None
    retries: Retries | None
    sender: str | None
    receipt_url: str | None
    max_parts: int | None
    status_interval: float | None
    batch_size: int | None
    batch_bytes: int | None
    batch_concurrency: int | None
    delivery_errors: DeliveryErrors | None
    hooks: Hooks | None
    clock: Clock | None
    receipts: MessageStore | None
    proxy: str | None
    tls: ssl.SSLContext | None
    transport: httpx.BaseTransport | httpx.AsyncBaseTransport | None
    max_connections: int | None
    allow_http: bool | None
