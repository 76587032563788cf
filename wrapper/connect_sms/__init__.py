"""connect-sms: an unofficial Python toolkit for the 8x8 Connect SMS API.

    from connect_sms import SmsClient

    with SmsClient.from_env() as sms:
        sent = sms.send("+447700900123", "Your code is 482910", sender="ACME")

All public names are listed here and loaded when first used, so that importing the package is fast.
"""

from __future__ import annotations

from ._lazy import lazy_names
from ._version import __version__ as __version__

# Type checkers know it by name; importing it from typing would take longer than all the rest.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from .async_client import AsyncSmsClient as AsyncSmsClient
    from .client import SmsClient as SmsClient
    from .clock import Clock as Clock
    from .clock import ManualClock as ManualClock
    from .config import REGIONS as REGIONS
    from .config import Retries as Retries
    from .config import Settings as Settings
    from .config import Timeout as Timeout
    from .environment import ExposedKeyFile as ExposedKeyFile
    from .errors.base import ConfigurationError as ConfigurationError
    from .errors.base import ConnectSmsError as ConnectSmsError
    from .errors.base import InvalidArgument as InvalidArgument
    from .errors.base import InvalidBatch as InvalidBatch
    from .errors.base import InvalidDestination as InvalidDestination
    from .errors.base import InvalidSchedule as InvalidSchedule
    from .errors.base import InvalidSender as InvalidSender
    from .errors.base import InvalidText as InvalidText
    from .errors.base import MissingExtra as MissingExtra
    from .errors.base import StoreUnavailable as StoreUnavailable
    from .errors.calls import ApiError as ApiError
    from .errors.calls import AuthenticationFailed as AuthenticationFailed
    from .errors.calls import BadRequest as BadRequest
    from .errors.calls import ConnectionFailed as ConnectionFailed
    from .errors.calls import Gone as Gone
    from .errors.calls import InsecureProtocol as InsecureProtocol
    from .errors.calls import InvalidResponse as InvalidResponse
    from .errors.calls import MessageRejected as MessageRejected
    from .errors.calls import NetworkError as NetworkError
    from .errors.calls import NoResponse as NoResponse
    from .errors.calls import NotFound as NotFound
    from .errors.calls import OutcomeUnknown as OutcomeUnknown
    from .errors.calls import PermissionDenied as PermissionDenied
    from .errors.calls import RateLimited as RateLimited
    from .errors.calls import RequestBlocked as RequestBlocked
    from .errors.calls import ServerError as ServerError
    from .errors.results import BatchInterrupted as BatchInterrupted
    from .errors.results import ExportFailed as ExportFailed
    from .errors.results import WaitTimeout as WaitTimeout
    from .hook_events import RequestEvent as RequestEvent
    from .hook_events import ResultEvent as ResultEvent
    from .hook_events import RetryEvent as RetryEvent
    from .hooks import Hooks as Hooks
    from .models.api_codes import ApiCode as ApiCode
    from .models.batch_results import BatchProgress as BatchProgress
    from .models.batch_results import BatchRequestResult as BatchRequestResult
    from .models.batch_results import BatchResult as BatchResult
    from .models.batch_results import RecipientResult as RecipientResult
    from .models.delivery_errors import DeliveryError as DeliveryError
    from .models.delivery_errors import DeliveryErrors as DeliveryErrors
    from .models.delivery_errors import ErrorCategory as ErrorCategory
    from .models.log_exports import LogExport as LogExport
    from .models.log_exports import LogFile as LogFile
    from .models.messages import Message as Message
    from .models.messages import Sent as Sent
    from .models.messages import Track as Track
    from .models.messages import UncheckedSender as UncheckedSender
    from .models.outcomes import Outcome as Outcome
    from .models.private import Secret as Secret
    from .models.responses import RawResponse as RawResponse
    from .models.sent import SentMessage as SentMessage
    from .models.status import MessageStatus as MessageStatus
    from .models.status import Price as Price
    from .models.store import MessageStore as MessageStore
    from .options import BatchOptions as BatchOptions
    from .options import ClientOptions as ClientOptions
    from .options import MessageOptions as MessageOptions
    from .options import SendOptions as SendOptions
    from .options import WaitUntil as WaitUntil
    from .text.counting import Encoding as Encoding
    from .text.counting import NonGsmCharacter as NonGsmCharacter
    from .text.counting import Segments as Segments
    from .text.counting import Transliteration as Transliteration
    from .text.counting import segments as segments
    from .text.counting import split as split
    from .text.counting import transliterate as transliterate

_HOMES = {
    "async_client": ("AsyncSmsClient",),
    "client": ("SmsClient",),
    "clock": (
        "Clock",
        "ManualClock",
    ),
    "config": (
        "REGIONS",
        "Retries",
        "Settings",
        "Timeout",
    ),
    "environment": ("ExposedKeyFile",),
    "errors.base": (
        "ConfigurationError",
        "ConnectSmsError",
        "InvalidArgument",
        "InvalidBatch",
        "InvalidDestination",
        "InvalidSchedule",
        "InvalidSender",
        "InvalidText",
        "MissingExtra",
        "StoreUnavailable",
    ),
    "errors.calls": (
        "ApiError",
        "AuthenticationFailed",
        "BadRequest",
        "ConnectionFailed",
        "Gone",
        "InsecureProtocol",
        "MessageRejected",
        "NetworkError",
        "NoResponse",
        "NotFound",
        "OutcomeUnknown",
        "PermissionDenied",
        "RateLimited",
        "RequestBlocked",
        "ServerError",
        "InvalidResponse",
    ),
    "errors.results": (
        "BatchInterrupted",
        "ExportFailed",
        "WaitTimeout",
    ),
    "hook_events": (
        "RequestEvent",
        "ResultEvent",
        "RetryEvent",
    ),
    "hooks": ("Hooks",),
    "models.api_codes": ("ApiCode",),
    "models.batch_results": (
        "BatchProgress",
        "BatchRequestResult",
        "BatchResult",
        "RecipientResult",
    ),
    "models.delivery_errors": (
        "DeliveryError",
        "DeliveryErrors",
        "ErrorCategory",
    ),
    "models.log_exports": (
        "LogExport",
        "LogFile",
    ),
    "models.messages": (
        "Message",
        "Sent",
        "Track",
        "UncheckedSender",
    ),
    "models.outcomes": ("Outcome",),
    "models.private": ("Secret",),
    "models.responses": ("RawResponse",),
    "models.sent": ("SentMessage",),
    "models.status": (
        "MessageStatus",
        "Price",
    ),
    "models.store": ("MessageStore",),
    "options": (
        "BatchOptions",
        "ClientOptions",
        "MessageOptions",
        "SendOptions",
        "WaitUntil",
    ),
    "text.counting": (
        "Encoding",
        "NonGsmCharacter",
        "Transliteration",
        "Segments",
        "segments",
        "split",
        "transliterate",
    ),
}

# The names are those above; a test compares the two lists.
__getattr__, __dir__, _names = lazy_names(__name__, _HOMES)
__all__ = ["__version__", *_names]  # noqa: PLE0604  # pyright: ignore[reportUnsupportedDunderAll]
