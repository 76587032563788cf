"""Real connections: nothing of key, number or text in an error or in the logs of the transports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connect_sms import ConnectSmsError, Retries, Timeout
from tests.support import NUMBER, TEXT
from tests.support.canaries import KEY, leaks, leaks_in_frames
from tests.support.raw_server import RawServer, http, reset, saying
from tests.unit.test_privacy import shown_by

if TYPE_CHECKING:
    from tests.support import Caller


@pytest.mark.parametrize(
    "act", [reset, saying(http(b'{"message": "no"}', "400 Bad Request")), saying(b"nonsense")]
)
def test_nothing_shows_of_real_connections(
    caller: Caller, act: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Also not in what httpx, httpcore, aiohttp and asyncio log at DEBUG."""
    with RawServer(act) as server:
        client = caller.client(
            api_key=KEY, base_url=server.url, timeout=Timeout(read=0.5), retries=Retries(tries=1)
        )
        with pytest.raises(ConnectSmsError) as caught:
            caller(client.send(NUMBER, TEXT))
        caller.close_client(client)
    assert leaks(*shown_by(caught.value)) == []
    assert leaks_in_frames(caught.value) == []
    assert leaks(caplog.text) == []
