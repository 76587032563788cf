"""The settings of a client, checked when they are made."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from inspect import iscoroutinefunction
from typing import Any, Final, Literal, NoReturn, cast, get_args
from urllib.parse import urlsplit

import attrs

from connect_sms._validation.fields import check_sender, check_sub_account_id
from connect_sms._validation.hosts import is_loopback
from connect_sms._validation.options import check_names
from connect_sms._validation.urls import check_url
from connect_sms._version import __version__
from connect_sms.errors.base import ConfigurationError, InvalidArgument
from connect_sms.models.delivery_errors import DeliveryErrors
from connect_sms.models.private import Secret, clears_locals, private_init, type_name
from connect_sms.models.redaction import shown_value
from connect_sms.models.store import MessageStore

from .clock import SYSTEM_CLOCK, Clock
from .hooks import Hooks

Region = Literal["asia-pacific", "north-america", "europe", "indonesia"]

#: Where each region's service is; the contract lists the same under `servers`.
REGIONS: Final[Mapping[Region, str]] = {
    "asia-pacific": "https://sms.8x8.com/api/v1/subaccounts",
    "north-america": "https://sms.us.8x8.com/api/v1/subaccounts",
    "europe": "https://sms.8x8.uk/api/v1/subaccounts",
    "indonesia": "https://sms.8x8.id/api/v1/subaccounts",
}

USER_AGENT: Final = f"connect-sms/{__version__} Python/{platform.python_version()}"

#: Integer settings, and the maximum of each.
_LIMITS: Final = {"max_parts": 10, "batch_size": 10_000, "batch_concurrency": 64, "batch_bytes": 10_000_000}

#: Seconds; much longer timeouts overflow the operating system's clocks.
_LONGEST: Final = 86_400.0

ENV_PREFIX: Final = "CONNECT_SMS_"


def _check_key(value: object) -> Secret:
    key = value if isinstance(value, Secret) else Secret(cast("str", value))
    del value
    problem = _problem_with_key(key.reveal())
    if problem is not None:
        raise ConfigurationError(problem)
    return key


def _problem_with_key(key: object) -> str | None:
    if key is None or key == "":
        variables = f"{ENV_PREFIX}API_KEY or {ENV_PREFIX}API_KEY_FILE"
        return f"no API key: set {variables} and use from_env(), or give api_key="
    if not isinstance(key, str):
        return f"api_key must be a str, not {type(key).__name__}"
    wrong = next((place for place, char in enumerate(key) if not "!" <= char <= "~"), None)
    if wrong is None:
        return None
    # A stray newline is the commonest cause, and would otherwise surface as an illegal header.
    return f"api_key holds U+{ord(key[wrong]):04X} at position {wrong}; a key is visible ASCII, no spaces"


def _positive(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    _check_seconds(attribute.name, value)


def _check_seconds(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConfigurationError(f"{name} must be a number of seconds, not {type_name(value)}")
    if not 0 < value <= _LONGEST:
        raise ConfigurationError(f"{name} must be a number of seconds above 0, and at most a day")


def _at_least_one(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ConfigurationError(
            f"{attribute.name} must be a whole number from 1 upwards, not {shown_value(value)}"
        )


@private_init
@attrs.frozen
class Timeout:
    """How long to wait, in seconds. An infinite wait is not possible.

    Attributes:
        connect: Seconds for a connection, its TLS handshake, and a free connection in the pool.
        read: Seconds until the answer begins, and between its parts. Also bounds each write.
        total: Seconds for one try, from a free connection to the end of the answer, by the clock. None for no
            limit but that of each read.
    """

    connect: float = attrs.field(default=5.0, validator=_positive)
    read: float = attrs.field(default=30.0, validator=_positive)
    total: float | None = attrs.field(default=None, validator=attrs.validators.optional(_positive))

    def within(self, seconds: float) -> Timeout:
        """The same, limited to `seconds`, and to a tenth of a second at least."""
        most = max(seconds, 0.1)
        total = most if self.total is None else min(self.total, most)
        return Timeout(min(self.connect, most), min(self.read, most), total)


def as_timeout(value: Timeout | float) -> Timeout:
    """A `Timeout` as it is, or a number of seconds for one try by the clock, 5 of them to connect at most.

    Raises:
        ConfigurationError: It is neither a number of seconds above 0 nor a `Timeout`.
    """
    if isinstance(value, Timeout):
        return value
    _check_seconds("timeout", value)
    return Timeout(connect=min(value, 5.0), read=value, total=value)


@private_init
@attrs.frozen
class Retries:
    """How often and when to retry. What may be retried is fixed; see the response policy.

    Attributes:
        tries: Maximum number of attempts, the first included.
        initial_delay: Seconds before the second attempt; doubled for each further one.
        max_delay: Maximum seconds of a delay.
        max_retry_after: Maximum seconds to wait for a server's ``Retry-After``.
    """

    tries: int = attrs.field(default=3, validator=_at_least_one)
    initial_delay: float = attrs.field(default=0.5, validator=_positive)
    max_delay: float = attrs.field(default=8.0, validator=_positive)
    max_retry_after: float = attrs.field(default=120.0, validator=_positive)

    def delay(self, failed_tries: int, jitter: float) -> float:
        """Seconds to wait after failed attempts; `jitter` from 0 to 1 reduces it by up to half."""
        # Doubling stops long before a float overflows, for any number of attempts.
        full = min(self.initial_delay * 2.0 ** min(failed_tries - 1, 64), self.max_delay)
        return full * (0.5 + jitter / 2)


@private_init
@attrs.frozen
class Settings:
    """All settings of a client except its connections.

    The attributes are the arguments of `SmsClient`, where each is described; a region is its `base_url` here.
    """

    api_key: Secret = attrs.field(converter=_check_key)
    sub_account_id: str
    base_url: str
    timeout: Timeout = attrs.field(factory=Timeout, converter=as_timeout)
    retries: Retries = attrs.field(factory=Retries)
    sender: str | None = None
    receipt_url: str | None = None
    max_parts: int = 10
    status_interval: float = attrs.field(default=1.0, validator=_positive)
    batch_size: int = 10_000
    batch_concurrency: int = 4
    batch_bytes: int = 4_000_000
    delivery_errors: DeliveryErrors = attrs.field(factory=DeliveryErrors.default, repr=False)
    hooks: Hooks = attrs.field(factory=Hooks)
    clock: Clock = attrs.field(default=SYSTEM_CLOCK, repr=False)
    receipts: MessageStore | None = None
    send_without_store: bool = False

    def __attrs_post_init__(self) -> None:
        if self.receipts is not None and not isinstance(self.receipts, MessageStore):
            msg = f"receipts must be a store, see open_store(), not {type(self.receipts).__name__}"
            raise ConfigurationError(msg)
        if iscoroutinefunction(getattr(self.receipts, "hand_over", None)):
            raise ConfigurationError("receipts must be a store with plain methods, for both clients")
        for name, kind in _OBJECTS.items():
            value = getattr(self, name)
            if not isinstance(value, kind):
                msg = f"{name} must be an object of {kind.__name__}, not {type(value).__name__}"
                raise ConfigurationError(msg)
        try:
            check_sub_account_id(self.sub_account_id)
            if self.sender is not None:
                check_sender(self.sender)
            if self.receipt_url is not None:
                check_url(self.receipt_url, argument="receipt_url")
        except InvalidArgument as wrong:
            raise ConfigurationError(str(wrong)) from None
        for name, most in _LIMITS.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
                raise ConfigurationError(
                    f"{name} must be a whole number from 1 to {most:,}, not {shown_value(value)}"
                )

    @property
    def message_defaults(self) -> Mapping[str, str | None]:
        """Default values for options of messages."""
        return {"sender": self.sender, "receipt_url": self.receipt_url}

    def __reduce__(self) -> NoReturn:
        raise TypeError("settings hold an API key and are not pickled: build them anew in the other process")


#: Settings that are objects of this package.
_OBJECTS: Final = {
    "retries": Retries,
    "delivery_errors": DeliveryErrors,
    "hooks": Hooks,
    "clock": Clock,
    "send_without_store": bool,
}

OPTION_NAMES: Final = frozenset(field.name for field in attrs.fields(Settings)) | {"region", "allow_http"}
"""The names of `connect_sms.options.Changes`."""


@clears_locals
def make_settings(**options: Any) -> Settings:
    """Check the options of a client, except its connections, and create settings from them.

    Args:
        **options: The options of `connect_sms.options.Changes`; None counts as left out.

    Raises:
        ConfigurationError: Something is missing or wrong; the message says what to set.
    """
    given = {name: value for name, value in options.items() if value is not None}
    # Before the rest, so that the key is the first to be reported when nothing is set.
    given["api_key"] = _check_key(given.get("api_key"))
    given["sub_account_id"] = _check_sub_account(given.get("sub_account_id"), given["api_key"])
    _set_base_url(given)
    given.setdefault("base_url", REGIONS["asia-pacific"])
    return Settings(**given)


@clears_locals
def override(settings: Settings, changes: Mapping[str, object]) -> Settings:
    """Settings with some of them changed.

    Raises:
        ConfigurationError: A setting is wrong.
        TypeError: There is no such setting.
    """
    check_names("with_options", changes, OPTION_NAMES)
    changed: dict[str, Any] = dict(changes)
    _set_base_url(changed)
    return attrs.evolve(settings, **changed)


def _set_base_url(options: dict[str, Any]) -> None:
    """Replace by the checked base URL the options it is made from: region, base_url, allow_http.

    Raises:
        ConfigurationError: Both are given, or the given one is invalid.
    """
    allow_http = options.pop("allow_http", False)
    if "region" in options and "base_url" in options:
        raise ConfigurationError("give a region or a base_url, not both")
    if "region" in options:
        options["base_url"] = _region_url(options.pop("region"))
    elif "base_url" in options:
        options["base_url"] = check_base_url(options["base_url"], allow_http=allow_http)


def _check_sub_account(value: str | None, key: Secret) -> str:
    if value is None or value == "":
        msg = f"no sub-account: set {ENV_PREFIX}SUB_ACCOUNT_ID and use from_env(), or give sub_account_id="
        raise ConfigurationError(msg)
    if value == key.reveal():
        raise ConfigurationError("sub_account_id is the API key: copy it from the 8x8 Connect dashboard")
    return value


def _region_url(region: str) -> str:
    if region not in get_args(Region):
        raise ConfigurationError(f"unknown region {shown_value(region)}; 8x8 has {', '.join(REGIONS)}")
    return REGIONS[region]  # type: ignore[index]  # just checked to be one of them


def check_base_url(value: str, *, allow_http: bool = False) -> str:
    """A base URL, without a slash at its end.

    Raises:
        ConfigurationError: It is none, or would send the key in the clear; it is not shown.
    """
    try:
        parts = urlsplit(check_url(value, argument="base_url"))
    except InvalidArgument as wrong:
        raise ConfigurationError(f"{wrong}. An example: {REGIONS['europe']}") from None
    host = parts.hostname or ""
    if not all(0 < len(label) < 64 for label in host.split(".")):  # noqa: PLR2004  the maximum in DNS
        raise ConfigurationError("base_url has a host with a part that is empty or longer than 63 characters")
    of_8x8 = {urlsplit(url).hostname: url for url in REGIONS.values()}
    missing = of_8x8.get(host, value.rstrip("/"))
    if missing != value.rstrip("/"):
        raise ConfigurationError(f"base_url lacks its path: for this host it is {missing}, or give region=")
    if "?" in value:
        raise ConfigurationError("base_url must hold no query: a path is appended to it")
    if parts.scheme == "http" and not is_loopback(host) and not allow_http:
        msg = f"base_url is plain http to {host}: the key would travel in the clear; use https, or allow_http"
        raise ConfigurationError(msg)
    return value.rstrip("/")
