"""Every error this library raises, and what it means for the message.

::

    ConnectSmsError
    ├── ConfigurationError          a setting is missing or invalid; nothing was sent
    │   └── MissingExtra            an optional part is not installed; the message has the command
    ├── InvalidArgument             an invalid argument (also a ValueError); nothing was sent
    │   ├── InvalidDestination
    │   ├── InvalidSender
    │   ├── InvalidText             empty, or too long to send whole
    │   ├── InvalidSchedule         naive, past or too far away
    │   └── InvalidBatch            messages of a batch are invalid; lists each of them
    ├── ApiError                    8x8 answered 4xx (on a read also 5xx): the request was refused
    │   ├── BadRequest              400, 422 and any other 4xx
    │   ├── AuthenticationFailed    401
    │   ├── PermissionDenied        403
    │   ├── NotFound                404
    │   ├── Gone                    410
    │   ├── InsecureProtocol        426
    │   ├── RateLimited             429, after the last retry
    │   └── ServerError             5xx on a read, after the last retry
    ├── NetworkError
    │   ├── ConnectionFailed        no connection was made; nothing was sent
    │   └── NoResponse              a read went out and no usable answer came back
    ├── RequestBlocked              a check before the request was written failed; nothing was sent
    ├── OutcomeUnknown              a send went out, and whether it was accepted is not known
    ├── MessageRejected             8x8 answered 200 and refused the message
    ├── InvalidResponse             2xx to a read that cannot be parsed
    ├── StoreUnavailable            the store could not be written or read now; a send was not made
    ├── ExportFailed                a log export ended without a log, or not in time
    ├── WaitTimeout                 no final state within the time given; carries the last status seen
    └── BatchInterrupted            a batch stopped half-way; carries the result of every recipient

``may_have_been_sent`` of an error is True when sending again may send twice.

No message, repr or pickle of these holds a key, a phone number or a text: 8x8's answer is in ``response``,
in memory only, and dropped when an error is pickled.
"""

from __future__ import annotations

from connect_sms._lazy import lazy_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .base import ConfigurationError as ConfigurationError
    from .base import ConnectSmsError as ConnectSmsError
    from .base import InvalidArgument as InvalidArgument
    from .base import InvalidBatch as InvalidBatch
    from .base import InvalidDestination as InvalidDestination
    from .base import InvalidSchedule as InvalidSchedule
    from .base import InvalidSender as InvalidSender
    from .base import InvalidText as InvalidText
    from .base import MissingExtra as MissingExtra
    from .base import StoreUnavailable as StoreUnavailable
    from .calls import ApiError as ApiError
    from .calls import AuthenticationFailed as AuthenticationFailed
    from .calls import BadRequest as BadRequest
    from .calls import ConnectionFailed as ConnectionFailed
    from .calls import Gone as Gone
    from .calls import InsecureProtocol as InsecureProtocol
    from .calls import InvalidResponse as InvalidResponse
    from .calls import MessageRejected as MessageRejected
    from .calls import NetworkError as NetworkError
    from .calls import NoResponse as NoResponse
    from .calls import NotFound as NotFound
    from .calls import OutcomeUnknown as OutcomeUnknown
    from .calls import PermissionDenied as PermissionDenied
    from .calls import RateLimited as RateLimited
    from .calls import RequestBlocked as RequestBlocked
    from .calls import ServerError as ServerError
    from .results import BatchInterrupted as BatchInterrupted
    from .results import ExportFailed as ExportFailed
    from .results import WaitTimeout as WaitTimeout

_HOMES = {
    "base": (
        "ConfigurationError", "ConnectSmsError", "InvalidArgument", "InvalidBatch", "InvalidDestination",
        "InvalidSchedule", "InvalidSender", "InvalidText", "MissingExtra", "StoreUnavailable",
    ),
    "calls": (
        "ApiError", "AuthenticationFailed", "BadRequest", "ConnectionFailed", "Gone", "InsecureProtocol",
        "InvalidResponse", "MessageRejected", "NetworkError", "NoResponse", "NotFound", "OutcomeUnknown",
        "PermissionDenied", "RateLimited", "RequestBlocked", "ServerError",
    ),
    "results": (
        "BatchInterrupted", "ExportFailed", "WaitTimeout",
    ),
}  # fmt: skip

__getattr__, __dir__, __all__ = lazy_names(__name__, _HOMES)  # pyright: ignore[reportUnsupportedDunderAll]
