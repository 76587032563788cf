"""The same faults over a real socket, read byte by byte: what was done must be what a caller sees."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.support.sandbox_api import KEY, NUMBER, Api

if TYPE_CHECKING:
    from connect_sms.sandbox import SandboxServer

BODY = json.dumps({"destination": NUMBER, "text": "Hello", "clientMessageId": "a"}).encode()


def exchange(server: SandboxServer, fault: str, *, patience: float = 10) -> tuple[bytes, str]:
    """Send one message over a bare socket; what came back, and how it ended: FIN, RST or silence."""
    host, port = server.url.removeprefix("http://").split(":")
    head = (
        f"POST /sandbox/messages HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {KEY}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(BODY)}\r\nX-Sandbox-Fault: {fault}\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), timeout=patience) as connection:
        connection.sendall(head.encode() + BODY)
        received = b""
        while True:
            try:
                chunk = connection.recv(65536)
            except ConnectionResetError:
                return received, "RST"
            except TimeoutError:
                return received, "silence"
            if not chunk:
                return received, "FIN"
            received += chunk


def parts(received: bytes) -> tuple[int, int, bytes]:
    """Status, declared length and body."""
    head, _, body = received.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return int(status.split()[1]), int(headers["content-length"]), body


@pytest.mark.parametrize(("moment", "accepted"), [("before", 0), ("after", 1), ("halfway", 1), ("late", 0)])
@pytest.mark.parametrize(("answer", "end"), [("reset", "RST"), ("close", "FIN"), ("stall", "silence")])
def test_no_answer_is_a_real_reset_an_orderly_end_or_silence(
    server: SandboxServer, answer: str, end: str, moment: str, accepted: int
) -> None:
    seconds = ";seconds=60" if answer == "stall" else ""
    patience = 0.2 if answer == "stall" else 10
    assert exchange(server, f"{answer}-{moment}{seconds}", patience=patience) == (b"", end)
    assert len(server.accepted) == accepted


def test_a_stall_ends_with_the_connection(server: SandboxServer) -> None:
    server.configure(max_stall=0.05)
    assert exchange(server, "stall-after;seconds=60") == (b"", "FIN")


@pytest.mark.parametrize(("fault", "expected"), [("reset-answer", "RST"), ("truncated-answer", "FIN")])
def test_an_answer_that_breaks_off_in_the_middle(server: SandboxServer, fault: str, expected: str) -> None:
    received, end = exchange(server, fault)
    status, declared, body = parts(received)
    assert (status, end) == (200, expected)
    assert 0 < len(body) < declared


@pytest.mark.parametrize(("form", "off"), [("long", 10), ("short", -10)])
def test_a_wrong_content_length(server: SandboxServer, form: str, off: int) -> None:
    received, end = exchange(server, f"wrong-length;form={form}")
    status, declared, body = parts(received)
    assert (status, end) == (200, "FIN")
    assert declared == len(body) + off
    assert json.loads(body)["status"]["code"] == "QUEUED"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("reset-after", httpx.ReadError),
        ("close-after", httpx.RemoteProtocolError),
        ("reset-answer", httpx.ReadError),
        ("truncated-answer", httpx.RemoteProtocolError),
        ("wrong-length", httpx.RemoteProtocolError),
    ],
)
def test_a_broken_answer_raises_in_httpx_what_the_in_process_transport_raises(
    wired: Api, fault: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        wired.send(fault=fault)
    assert wired.send().is_success
    assert len(wired.sandbox.accepted) == 2


def test_a_caller_that_loses_patience_was_accepted_all_the_same(wired: Api) -> None:
    wired.http.timeout = httpx.Timeout(10, read=0.1)
    with pytest.raises(httpx.ReadTimeout):
        wired.send(fault="stall-after", clientMessageId="a")
    assert wired.sandbox.accepted.times(client_message_id="a") == 1


def test_a_page_and_an_empty_body_and_a_slow_answer(wired: Api) -> None:
    assert wired.send(fault="not-json").text.startswith("<!DOCTYPE html>")
    assert wired.send(fault="empty-answer").content == b""
    assert wired.send(fault="slow;seconds=0.01").json()["status"]["code"] == "QUEUED"
    answer = wired.send(fault="error-halfway;status=502;body=html")
    assert (answer.status_code, answer.headers["Content-Type"]) == (502, "text/html; charset=utf-8")


def test_a_connection_is_kept_for_the_next_request(wired: Api) -> None:
    networks = {id(wired.send().extensions["network_stream"]) for _ in range(3)}
    assert len(networks) == 1


def test_a_request_that_never_arrives_whole_is_not_a_request(server: SandboxServer, wired: Api) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    head = f"POST /sandbox/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\n"
    head += "Content-Length: 500\r\n\r\n{"
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(head.encode())
    assert wired.send().is_success
    assert server.requests.count("send") == 1
