"""Receipts: read what 8x8 posts, keep it durably, and know one truth for each message.

    from connect_sms import receipts

    event = receipts.parse(body, headers)

Everything public is named here and loaded when first used. The XML form and the server need the extra
``receipts``, a PostgreSQL store the extra ``postgres``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .authenticity import Authenticity as Authenticity
    from .authenticity import UnprotectedReceiver as UnprotectedReceiver
    from .events import DeliveryReceipt as DeliveryReceipt
    from .events import Event as Event
    from .events import InboundMessage as InboundMessage
    from .events import UnknownEvent as UnknownEvent
    from .events import parse as parse
    from .events import parse_all as parse_all
    from .folding import SentRow as SentRow
    from .folding import Standing as Standing
    from .folding import fold as fold
    from .folding import order_key as order_key
    from .receiver import Receiver as Receiver
    from .serving import in_thread as in_thread
    from .serving import serve as serve
    from .store import PendingCallback as PendingCallback
    from .store import Quarantined as Quarantined
    from .store import Store as Store
    from .store import open_store as open_store

_HOMES = {
    "authenticity": ("Authenticity", "UnprotectedReceiver"),
    "events": ("DeliveryReceipt", "Event", "InboundMessage", "UnknownEvent", "parse", "parse_all"),
    "folding": ("SentRow", "Standing", "fold", "order_key"),
    "receiver": ("Receiver",),
    "serving": ("in_thread", "serve"),
    "store": ("PendingCallback", "Quarantined", "Store", "open_store"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

# The names are those above; a test holds the two lists together.
__all__ = [*_HOME_OF]  # noqa: PLE0604  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> object:
    home = _HOME_OF.get(name)
    if home is None:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value = getattr(import_module(f".{home}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF})
