"""Receipts: reads what 8x8 posts, stores it durably, and merges it into one status per message.

    from connect_sms import receipts

    event = receipts.parse(body, headers)

All public names are listed here and loaded when first used. The XML form and the server need the extra
``receipts``, a PostgreSQL store the extra ``postgres``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connect_sms._lazy import lazy_names

if TYPE_CHECKING:
    from .events import DeliveryReceipt as DeliveryReceipt
    from .events import Event as Event
    from .events import InboundMessage as InboundMessage
    from .events import LinkClick as LinkClick
    from .events import UnknownEvent as UnknownEvent
    from .merging import merge as merge
    from .merging import order_key as order_key
    from .opening import open_store as open_store
    from .parsing import parse as parse
    from .parsing import parse_all as parse_all
    from .server import in_thread as in_thread
    from .server import serve as serve
    from .store import ReceiptStore as ReceiptStore
    from .stored import PendingCallback as PendingCallback
    from .stored import QuarantinedBody as QuarantinedBody
    from .webhook_app import Receiver as Receiver
    from .webhook_auth import UnprotectedReceiver as UnprotectedReceiver
    from .webhook_auth import WebhookAuth as WebhookAuth
    from .webhook_request import WebhookRequest as WebhookRequest
    from .wsgi_app import WsgiReceiver as WsgiReceiver

_HOMES = {
    "events": ("DeliveryReceipt", "Event", "InboundMessage", "LinkClick", "UnknownEvent"),
    "merging": ("merge", "order_key"),
    "opening": ("open_store",),
    "parsing": ("parse", "parse_all"),
    "server": ("in_thread", "serve"),
    "store": ("ReceiptStore",),
    "stored": ("PendingCallback", "QuarantinedBody"),
    "webhook_app": ("Receiver",),
    "webhook_auth": ("UnprotectedReceiver", "WebhookAuth"),
    "webhook_request": ("WebhookRequest",),
    "wsgi_app": ("WsgiReceiver",),
}

__getattr__, __dir__, __all__ = lazy_names(__name__, _HOMES)  # pyright: ignore[reportUnsupportedDunderAll]
