"""The checks fail on a server that is wrong, and pass on one that is right in a way of its own."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from connect_sms.sandbox import Sandbox, SandboxTransport
from contract_tests.server import checks
from contract_tests.server.target import Target

Change = Callable[[httpx.Request, httpx.Response], httpx.Response]


class Changed(httpx.BaseTransport):
    """A sandbox whose requests and answers are changed on their way."""

    def __init__(self, sandbox: Sandbox, change: Change, *, key: str | None = None) -> None:
        self._right = SandboxTransport(sandbox)
        self._change, self._key = change, key

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Ask the sandbox."""
        if self._key is not None:
            request.headers["authorization"] = f"Bearer {self._key}"
        answer = self._right.handle_request(request)
        answer.read()
        return self._change(request, answer)


def with_body(**fields: Any) -> Change:
    """Answers with other fields; None takes one away."""

    def change(_: httpx.Request, answer: httpx.Response) -> httpx.Response:
        body = {**answer.json(), **fields}
        body = {name: value for name, value in body.items() if value is not None}
        return httpx.Response(answer.status_code, json=body)

    return change


def with_status(status: int) -> Change:
    """Answers with another status."""
    return lambda _, answer: httpx.Response(
        status, content=answer.content, headers={"content-type": answer.headers["content-type"]}
    )


def as_html(_: httpx.Request, answer: httpx.Response) -> httpx.Response:
    return httpx.Response(answer.status_code, html=f"<p>{answer.status_code}</p>")


def unchanged(_: httpx.Request, answer: httpx.Response) -> httpx.Response:
    return answer


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(factor=0, status_per_second=None) as sandbox:
        yield sandbox


def target(sandbox: Sandbox, change: Change, *, key: str | None = None) -> Target:
    return Target(sandbox.base_url, transport=Changed(sandbox, change, key=key))


@pytest.mark.parametrize(
    ("check", "change"),
    [
        *((check, as_html) for check in (*checks.ALWAYS, *checks.WITH_MEMORY)
          if check is not checks.check_own_client),
        (checks.check_send, with_body(umid=None)),
        (checks.check_send, with_body(umid="")),
        (checks.check_send, with_status(201)),
        (checks.check_status, with_body(status=None)),
        (checks.check_status, with_status(410)),
        (checks.check_batch, with_body(acceptedCount=1)),
        (checks.check_export, with_status(200)),
        (checks.check_export, with_body(jobId=None)),
        (checks.check_no_key, with_status(403)),
        (checks.check_no_key, with_body(code=[])),
        (checks.check_other_key, with_status(404)),
        (checks.check_no_destination, with_status(500)),
        (checks.check_own_message, with_body(umid="0d9b2c7e-51a4-4f0e-9a53-6f1c2f6f0b11")),
        (checks.check_unknown_message, with_status(200)),
    ],
)  # fmt: skip
def test_a_wrong_server_fails(sandbox: Sandbox, check: Callable[[Target], None], change: Change) -> None:
    asked = target(sandbox, change)
    with pytest.raises(AssertionError):
        check(asked)


@pytest.mark.parametrize("check", [checks.check_no_key, checks.check_other_key])
def test_a_server_that_takes_any_key_fails(sandbox: Sandbox, check: Callable[[Target], None]) -> None:
    with pytest.raises(AssertionError):
        check(target(sandbox, unchanged, key="sandbox-key"))


@pytest.mark.parametrize("check", [*checks.ALWAYS, *checks.WITH_MEMORY])
def test_a_server_may_be_right_in_its_own_way(sandbox: Sandbox, check: Callable[[Target], None]) -> None:
    """More fields, other words, 422 for 400, and nothing of what only the sandbox serves."""

    def another(request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        if "_sandbox" in request.url.path or "x-sandbox-fault" in request.headers:
            return httpx.Response(404)
        body = {**answer.json(), "traceId": None, "links": {"self": str(request.url)}}
        if "message" in body:
            body["message"] = "Nein"
        status = 422 if answer.status_code == 400 else answer.status_code
        headers = {"content-type": "Application/JSON;charset=UTF-8", "server": "Kestrel"}
        return httpx.Response(status, content=json.dumps(body), headers=headers)

    check(target(sandbox, another))


def test_a_rate_limit_is_waited_for(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("contract_tests.server.target.time.sleep", slept.append)
    sandbox.fail_next("rate-limit", seconds=2, times=2)
    checks.check_send(target(sandbox, unchanged))
    assert slept == [2, 2]
    sandbox.fail_next("rate-limit", times=None)
    with pytest.raises(AssertionError, match="429"):
        checks.check_send(target(sandbox, unchanged))


def test_a_mock_is_told_from_a_server_that_remembers(sandbox: Sandbox) -> None:
    assert checks.remembers(target(sandbox, unchanged))
    assert not checks.remembers(target(sandbox, with_body(umid="0d9b2c7e")))
