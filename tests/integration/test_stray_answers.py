"""Answers that belong to another request: never taken for one's own, never a reason to send again."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from connect_sms import Retries, Timeout
from tests.support import NUMBER, TEXT
from tests.support.certificates import authority_or_skip
from tests.support.scale import scaled
from tests.support.stray_answers import (
    LATE,
    SOMEBODY,
    STRAYS,
    Stray,
    StrayServer,
    limit_before,
    limit_behind,
    nothing,
    twice_and_late,
    twice_in_one_piece,
    twice_in_two_pieces,
)
from tests.support.transports import TRANSPORTS, Told, client_on, only_httpx, send_all
from tests.support.wire_server import umid_for

if TYPE_CHECKING:
    from tests.support.certificates import Authority

SENDS, THREADS, TASKS = scaled(24, 2_000), scaled(8, 200), scaled(12, 400)
#: A 429 asks for no pause here, so that what is wrong shows at once.
QUICK = Retries(tries=3, initial_delay=0.01)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority_or_skip(tmp_path_factory.mktemp("authority"))


@pytest.fixture(params=["plain", "TLS"])
def tls(request: pytest.FixtureRequest) -> Authority | None:
    found: Authority | None = None if request.param == "plain" else request.getfixturevalue("authority")
    return found


@pytest.fixture(params=TRANSPORTS)
def transport(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "httpx, asyncio":
        only_httpx(monkeypatch)
    name: str = request.param
    return name


def server_with(stray: Stray, tls: Authority | None, greet: bytes = b"") -> StrayServer:
    return StrayServer(stray, tls=tls.server if tls else None, greet=greet)


def settings(tls: Authority | None) -> dict[str, Any]:
    return {"retries": QUICK, "timeout": Timeout(connect=5, read=3), **({"tls": tls.client} if tls else {})}


def check(told: Told, accepted: Counter[str]) -> None:
    """Nobody was told another's UMID, accepted twice, or told "not sent" of what was accepted."""
    assert told.foreign == []
    assert {own: times for own, times in accepted.items() if times > 1} == {}
    assert {own: kind for own, kind in told.refused.items() if accepted[own]} == {}
    assert set(accepted) <= {*told.right, *told.unknown}


#: Where it makes a difference what TLS makes of it; over TLS the others run at night.
WITHIN_TLS = {nothing, twice_in_two_pieces, twice_and_late, limit_before}


@pytest.mark.parametrize(
    ("stray", "tls"),
    [
        pytest.param(
            stray,
            wire,
            id=f"{stray.__name__}-{wire}",
            marks=[pytest.mark.nightly] if wire == "TLS" and stray not in WITHIN_TLS else [],
        )
        for stray in STRAYS
        for wire in ("plain", "TLS")
    ],
    indirect=["tls"],
)
def test_a_crowd_is_told_of_its_own_messages_alone(
    transport: str, tls: Authority | None, stray: Stray
) -> None:
    at_once = THREADS if transport == "httpx, blocking" else TASKS
    ids = [f"own-{number}" for number in range(SENDS)]
    with server_with(stray, tls) as server:
        told = send_all(transport, server.url, ids, at_once, **settings(tls))
    check(told, server.accepted)
    if stray is nothing:
        assert len(told.right) == SENDS


@pytest.mark.parametrize("stray", [twice_in_one_piece, limit_behind], ids=lambda stray: stray.__name__)
def test_what_lies_behind_an_answer_does_not_spoil_it(
    transport: str, tls: Authority | None, stray: Stray
) -> None:
    """The answer itself is right, and the next request takes another connection."""
    ids = [f"own-{number}" for number in range(10)]
    with server_with(stray, tls) as server:
        told = send_all(transport, server.url, ids, 1, **settings(tls))
    assert (len(told.right), told.foreign, told.unknown, told.refused) == (10, [], [], {})
    assert server.connections == 10


@pytest.mark.parametrize("greet", [SOMEBODY, b"\x00junk"], ids=["an answer", "junk"])
def test_what_a_server_says_unasked_is_no_answer(transport: str, tls: Authority | None, greet: bytes) -> None:
    ids = [f"own-{number}" for number in range(10)]
    with server_with(nothing, tls, greet) as server:
        told = send_all(transport, server.url, ids, 2, **settings(tls))
    check(told, server.accepted)


def test_what_lies_on_an_idle_connection_means_a_new_one(transport: str, tls: Authority | None) -> None:
    """It lies there before the next request is begun, so it can be told from an answer for certain."""

    async def two(client: Any) -> list[str]:
        async with client:
            first = (await client.send(NUMBER, TEXT, client_message_id="a")).umid
            await asyncio.sleep(4 * LATE)
            return [first, (await client.send(NUMBER, TEXT, client_message_id="b")).umid]

    with server_with(twice_and_late, tls) as server:
        client = client_on(transport, server.url, **settings(tls))
        if transport == "httpx, blocking":
            with client:
                found = [client.send(NUMBER, TEXT, client_message_id="a").umid]
                time.sleep(4 * LATE)
                found += [client.send(NUMBER, TEXT, client_message_id="b").umid]
        else:
            found = asyncio.run(two(client))
    assert found == [umid_for("a"), umid_for("b")]
    assert server.accepted == Counter("ab")
    assert server.connections == 2


@pytest.mark.parametrize("stray", [twice_in_one_piece, limit_behind], ids=lambda stray: stray.__name__)
def test_control_a_plain_client_fails_the_check(stray: Stray) -> None:
    """httpx by itself, with a retry after 429."""
    told = Told()
    with server_with(stray, None) as server, httpx.Client() as client:
        for own in (f"own-{number}" for number in range(10)):
            document = {"clientMessageId": own}
            while (response := client.post(server.url, json=document)).status_code == 429:
                pass
            told.umid(own, response.json()["umid"])
    with pytest.raises(AssertionError):
        check(told, server.accepted)
