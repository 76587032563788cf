"""What all flows of a client share."""

from __future__ import annotations

import attrs

from connect_sms.config import USER_AGENT, Settings

from .rate_limit import RateLimiter, shared_rate_limiter


@attrs.frozen
class ClientContext:
    """What every flow of a client needs.

    Attributes:
        settings: The client's settings.
        rate_limiter: Shared by everybody in this process who asks for this sub-account's messages.
        headers: Sent with every request.
        capabilities: What has been learnt of the server; shared by all that `with_options` derives.
    """

    settings: Settings
    rate_limiter: RateLimiter
    headers: list[tuple[bytes, bytes]] = attrs.field(repr=False)
    capabilities: ServerCapabilities

    @classmethod
    def of(cls, settings: Settings, capabilities: ServerCapabilities | None = None) -> ClientContext:
        """The context for these settings."""
        return cls(
            settings,
            shared_rate_limiter(settings.clock, settings.base_url, settings.sub_account_id),
            [
                (b"authorization", b"Bearer " + settings.api_key.reveal().encode("ascii")),
                (b"accept", b"application/json"),
                (b"accept-encoding", b"gzip, deflate"),
                (b"user-agent", USER_AGENT.encode("ascii")),
            ],
            capabilities or ServerCapabilities(),
        )

    def evolve(self, settings: Settings) -> ClientContext:
        """The same for other settings; what was learnt holds only for the same server."""
        return ClientContext.of(
            settings, self.capabilities if settings.base_url == self.settings.base_url else None
        )


class ServerCapabilities:
    """What has been learnt of a server.

    Attributes:
        catalogue_batch_path: True once the server has shown that it knows only the catalogue's path for
            batches.
    """

    __slots__ = ("catalogue_batch_path",)

    def __init__(self) -> None:
        self.catalogue_batch_path = False
