"""The request flow with another API: its URL, its authentication and its policy are values."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from connect_sms import ManualClock, OutcomeUnknown, RateLimited, Retries, Settings
from connect_sms._api.context import ClientContext, Provider
from connect_sms._api.eight_by_eight import context_of
from connect_sms._api.operation import Call, Operation, Retry, Success
from connect_sms._api.request import call
from connect_sms._api.response_policy import classify_response
from connect_sms._transport.connection import Connection
from connect_sms._transport.effects import TransportFailure
from connect_sms._transport.http_pool import HttpPool
from connect_sms._transport.runners import run
from connect_sms.models.status import PROVIDER
from tests.support import KEY, NUMBER, SUB_ACCOUNT, Script, answer

if TYPE_CHECKING:
    from connect_sms import ConnectSmsError, RawResponse
    from connect_sms._transport.effects import Request

PASSWORD = "pass-word-Zq9"


def build(*, to: str) -> dict[str, Any]:
    """The half of an endpoint that makes a request, as the generator writes it."""
    return {"method": "post", "url": "/messages", "json": {"to": to}}


def parse(*, client: object, response: Any) -> dict[str, Any]:
    """The half that reads an answer."""
    found: dict[str, Any] = response.json()
    return found


SEND = Operation("postMessage", "POST", build, parse, dict)


def basic(method: str, url: str, body: bytes) -> list[tuple[bytes, bytes]]:
    """Basic authentication, and something of each part of the request."""
    token = base64.b64encode(f"user:{PASSWORD}".encode())
    return [(b"authorization", b"Basic " + token), (b"x-signed", f"{method} {url} {len(body)}".encode())]


def policy(
    context: ClientContext,
    what: Call[Any],
    reply: RawResponse | TransportFailure,
    client_message_id: str | None,
    private: tuple[str, ...],
) -> Success[Any] | Retry | ConnectSmsError:
    """This provider knows duplicates by their id: a 503 may be tried again."""
    if not isinstance(reply, TransportFailure) and reply.status == httpx.codes.SERVICE_UNAVAILABLE:
        return Retry("busy", OutcomeUnknown(reason="busy"), 7.0)
    return classify_response(context, what, reply, client_message_id, private)


def context_with(**more: Any) -> ClientContext:
    settings = Settings(
        api_key=KEY,
        sub_account_id=SUB_ACCOUNT,
        base_url="https://sms.example.com",
        clock=ManualClock(),
        retries=Retries(tries=3),
    )
    provider = Provider(
        "made up",
        base_url="https://api.example.org/v2",
        account="us",
        headers=basic,
        policy=policy,
        secrets=(PASSWORD,),
    )
    return ClientContext(settings, provider, **more)


def send(context: ClientContext, script: Script) -> Success[dict[str, Any]]:
    pool = HttpPool(Connection(transport=httpx.MockTransport(script)))
    return run(call(context, SEND(to=NUMBER), messages=1), pool, context.settings.clock)


def test_url_and_authentication_are_the_providers() -> None:
    script = Script(answer(200, {"id": "1"}))
    assert send(context_with(), script).value == {"id": "1"}
    [request] = script.requests
    assert str(request.url) == "https://api.example.org/v2/messages"
    assert json.loads(request.content) == {"to": NUMBER}
    assert (
        request.headers["authorization"] == "Basic " + base64.b64encode(f"user:{PASSWORD}".encode()).decode()
    )
    assert request.headers["x-signed"] == f"POST {request.url} {len(request.content)}"
    assert request.headers["content-type"] == "application/json"
    assert KEY not in str(request.headers)


def test_the_policy_is_the_providers() -> None:
    context = context_with()
    script = Script(answer(503), answer(503), answer(200, {"id": "1"}))
    send(context, script)
    assert script.seen == 3
    assert context.settings.clock.slept == [7.0, 7.0]  # type: ignore[attr-defined]


def test_its_own_secrets_show_in_no_error() -> None:
    with pytest.raises(RateLimited) as caught:
        send(context_with(), Script(answer(429, {"message": f"the password {PASSWORD} is tired"})))
    assert PASSWORD not in str(caught.value)
    assert "is tired" in str(caught.value)


def test_a_transport_that_does_not_say_when_it_writes_is_checked_before_the_hand_over() -> None:
    checked: list[str] = []

    def check(request: Request) -> None:
        checked.append(request.url)
        if len(checked) > 1:
            raise PermissionError

    script = Script(answer(503))
    with pytest.raises(PermissionError):
        send(context_with(before_write=check), script)
    assert checked == ["https://api.example.org/v2/messages"] * 2
    assert script.seen == 1


def test_8x8_is_one_provider_among_others() -> None:
    ours = context_with()
    theirs = context_of(ours.settings)
    assert (theirs.provider.name, theirs.provider.account) == (PROVIDER, SUB_ACCOUNT)
    assert theirs.rate_limiter is not ours.rate_limiter
    assert theirs.rate_limiter is context_of(ours.settings).rate_limiter
    assert KEY not in repr(theirs.provider)
