"""8x8 as a provider: its base URL, its authentication, its response policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connect_sms.config import USER_AGENT
from connect_sms.models.private import PrivateBytes, PrivateTuple
from connect_sms.models.providers import PROVIDER

from .context import ClientContext, Provider
from .response_policy import classify_response

if TYPE_CHECKING:
    from connect_sms.config import Settings
    from connect_sms.models.store import SendJournal


def context_of(settings: Settings, *, journal: SendJournal | None = None) -> ClientContext:
    """The context of a client of 8x8's API; see `ClientContext`."""
    return ClientContext(settings, _provider(settings), journal=journal)


def _provider(settings: Settings) -> Provider:
    key = settings.api_key.reveal()
    headers = [
        (b"authorization", PrivateBytes(b"Bearer " + key.encode("ascii"))),
        (b"accept", b"application/json"),
        (b"accept-encoding", b"gzip, deflate"),
        (b"user-agent", USER_AGENT.encode("ascii")),
    ]
    return Provider(
        PROVIDER,
        base_url=settings.base_url,
        account=settings.sub_account_id,
        headers=lambda _method, _url, _body: headers,
        policy=classify_response,
        secrets=PrivateTuple((key,)),
        from_settings=_provider,
    )
