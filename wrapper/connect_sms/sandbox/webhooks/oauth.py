"""The token that goes with receipts when a webhook is registered with OAuth client credentials.

8x8 documents that it fetches one and where it writes the credentials, but not for how long it keeps a token:
the sandbox keeps it until it expires (``expires_in``) or a receiver answers 401.
"""

from __future__ import annotations

import base64
import threading
import time
from typing import TYPE_CHECKING, Final
from urllib.parse import quote_plus

from connect_sms.models.private import PrivateDict, PrivateStr
from connect_sms.sandbox.json import is_object, loads

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connect_sms.sandbox.settings import OAuthClient

    #: Posts a form with headers to a URL; returns the body of a 200.
    PostForm = Callable[[str, Mapping[str, str], Mapping[str, str]], bytes]

#: Seconds before its end at which a token counts as expired.
_MARGIN: Final = 5.0


class TokenSource:
    """Fetches a token when there is none that is still valid. Thread-safe.

    Args:
        post_form: Posts a form.
    """

    def __init__(self, post_form: PostForm) -> None:
        self._post_form = post_form
        self._lock = threading.Lock()
        self._token: tuple[OAuthClient, str, float] | None = None

    def authorization(self, client: OAuthClient) -> str:
        """The value of the Authorization header.

        Raises:
            ValueError: The token endpoint gave no token.
        """
        with self._lock:
            if self._token is None or self._token[0] != client or time.monotonic() >= self._token[2]:
                self._token = (client, *self._fetched(client))
            return PrivateStr(f"Bearer {self._token[1]}")

    def forget(self) -> None:
        """Fetch another one next time."""
        with self._lock:
            self._token = None

    def _fetched(self, client: OAuthClient) -> tuple[str, float]:
        headers, form = PrivateDict[str](), PrivateDict({"grant_type": "client_credentials"})
        if client.credentials_location == "header":
            # RFC 6749 (2.3.1): each is form-encoded first.
            pair = f"{quote_plus(client.client_id)}:{quote_plus(client.client_secret)}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            form |= {"client_id": client.client_id, "client_secret": client.client_secret}
        if client.scope is not None:
            form["scope"] = client.scope
        said = loads(self._post_form(client.url, headers, form))
        answer = said if is_object(said) else {}
        if not isinstance(token := answer.get("access_token"), str):
            raise ValueError("the token endpoint gave no access_token")  # noqa: TRY004  of a server's answer
        seconds = answer.get("expires_in")
        lasts = float(seconds) if isinstance(seconds, int | float) else 0.0
        return token, time.monotonic() + lasts - _MARGIN
