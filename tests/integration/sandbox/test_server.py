"""A sandbox on a port: start, stop, receipts over HTTP, and the foreground."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from connect_sms._serving.uvicorn import Server
from connect_sms.sandbox import DeliveryAttempt, RequestRecord, Sandbox, SandboxApp, SandboxServer
from connect_sms.sandbox.http.foreground import line_of
from connect_sms.sandbox.http.raw_responses import EXTENSION, send_response
from connect_sms.sandbox.http.server import HttpServer
from tests.support.sandbox_api import KEY, NUMBER, Api
from tests.support.sandbox_fixtures import PLAIN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connect_sms.sandbox.api.responses import Response


HEADERS = {"Authorization": f"Bearer {KEY}"}
BODY = {"destination": NUMBER, "text": "The password is rose"}


def test_two_of_them_have_nothing_in_common(wired: Api) -> None:
    with SandboxServer() as other:
        wired.send()
        assert other.url != wired.sandbox.base_url
        assert (len(wired.sandbox.messages), len(other.messages)) == (1, 0)


def test_it_listens_on_this_machine_alone_unless_told_otherwise() -> None:
    with SandboxServer() as sandbox:
        assert sandbox.url.startswith("http://127.0.0.1:")


def test_on_loopback_it_answers_to_no_name_of_a_page_elsewhere(server: SandboxServer) -> None:
    def status(host: str) -> int:
        return httpx.get(f"{server.url}/_sandbox/health", headers={"Host": host}, **PLAIN).status_code

    assert [status(host) for host in ("localhost", "evil.example", "192.0.2.1")] == [200, 421, 421]
    server.configure(hosts=frozenset({"sms.test"}))
    assert [status(host) for host in ("sms.test:80", "evil.example")] == [200, 421]
    with SandboxServer(host="0.0.0.0") as everywhere:  # noqa: S104  it is what is tested
        port = everywhere.url.rpartition(":")[2]
        url = f"http://127.0.0.1:{port}/_sandbox/health"
        answers = [
            httpx.get(url, headers={"Host": host}, **PLAIN)
            for host in (f"0.0.0.0:{port}", f"localhost:{port}", "evil.example")
        ]
    assert [answer.status_code for answer in answers] == [200, 200, 421]


def test_it_leaves_no_thread_and_no_port_behind() -> None:
    before = set(threading.enumerate())
    with SandboxServer(receipt_url="http://127.0.0.1:9/") as sandbox:
        url = sandbox.url
        headers = {"Authorization": f"Bearer {KEY}"}
        httpx.post(
            f"{url}/sandbox/messages", json={"destination": NUMBER, "text": "x"}, headers=headers, **PLAIN
        )
        assert set(threading.enumerate()) > before
    assert set(threading.enumerate()) <= before
    with pytest.raises(httpx.ConnectError):
        httpx.get(url, **PLAIN)
    with pytest.raises(RuntimeError, match="does not listen"):
        _ = sandbox.url


def test_it_stops_while_a_request_stalls(wired: Api, caplog: pytest.LogCaptureFixture) -> None:
    problems: list[BaseException] = []

    def wait() -> None:
        try:
            wired.send(fault="stall-after;seconds=60")
        except httpx.TransportError as problem:
            problems.append(problem)

    waiting = threading.Thread(target=wait)
    arrived = threading.Event()
    wired.sandbox.listen(lambda _: arrived.set())
    waiting.start()
    assert arrived.wait(10)
    wired.sandbox.close()
    waiting.join(10)
    assert not waiting.is_alive()
    assert len(problems) == 1
    assert caplog.messages == []


def test_it_starts_and_stops_where_uvicorn_calls_none_of_the_methods_it_overrides(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(Server, "main_loop")
    monkeypatch.delattr(HttpServer, "shutdown")
    with SandboxServer() as sandbox:
        assert httpx.get(f"{sandbox.url}/_sandbox/health", **PLAIN).is_success
    with pytest.raises(RuntimeError):
        sandbox.url  # noqa: B018  a property


def test_it_can_be_started_again() -> None:
    sandbox = SandboxServer()
    for _ in range(2):
        sandbox.start()
        assert httpx.get(f"{sandbox.url}/_sandbox/health", **PLAIN).is_success
        with pytest.raises(RuntimeError, match="already"):
            sandbox.start()
        sandbox.close()


def test_a_taken_port_is_an_error() -> None:
    with SandboxServer() as sandbox, pytest.raises(OSError, match="in use"):
        SandboxServer(port=int(sandbox.url.rpartition(":")[2])).start()


def test_it_listens_on_ipv6_when_told() -> None:
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET6) as probe:
        probe.bind(("::1", 0))
        with SandboxServer(host="::1") as sandbox:
            assert httpx.get(f"{sandbox.url}/_sandbox/health", **PLAIN).is_success
            return
    pytest.skip("this machine has no IPv6 loopback")


def test_another_asgi_server_can_run_it_but_not_break_connections(sandbox: Sandbox) -> None:
    import anyio

    async def call(fault: str) -> int:
        transport = httpx.ASGITransport(SandboxApp(sandbox))
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as http:
            headers = {**HEADERS, "X-Sandbox-Fault": fault}
            return (await http.post("/sandbox/messages", json=BODY, headers=headers)).status_code

    assert anyio.run(call, "error-after;status=503") == 503
    with pytest.raises(RuntimeError, match="SandboxServer"):
        anyio.run(call, "reset-after")


def test_an_answer_is_not_held_back_for_company(
    server: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    def look(response: Response, scope: Any, receive: Any, send: Any) -> Any:
        connection = scope["extensions"][EXTENSION].transport.get_extra_info("socket")
        seen.append(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        return send_response(response, scope, receive, send)

    monkeypatch.setattr("connect_sms.sandbox.http.app.send_response", look)
    assert httpx.get(f"{server.url}/nowhere/messages", **PLAIN).status_code == 405
    assert seen[0] != 0


class Receiver:
    """A receiver on a port of its own."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: list[int] = []
        self.changed = threading.Condition()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with receiver.changed:
                    receiver.taken.append((self.path, dict(self.headers), body))
                    status = receiver.answers.pop(0) if receiver.answers else 200
                    receiver.changed.notify_all()
                self.send_response(status)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/receipts"

    def wait_for(self, count: int) -> bool:
        with self.changed:
            return self.changed.wait_for(lambda: len(self.taken) >= count, timeout=20)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    thread = threading.Thread(target=receiver.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()
    thread.join()


def test_receipts_are_posted_by_http_while_the_clock_runs(receiver: Receiver) -> None:
    receiver.answers = [503]
    with SandboxServer(factor=100, receipt_url=receiver.url, receipt_authorization="Basic me") as sandbox:
        httpx.post(f"{sandbox.base_url}/sandbox/messages", json=BODY, headers=HEADERS, **PLAIN)
        assert receiver.wait_for(3)
        sandbox.receipts.flush()
        assert sorted(posted.result for posted in sandbox.receipts.log) == [200, 200, 503]
    assert {headers["Authorization"] for _, headers, _ in receiver.taken} == {"Basic me"}
    states = [json.loads(body)["payload"]["status"]["state"] for _, _, body in receiver.taken]
    assert sorted(set(states)) == ["delivered", "sent"]


def test_receipts_are_posted_when_the_clock_is_stepped_or_runs_again(wired: Api, receiver: Receiver) -> None:
    wired.send(dlrCallbackUrl=receiver.url)
    wired.sandbox.clock.advance(2)
    assert [path for path, _, _ in receiver.taken] == ["/receipts"] * 2
    wired.send(dlrCallbackUrl=receiver.url)
    assert len(receiver.taken) == 2
    wired.sandbox.clock.run(1000)
    assert receiver.wait_for(4)


def test_nobody_there_is_an_error_and_is_tried_again(wired: Api) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/"
        wired.send(dlrCallbackUrl=url, destination="+447700900946")
        wired.sandbox.clock.advance(1000)
    assert [posted.result for posted in wired.sandbox.receipts.log] == ["error"] * 5


def test_a_line_of_traffic_is_masked() -> None:
    lines: list[str] = []
    with SandboxServer(factor=0) as sandbox:
        sandbox.listen(lambda event: lines.append(line_of(event)))
        headers = {**HEADERS, "X-Sandbox-Fault": "error-after"}
        body = {**BODY, "dlrCallbackUrl": "http://127.0.0.1:9/"}
        httpx.post(f"{sandbox.base_url}/sandbox/messages", json=body, headers=headers, **PLAIN)
        sandbox.clock.advance(1)
    assert len(lines) == 2
    assert "+4477*****123" in lines[0]
    assert "fault error-after" in lines[0]
    assert "receipt sent" in lines[1]
    shown = " ".join(lines)
    assert not any(secret in shown for secret in (NUMBER, "rose", KEY))


def test_a_cut_request_and_a_refusal_show_in_their_line() -> None:
    assert "---" in line_of(RequestRecord(0, "send", 0, fault="reset-after"))
    assert "code 1002" in line_of(RequestRecord(0, "send", 400, code=1002))
    assert "refused" in line_of(DeliveryAttempt(0, "u", "sent", 1, "refused"))
