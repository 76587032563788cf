"""connect-sms: an unofficial Python toolkit for the 8x8 Connect SMS API.

    from connect_sms import SmsClient

    with SmsClient.from_env() as sms:
        sent = sms.send("+447700900123", "Your code is 482910", sender="ACME")

Everything public is named here and loaded when first used, so that importing the package costs next to
nothing.
"""

from __future__ import annotations

__version__ = "0.1.0"

# Known to type checkers by its name alone; to import it from typing would take longer than all the rest.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from .aio import AsyncSmsClient as AsyncSmsClient
    from .client import SmsClient as SmsClient
    from .clock import Clock as Clock
    from .clock import ManualClock as ManualClock
    from .codes import ApiCode as ApiCode
    from .config import REGIONS as REGIONS
    from .config import Retries as Retries
    from .config import Secret as Secret
    from .config import Settings as Settings
    from .config import Timeout as Timeout
    from .errors import ApiError as ApiError
    from .errors import AuthenticationFailed as AuthenticationFailed
    from .errors import BadRequest as BadRequest
    from .errors import BatchInterrupted as BatchInterrupted
    from .errors import ConfigurationError as ConfigurationError
    from .errors import ConnectionFailed as ConnectionFailed
    from .errors import ConnectSmsError as ConnectSmsError
    from .errors import ExportFailed as ExportFailed
    from .errors import Gone as Gone
    from .errors import InsecureProtocol as InsecureProtocol
    from .errors import InvalidArgument as InvalidArgument
    from .errors import InvalidBatch as InvalidBatch
    from .errors import InvalidDestination as InvalidDestination
    from .errors import InvalidSchedule as InvalidSchedule
    from .errors import InvalidSender as InvalidSender
    from .errors import InvalidText as InvalidText
    from .errors import MessageRejected as MessageRejected
    from .errors import MissingExtra as MissingExtra
    from .errors import NetworkError as NetworkError
    from .errors import NoAnswer as NoAnswer
    from .errors import NotFound as NotFound
    from .errors import OutcomeUnknown as OutcomeUnknown
    from .errors import PermissionDenied as PermissionDenied
    from .errors import RateLimited as RateLimited
    from .errors import ServerError as ServerError
    from .errors import StoreUnavailable as StoreUnavailable
    from .errors import UnreadableAnswer as UnreadableAnswer
    from .errors import WaitTimeout as WaitTimeout
    from .hooks import Hooks as Hooks
    from .hooks import RequestEvent as RequestEvent
    from .hooks import ResultEvent as ResultEvent
    from .hooks import RetryEvent as RetryEvent
    from .messages import BatchProgress as BatchProgress
    from .messages import BatchResult as BatchResult
    from .messages import LogExport as LogExport
    from .messages import LogFile as LogFile
    from .messages import Message as Message
    from .messages import MessageStatus as MessageStatus
    from .messages import Price as Price
    from .messages import RawResponse as RawResponse
    from .messages import RecipientResult as RecipientResult
    from .messages import Sent as Sent
    from .outcomes import DeliveryError as DeliveryError
    from .outcomes import DeliveryErrors as DeliveryErrors
    from .outcomes import Outcome as Outcome
    from .outcomes import Treatment as Treatment
    from .records import Records as Records
    from .records import SentNote as SentNote
    from .text import Offender as Offender
    from .text import PlainText as PlainText
    from .text import Segments as Segments
    from .text import segments as segments
    from .text import split as split
    from .text import suggest_plain as suggest_plain

_HOMES = {
    "aio": ("AsyncSmsClient",),
    "client": ("SmsClient",),
    "clock": ("Clock", "ManualClock"),
    "codes": ("ApiCode",),
    "config": ("REGIONS", "Retries", "Secret", "Settings", "Timeout"),
    "errors": (
        "ApiError",
        "AuthenticationFailed",
        "BadRequest",
        "BatchInterrupted",
        "ConfigurationError",
        "ConnectSmsError",
        "ConnectionFailed",
        "ExportFailed",
        "Gone",
        "InsecureProtocol",
        "InvalidArgument",
        "InvalidBatch",
        "InvalidDestination",
        "InvalidSchedule",
        "InvalidSender",
        "InvalidText",
        "MessageRejected",
        "MissingExtra",
        "NetworkError",
        "NoAnswer",
        "NotFound",
        "OutcomeUnknown",
        "PermissionDenied",
        "RateLimited",
        "ServerError",
        "StoreUnavailable",
        "UnreadableAnswer",
        "WaitTimeout",
    ),
    "hooks": ("Hooks", "RequestEvent", "ResultEvent", "RetryEvent"),
    "messages": (
        "BatchProgress",
        "BatchResult",
        "LogExport",
        "LogFile",
        "Message",
        "MessageStatus",
        "Price",
        "RawResponse",
        "RecipientResult",
        "Sent",
    ),
    "outcomes": ("DeliveryError", "DeliveryErrors", "Outcome", "Treatment"),
    "records": ("Records", "SentNote"),
    "text": ("Offender", "PlainText", "Segments", "segments", "split", "suggest_plain"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

# The names are those above; a test holds the two lists together.
__all__ = ["__version__", *_HOME_OF]  # noqa: PLE0604  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> object:
    home = _HOME_OF.get(name)
    if home is None:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    from importlib import import_module  # noqa: PLC0415  not needed to import the package

    value = getattr(import_module(f".{home}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF})
