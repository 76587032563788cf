"""The base of both clients: construction and settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Generic, NoReturn, Self

from connect_sms._api.eight_by_eight import context_of
from connect_sms._transport.connection import Connection

from ._lazy import LazyModule
from .config import Settings, make_settings, override
from .options import Transport

if TYPE_CHECKING:
    from typing import Never, Unpack

    from . import environment
    from .options import Changes, ClientOptions
else:
    environment = LazyModule("connect_sms.environment")


class BaseClient(Generic[Transport]):
    """A client without API calls; subclasses add these and their connection pool."""

    _POOL: ClassVar[type[Any]]

    def __init__(self, **options: Unpack[ClientOptions[Transport]]) -> None:
        given: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
        connection = Connection.taken_from(given)
        self._context = context_of(make_settings(**given))
        self._pool = self._POOL(connection)

    @classmethod
    def from_env(cls, **options: Unpack[ClientOptions[Transport]]) -> Self:
        """A client with settings from environment variables.

        Reads ``CONNECT_SMS_API_KEY`` or ``CONNECT_SMS_API_KEY_FILE``, ``CONNECT_SMS_SUB_ACCOUNT_ID``,
        ``CONNECT_SMS_REGION`` or ``CONNECT_SMS_BASE_URL``, ``CONNECT_SMS_TIMEOUT`` and
        ``CONNECT_SMS_SENDER``.

        Args:
            **options: Arguments of the class, instead of the environment's values; None uses the
                environment.

        Raises:
            ConfigurationError: A setting is missing or invalid; the message says what to set.
        """
        given: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
        return cls(**environment.from_environment(without=given), **given)

    def with_options(self, **changes: Unpack[Changes[Never]]) -> Self:
        """A client with other settings, on the same connections. Closing either closes both.

        Args:
            **changes: Arguments of the class, except proxy, tls, transport and max_connections. None
                clears sender, receipt_url or receipts.

        Raises:
            ConfigurationError: An unknown or invalid setting.
        """
        twin = object.__new__(type(self))
        twin._context, twin._pool = context_of(override(self.settings, changes), self._context), self._pool
        return twin

    @property
    def settings(self) -> Settings:
        """The client's settings. The repr of the key in them does not show it."""
        return self._context.settings

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.settings.sub_account_id!r} at {self.settings.base_url})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a client holds an API key and open connections and is not pickled: make one in each process"
        )
