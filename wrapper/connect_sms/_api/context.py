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
    from connect_sms.models.store import SendJournal

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
        name: Tells message ids of different providers apart.
        base_url: What paths are appended to.
        account: Whose limit on status requests counts, within `base_url`.
        headers: Makes the headers of a request, authentication among them, from method, URL and body.
        policy: What a reply means.
        secrets: Strings that no error may show.
        from_settings: Makes the provider of other settings, for a client that `with_options` derives. None
            when it does not depend on them.
    """

    __slots__ = ("account", "base_url", "from_settings", "headers", "name", "policy", "secrets")

    def __init__(
        self,
        name: str,
        *,
        base_url: str,
        account: str,
        headers: Callable[[str, str, bytes], list[tuple[bytes, bytes]]],
        policy: ResponsePolicy,
        secrets: tuple[str, ...] = (),
        from_settings: Callable[[Settings], Provider] | None = None,
    ) -> None:
        self.name = name
        self.base_url = base_url
        self.account = account
        self.headers = headers
        self.policy = policy
        self.secrets = secrets
        self.from_settings = from_settings

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
        provider: The API it talks to.
        capabilities: What has been learnt of the server; shared by clients that `with_options` derives.
        before_write: Called just before each write of a request to a connection, tries after the first
            included. What it raises ends the call, and that request is not sent; see `Request.before_write`.
        journal: Where messages are recorded before they are sent; the receipt store of the settings when
            left out.

    Attributes:
        rate_limiter: Shared by all clients of this account in this process.
    """

    __slots__ = ("before_write", "capabilities", "journal", "provider", "rate_limiter", "settings")

    def __init__(
        self,
        settings: Settings,
        provider: Provider,
        *,
        capabilities: ServerCapabilities | None = None,
        before_write: Callable[[Request], object] | None = None,
        journal: SendJournal | None = None,
    ) -> None:
        self.settings = settings
        self.provider = provider
        self.capabilities = capabilities or ServerCapabilities()
        self.before_write = before_write
        self.journal = settings.receipts if journal is None else journal
        self.rate_limiter = shared_rate_limiter(settings.clock, provider.base_url, provider.account)

    def derive(self, settings: Settings) -> ClientContext:
        """The same with other settings. What was learnt holds for the same server alone."""
        before = self.provider
        provider = before if before.from_settings is None else before.from_settings(settings)
        return ClientContext(
            settings,
            provider,
            capabilities=self.capabilities if provider.base_url == before.base_url else None,
            before_write=self.before_write,
            journal=None if self.journal is self.settings.receipts else self.journal,
        )
