"""The request flow with another API: its URL, its authentication and its policy are values."""

from __future__ import annotations

import base64
import json
import threading
from typing import TYPE_CHECKING, Any

import anyio
import anyio.lowlevel
import attrs
import httpx
import pytest

from connect_sms import (
    ConfigurationError,
    Hooks,
    ManualClock,
    OutcomeUnknown,
    RateLimited,
    RequestBlocked,
    Retries,
    Settings,
)
from connect_sms._api.context import ClientContext, Provider
from connect_sms._api.eight_by_eight import context_of
from connect_sms._api.operation import Call, Operation, Retry, Success
from connect_sms._api.request import call
from connect_sms._api.response_policy import classify_response
from connect_sms._transport.connection import Connection
from connect_sms._transport.effects import TransportFailure
from connect_sms._transport.http_pool import HttpPool
from connect_sms._transport.runners import run
from connect_sms.models.providers import PROVIDER
from tests.support import KEY, NUMBER, SUB_ACCOUNT, TEXT, UMID, Caller, Script, answer, queued, state
from tests.support.message_store import Store
from tests.unit.batch.server import item, listing

if TYPE_CHECKING:
    from connect_sms import ConnectSmsError, RawResponse, ResultEvent
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

    script = Script(answer(429))
    with pytest.raises(RequestBlocked) as caught:
        send(context_with(before_write=check), script)
    assert checked == ["https://api.example.org/v2/messages"] * 2
    assert script.seen == 1
    assert isinstance(caught.value.__cause__, PermissionError)
    assert NUMBER not in str(caught.value)


def test_a_refused_second_try_does_not_settle_the_first() -> None:
    checked: list[Request] = []

    def check(request: Request) -> None:
        checked.append(request)
        if len(checked) > 1:
            raise PermissionError

    with pytest.raises(OutcomeUnknown, match="busy") as caught:
        send(context_with(before_write=check), Script(answer(503)))
    assert isinstance(caught.value.__cause__, RequestBlocked)


@pytest.mark.parametrize("refusal", [RuntimeError(NUMBER), OutcomeUnknown(reason=NUMBER)], ids=repr)
def test_a_refused_call_ends_with_a_typed_error_and_its_hook(caller: Caller, refusal: Exception) -> None:
    def check(_: Request) -> None:
        raise refusal

    ended: list[ResultEvent] = []
    client = caller.client(script := Script(queued), hooks=Hooks(on_result=ended.append))
    client._context.before_write = check
    with pytest.raises(RequestBlocked) as caught:
        caller(client.send(NUMBER, TEXT))
    assert [event.error for event in ended] == [caught.value]
    assert NUMBER not in str(caught.value)
    assert not caught.value.may_have_been_sent
    assert script.seen == 0


def test_a_plain_check_is_called_off_the_event_loop(caller: Caller) -> None:
    threads: list[int] = []
    client = caller.client(Script(queued))
    client._context.before_write = lambda _: threads.append(threading.get_ident())
    caller(client.send(NUMBER, TEXT))
    assert (threads == [threading.get_ident()]) is (caller.colour == "sync")


def test_a_coroutine_function_is_awaited_and_refused_by_the_blocking_client(caller: Caller) -> None:
    async def check(_: Request) -> None:
        await anyio.lowlevel.checkpoint()
        raise PermissionError

    client = caller.client(script := Script(queued))
    client._context.before_write = check
    with pytest.raises(RequestBlocked if caller.colour == "async" else ConfigurationError):
        caller(client.send(NUMBER, TEXT))
    assert script.seen == 0


def test_a_derived_client_keeps_its_provider(caller: Caller) -> None:
    context = context_with(before_write=list[object]().append)
    client = type(caller.client())._from_context(context)
    twin = client.with_options(api_key="another-key", base_url="https://elsewhere.example.com")
    assert twin.settings.api_key.reveal() == "another-key"
    assert twin._context.provider is context.provider
    assert twin._context.before_write is context.before_write
    assert twin._context.capabilities is context.capabilities


def test_8x8_is_derived_from_the_settings(caller: Caller) -> None:
    client = caller.client()
    same = client.with_options(api_key="another-key")
    assert same._context.provider.secrets == ("another-key",)
    assert same._context.capabilities is client._context.capabilities
    elsewhere = client.with_options(base_url="https://elsewhere.example.com")
    assert elsewhere._context.provider.base_url == "https://elsewhere.example.com"
    assert elsewhere._context.capabilities is not client._context.capabilities


def test_a_message_has_one_identity_under_any_provider(caller: Caller) -> None:
    def accept_batch(request: httpx.Request) -> httpx.Response:
        [message] = json.loads(request.content)["messages"]
        return listing([item(message, umid=UMID)], accepted=1)

    store = Store()
    settings = attrs.evolve(context_with().settings, receipts=store)
    provider = Provider(
        "made up", base_url="https://api.example.org", account="us", headers=basic, policy=classify_response
    )
    script = Script(queued, accept_batch, state("delivered"))
    connection = Connection(transport=httpx.MockTransport(script))
    client = type(caller.client())._from_context(ClientContext(settings, provider), connection)
    caller(client.send(NUMBER, TEXT))
    caller(client.send_batch([NUMBER], TEXT))
    assert caller(client.wait(UMID)).delivered
    assert [(sent.provider, sent.umid) for sent in store.sent] == [("made up", UMID)] * 2
    assert [(status.provider, status.umid) for status in store.statuses] == [("made up", UMID)]
    assert set(store.asked) == {("made up", UMID)}


def test_8x8_is_one_provider_among_others() -> None:
    ours = context_with()
    theirs = context_of(ours.settings)
    assert (theirs.provider.name, theirs.provider.account) == (PROVIDER, SUB_ACCOUNT)
    assert theirs.rate_limiter is not ours.rate_limiter
    assert theirs.rate_limiter is context_of(ours.settings).rate_limiter
    assert KEY not in repr(theirs.provider)
