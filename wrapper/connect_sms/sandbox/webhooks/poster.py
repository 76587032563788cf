"""Posts one request to a receiver."""

from __future__ import annotations

import threading
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from connect_sms._lazy import LazyModule
from connect_sms._validation.hosts import is_loopback

from .oauth import TokenSource

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx

    from connect_sms.sandbox.state import SandboxState

    Deliver = Callable[[str, Mapping[str, str], bytes], int]
else:
    httpx = LazyModule("httpx")  # not needed by a sandbox that posts nothing


class Poster:
    """Posts over HTTP, or to a function.

    Args:
        state: Of the sandbox.
        deliver: Called with URL, headers and body instead of HTTP, returns an HTTP status, and raises
            `OSError` for a failed connection.
    """

    def __init__(self, state: SandboxState, deliver: Deliver | None) -> None:
        self._state = state
        self._deliver = deliver
        self._client: httpx.Client | None = None
        self._tokens = TokenSource(self._post_form)
        self._lock = threading.Lock()

    def may_post_to(self, url: str) -> bool:
        """Whether the settings allow this URL: a test with a real URL must not reach it."""
        if self._deliver is not None or self._state.settings.receipt_hosts == "any":
            return True
        return is_loopback(urlsplit(url).hostname or "")

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int | Literal["error"]:
        """Post; returns the HTTP status, or ``error`` when there was no response in time, or no token."""
        oauth = self._state.settings.receipt_oauth
        try:
            if oauth is not None:
                headers = {**headers, "Authorization": self._tokens.authorization(oauth)}
            if self._deliver is not None:
                status = self._deliver(url, headers, body)
            else:
                lines = [(name.encode(), value.encode()) for name, value in headers.items()]
                status = self._opened().post(url, content=body, headers=lines).status_code
        except (OSError, ValueError, httpx.HTTPError, httpx.InvalidURL):
            return "error"
        if status == HTTPStatus.UNAUTHORIZED:
            self._tokens.forget()
        return status

    def _post_form(self, url: str, headers: Mapping[str, str], form: Mapping[str, str]) -> bytes:
        if self._state.settings.receipt_hosts != "any" and not is_loopback(urlsplit(url).hostname or ""):
            raise ValueError("tokens are fetched from loopback only, unless receipt_hosts is 'any'")
        return self._opened().post(url, data=form, headers=headers).raise_for_status().content

    def _opened(self) -> httpx.Client:
        with self._lock:
            if self._client is None:
                # A proxy from the environment would misdirect receipts.
                timeout = self._state.settings.receipt_timeout
                self._client = httpx.Client(timeout=timeout, trust_env=False, follow_redirects=False)
            return self._client

    def close(self) -> None:
        """Close its connections."""
        if self._client is not None:
            self._client.close()
