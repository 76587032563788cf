"""A client and a store that were used before a fork, as gunicorn's preload and celery's prefork do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import pytest

from tests.support.certificates import authority_or_skip
from tests.support.forked_sends import Plan, play
from tests.support.scale import scaled
from tests.support.stores import noted_at
from tests.support.stray_answers import StrayServer, nothing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.certificates import Authority
    from tests.support.forked_sends import Told

CHILDREN, SENDS = 8, scaled(5, 100)
#: A transport, and the event loop that a child uses its client in.
WAYS = (
    ("httpx, blocking", "new"),
    ("httpx, asyncio", "new"),
    ("httpx, asyncio", "same"),
    ("aiohttp", "new"),
    ("aiohttp", "same"),
)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority_or_skip(tmp_path_factory.mktemp("authority"))


#: Connections, and a way to fork; at full scale every pair of them. Clients with a store have the other pair.
PAIRS = scaled(
    (("plain", "multiprocessing"),),
    tuple((wire, fork) for wire in ("plain", "TLS") for fork in ("os.fork", "multiprocessing")),
)


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[tuple[StrayServer, str]]:
    """A server that accepts every message, and the certificate to trust."""
    authority = None if request.param == "plain" else request.getfixturevalue("authority")
    with StrayServer(nothing, tls=authority.server if authority else None) as running:
        yield running, str(authority.file) if authority else ""


@attrs.frozen
class Sums:
    """What all processes were told, added up."""

    right: int
    foreign: int
    unknown: int
    refused: int
    broken: int
    hung: int

    @classmethod
    def of(cls, told: dict[str, Told | None]) -> Sums:
        answers = [found for found in told.values() if found is not None]
        right, foreign, unknown, refused, broken = (
            sum(len(found[kind]) for found in answers)
            for kind in ("right", "foreign", "unknown", "refused", "broken")
        )
        return cls(right, foreign, unknown, refused, broken, hung=len(told) - len(answers))


def check(told: dict[str, Told | None], server: StrayServer) -> Sums:
    """Every message was accepted under its own UMID, or refused before anything was sent."""
    sums = Sums.of(told)
    assert (sums.foreign, sums.hung, sums.unknown, sums.broken) == (0, 0, 0, 0), sums
    assert server.garbled == 0
    assert sums.right + sums.refused == (CHILDREN + 1) * SENDS
    processes = ("parent", "child")
    accepted = {own for own in server.accepted if own.startswith(processes)}
    assert accepted == {own for found in told.values() if found for own in found["right"]}
    assert max(server.accepted.values()) == 1
    return sums


@pytest.mark.parametrize(("server", "fork"), PAIRS, indirect=["server"])
@pytest.mark.parametrize(("transport", "loop"), WAYS)
def test_a_child_has_connections_of_its_own(
    server: tuple[StrayServer, str], transport: str, loop: str, fork: str
) -> None:
    running, ca = server
    plan = Plan(running.url, transport, ca, fork=fork, loop=loop, children=CHILDREN, sends=SENDS)
    sums = check(play(plan), running)
    if transport == "httpx, blocking":
        assert sums.refused == 0


@pytest.mark.parametrize("server", scaled(["TLS"], ["plain", "TLS"]), indirect=True)
@pytest.mark.parametrize(("transport", "loop"), WAYS)
def test_a_child_notes_what_it_sends_or_sends_nothing(
    server: tuple[StrayServer, str], transport: str, loop: str, tmp_path: Path
) -> None:
    running, ca = server
    place = str(tmp_path / "store.db")
    plan = Plan(running.url, transport, ca, place, loop=loop, children=CHILDREN, sends=SENDS)
    told = play(plan)
    check(told, running)
    assert set(running.accepted) <= noted_at(place)


@pytest.mark.parametrize("server", scaled(["plain"], ["plain", "TLS"]), indirect=True)
def test_control_a_plain_client_fails_the_check(server: tuple[StrayServer, str]) -> None:
    """httpx by itself: its children share a connection."""
    running, ca = server
    told = play(Plan(running.url, "control", ca, children=CHILDREN, sends=SENDS))
    with pytest.raises(AssertionError):
        check(told, running)
