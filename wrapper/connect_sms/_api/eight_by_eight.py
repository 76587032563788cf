"""8x8 as a provider: its base URL, its authentication, its response policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connect_sms.config import USER_AGENT

from .context import ClientContext, Provider
from .response_policy import classify_response

if TYPE_CHECKING:
    from connect_sms.config import Settings


def context_of(settings: Settings, before: ClientContext | None = None) -> ClientContext:
    """The context of a client of 8x8's API.

    Args:
        settings: The client's settings.
        before: The context that this one is derived from; its capabilities apply to the same server only.
    """
    same_server = before is not None and before.settings.base_url == settings.base_url
    return ClientContext(
        settings,
        _provider(settings),
        capabilities=before.capabilities if before is not None and same_server else None,
        before_write=None if before is None else before.before_write,
    )


def _provider(settings: Settings) -> Provider:
    key = settings.api_key.reveal()
    headers = [
        (b"authorization", b"Bearer " + key.encode("ascii")),
        (b"accept", b"application/json"),
        (b"accept-encoding", b"gzip, deflate"),
        (b"user-agent", USER_AGENT.encode("ascii")),
    ]
    return Provider(
        "8x8",
        base_url=settings.base_url,
        account=settings.sub_account_id,
        headers=lambda _method, _url, _body: headers,
        policy=classify_response,
        secrets=(key,),
    )
