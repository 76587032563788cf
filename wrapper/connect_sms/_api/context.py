"""State shared by a client's flows: its settings, the API provider, and the server's capabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from connect_sms._transport.rate_limit import shared_rate_limiter

if TYPE_CHECKING:
    from collections.abc import Callable

    from connect_sms._transport.effects import Request, TransportFailure
    from connect_sms.config import Settings
    from connect_sms.errors.base import ConnectSmsError
    from connect_sms.models.responses import RawResponse

    from .operation import Call, Retry, Success


class ResponsePolicy(Protocol):
    """Decides what a reply means: whether the message was sent, and whether a retry is safe."""

    def __call__(
        self,
        context: ClientContext,
        call: Call[Any],
        reply: RawResponse | TransportFailure,
        client_message_id: str | None,
        private: tuple[str, ...],
        /,
    ) -> Success[Any] | Retry | ConnectSmsError:
        """Classify a reply: a result, a retry, or an error.

        Args:
            context: The client's context.
            call: The call that was made.
            reply: The reply.
            client_message_id: The id for `OutcomeUnknown`.
            private: Strings that must not appear in an error, even if the server repeats them.
        """
        ...


class Provider:
    """An SMS API: its URL, its authentication, and its response policy.

    Attributes:
        name: Distinguishes message ids of different providers.
        base_url: The URL that paths are appended to.
        account: The account that the limit on status requests applies to, within `base_url`.
        headers: Makes the headers of a request, including authentication, from method, URL and body.
        policy: Decides what a reply means.
        secrets: Strings that must not appear in an error.
    """

    __slots__ = ("account", "base_url", "headers", "name", "policy", "secrets")

    def __init__(
        self,
        name: str,
        *,
        base_url: str,
        account: str,
        headers: Callable[[str, str, bytes], list[tuple[bytes, bytes]]],
        policy: ResponsePolicy,
        secrets: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self.base_url = base_url
        self.account = account
        self.headers = headers
        self.policy = policy
        self.secrets = secrets

    def __repr__(self) -> str:
        return f"Provider({self.name!r} at {self.base_url})"


class ServerCapabilities:
    """What is known about a server.

    Attributes:
        catalogue_batch_path: True once the server was seen to support only the catalogue's path
            for batches.
    """

    __slots__ = ("catalogue_batch_path",)

    def __init__(self) -> None:
        self.catalogue_batch_path = False


class ClientContext:
    """The context that every flow of a client needs.

    Args:
        settings: The client's settings.
        provider: The API provider.
        capabilities: What is known about the server; shared by clients that `with_options` derives.
        before_write: Called just before each write of a request to a connection, retries
            included; see `Request.before_write`.

    Attributes:
        rate_limiter: Shared by all clients of this account in this process.
    """

    __slots__ = ("before_write", "capabilities", "provider", "rate_limiter", "settings")

    def __init__(
        self,
        settings: Settings,
        provider: Provider,
        *,
        capabilities: ServerCapabilities | None = None,
        before_write: Callable[[Request], object] | None = None,
    ) -> None:
        self.settings = settings
        self.provider = provider
        self.capabilities = capabilities or ServerCapabilities()
        self.before_write = before_write
        self.rate_limiter = shared_rate_limiter(settings.clock, provider.base_url, provider.account)
