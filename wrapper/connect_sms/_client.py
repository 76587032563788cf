"""The base of both clients: construction and settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Generic, Never, NoReturn, Self, Unpack

from connect_sms._api.eight_by_eight import context_of
from connect_sms._transport.connection import Connection
from connect_sms._validation.options import check_names
from connect_sms.models.private import clears_locals

from ._lazy import LazyModule
from .config import OPTION_NAMES, Settings, make_settings, override
from .options import Changes, ClientOptions, Transport

if TYPE_CHECKING:
    from connect_sms._api.context import ClientContext

    from . import environment
else:
    environment = LazyModule("connect_sms.environment")


class BaseClient(Generic[Transport]):
    """A client without API calls; subclasses add these and their connection pool."""

    _POOL: ClassVar[type[Any]]

    @clears_locals
    def __init__(self, **options: Unpack[ClientOptions[Transport]]) -> None:
        check_names(type(self).__name__, options, (*OPTION_NAMES, *Connection.OPTIONS))
        given: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
        connection = Connection.taken_from(given)
        self._context = context_of(make_settings(**given))
        self._pool = self._POOL(connection)
        connection.check_proxy(self.settings.base_url)

    @classmethod
    @clears_locals
    def from_env(cls, **options: Unpack[ClientOptions[Transport]]) -> Self:
        """A client with settings from environment variables.

        Reads ``CONNECT_SMS_API_KEY`` or ``CONNECT_SMS_API_KEY_FILE``, ``CONNECT_SMS_SUB_ACCOUNT_ID``,
        ``CONNECT_SMS_REGION`` or ``CONNECT_SMS_BASE_URL``, ``CONNECT_SMS_TIMEOUT`` and
        ``CONNECT_SMS_SENDER``.

        Args:
            **options: Arguments of the class, instead of the environment's values; None uses the
                environment.

        Warns:
            ExposedKeyFile: Other users of the machine may read the key file.

        Raises:
            ConfigurationError: A setting is missing or invalid; the message says what to set.
        """
        given: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
        return cls(**environment.from_environment(without=given), **given)

    @clears_locals
    def with_options(self, **changes: Unpack[Changes[Never]]) -> Self:
        """A client with other settings, on the same connections. Closing either closes both.

        Args:
            **changes: Arguments of the class, except proxy, tls, transport and max_connections. None
                clears sender, receipt_url or receipts.

        Raises:
            ConfigurationError: A setting is wrong.
            TypeError: There is no such setting; the message names those that there are.
        """
        twin = object.__new__(type(self))
        twin._context, twin._pool = self._context.derive(override(self.settings, changes)), self._pool
        return twin

    @classmethod
    def _from_context(cls, context: ClientContext, connection: Connection | None = None) -> Self:
        """A client on a context made elsewhere: with another provider, or a check before each write.

        For other parts of this package; everybody else calls the class.

        Args:
            context: Its settings, the API it talks to, and the check. `with_options` derives from it.
            connection: How to reach the server; as usual when left out.

        Raises:
            ConfigurationError: Something about the connection is wrong.
        """
        client = object.__new__(cls)
        connection = connection or Connection()
        client._context, client._pool = context, cls._POOL(connection)
        connection.check_proxy(context.provider.base_url)
        return client

    @property
    def settings(self) -> Settings:
        """The client's settings. The repr of the key in them does not show it."""
        return self._context.settings

    def __repr__(self) -> str:
        context: ClientContext | None = getattr(self, "_context", None)
        if context is None:  # in the traceback of a constructor that failed
            return f"{type(self).__name__}()"
        return f"{type(self).__name__}({context.settings.sub_account_id!r} at {context.settings.base_url})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a client holds an API key and open connections and is not pickled: make one in each process"
        )
