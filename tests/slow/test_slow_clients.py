"""Clients that connect and dawdle: hundreds of them neither stop the receiver nor stay."""

from __future__ import annotations

import socket
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from connect_sms.receipts import open_store
from tests.support.receipt_process import PATIENCE, SECRET, Poster, ReceiverProcess

if TYPE_CHECKING:
    from pathlib import Path

SLOW = 500
DEADLINE = 5.0
HEAD = f"POST / HTTP/1.1\r\nHost: receiver\r\nAuthorization: {SECRET}\r\n"

#: How far a slow client comes with its request.
BEGINNINGS = {
    "no byte": b"",
    "half a head": HEAD[:40].encode(),
    "a head without its end": HEAD.encode(),
    "no byte of a body": f"{HEAD}Content-Length: 400\r\n\r\n".encode(),
    "half a body": f'{HEAD}Content-Length: 400\r\n\r\n{{"namespace": "SMS", '.encode(),
    "a body without its length": f"{HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n".encode(),
}


def connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE)


def is_open(client: socket.socket) -> bool:
    """Whether the other end has neither spoken nor hung up."""
    client.setblocking(False)
    try:
        return client.recv(1, socket.MSG_PEEK) is None
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        client.settimeout(PATIENCE)


def last_words(client: socket.socket) -> bytes:
    """What comes until the other end hangs up.

    Raises:
        TimeoutError: It does not.
    """
    said = b""
    try:
        while piece := client.recv(4096):
            said += piece
    except ConnectionError:
        pass
    return said


def test_500_half_open_connections_do_not_stop_receipts_and_are_closed(tmp_path: Path) -> None:
    place = tmp_path / "receipts.db"
    with ReceiverProcess.by_hand(place, deadline=DEADLINE) as receiver, ExitStack() as connections:
        url = receiver.ready().url
        slow = [connections.enter_context(connect(url)) for _ in range(SLOW)]
        beginnings = list(BEGINNINGS.values())
        for at, client in enumerate(slow):
            client.sendall(beginnings[at % len(beginnings)])
        posted = meanwhile = 0
        with closing(Poster(url)) as poster:
            while any(map(is_open, slow)):
                assert poster.receipt(f"u-{posted}") == 200
                posted += 1
                meanwhile += is_open(slow[-1])
        assert meanwhile > 0, "no receipt was answered while they were there"
        ends = {last_words(client).partition(b"\r\n")[0] for client in slow}
        print(f"\n{posted} receipts answered beside {SLOW} half-open connections; all were closed")  # noqa: T201  shown with -s
        receiver.kill()
    assert ends == {b"", b"HTTP/1.1 408 Request Timeout"}
    with open_store(place) as store:
        assert sum(1 for _ in store.statuses()) == posted
        assert list(store.quarantined()) == []


def test_a_trickle_does_not_lengthen_the_wait(tmp_path: Path) -> None:
    with ReceiverProcess.by_hand(tmp_path / "receipts.db", deadline=0.5) as receiver:
        receiver.ready()
        for start in (b"", HEAD.encode() + b"Content-Length: 60000\r\n\r\n"):
            with connect(receiver.url) as client:
                client.sendall(start)
                sent = 0
                # A byte whenever nothing has been heard for a moment; 60,000 of them would take ten minutes.
                client.settimeout(0.01)
                while sent < 50_000:
                    try:
                        client.sendall(b"x")
                        sent += 1
                        if not client.recv(4096):
                            break
                    except TimeoutError:
                        continue
                    except ConnectionError:
                        break
            assert sent < 50_000
        receiver.kill()
