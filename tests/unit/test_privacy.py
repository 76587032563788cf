"""A key, a number and a text that must show nowhere: not in a log, a repr, an error, a pickle or a traceback.

The server here is hostile: it repeats all it was sent, in its words, its ids, its headers and its HTML.
"""

from __future__ import annotations

import copy
import json
import logging
import pickle
import traceback
from typing import TYPE_CHECKING, Any

import attrs
import httpx
import pytest

from connect_sms import (
    ConfigurationError,
    ConnectSmsError,
    Hooks,
    Message,
    Retries,
    Secret,
    Settings,
    Timeout,
)
from connect_sms.models.private import Private
from tests.support import SUB_ACCOUNT, UMID, Answerer, Caller, Script, answer, queued
from tests.support.canaries import KEY, NUMBER, TEXT, TEXTS, leaks, leaks_in_frames

if TYPE_CHECKING:
    from collections.abc import Iterable


def echo(status: int, **extra: Any) -> Answerer:
    """Repeat everything in every field of an error."""

    def reply(request: httpx.Request) -> httpx.Response:
        sent = json.loads(request.content) if request.content else {"destination": NUMBER, "text": TEXT}
        key = request.headers["authorization"].removeprefix("Bearer ")
        said = f"key {key}: cannot send '{sent['text']}' to {sent['destination']} (7700 900987)"
        document = {
            "code": 9999,
            "message": said,
            "errorId": key,
            "umid": UMID,
            "destination": sent["destination"],
            "clientMessageId": sent.get("clientMessageId"),
            "status": {"code": "REJECTED", "description": said, "state": said, "errorMessage": said},
            said: said,
            **extra,
        }
        return answer(status, document, {"x-echo": said, "retry-after": "0"})

    return reply


def failing(kind: type[httpx.TransportError]) -> Answerer:
    def fail(request: httpx.Request) -> httpx.Response:
        raise kind(f"{KEY} {NUMBER} {TEXT} {request.content!r}", request=request)

    return fail


def html(request: httpx.Request) -> httpx.Response:
    said = f"<html>{request.headers['authorization']} {request.content!r}</html>"
    return httpx.Response(502, headers={"content-type": "text/html"}, text=said)


HOSTILE: dict[str, Answerer] = {
    **{f"echo {status}": echo(status) for status in (200, 400, 401, 403, 404, 410, 422, 426, 429, 500, 503)},
    "echo of a text as id": echo(400, errorId=TEXT),
    "echo of a number as id": echo(400, errorId=NUMBER[1:]),
    "echo of a number within an id": echo(400, errorId=f"id-{NUMBER[1:]}"),
    "echo of a key within an id": echo(400, errorId=f"id-{KEY}"),
    "echo of a text's beginning": echo(400, message=f"bad text: {TEXT[:25]}..."),
    "echo with the number spaced": echo(400, message="not a number: +44 7700 900987"),
    "HTML": html,
    "read error": failing(httpx.ReadError),
    "connect error": failing(httpx.ConnectError),
}
hostile = pytest.mark.parametrize("reply", HOSTILE.values(), ids=HOSTILE)


def shown_by(error: BaseException) -> Iterable[object]:
    """All that anybody is likely to print of an error."""
    yield str(error)
    yield repr(error)
    yield from error.args
    yield from traceback.format_exception(error)
    yield pickle.dumps(error)
    yield pickle.dumps(copy.copy(error))
    for name, value in vars(error).items():
        yield name
        yield repr(value)


@pytest.fixture(autouse=True)
def every_logger(caplog: pytest.LogCaptureFixture) -> None:
    """Everything is logged, also by others' loggers."""
    caplog.set_level(logging.DEBUG)


CALLS: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "send": ((NUMBER, TEXT), {}),
    "status": ((UMID,), {}),
    "send_and_confirm": ((NUMBER, TEXT), {"wait_timeout": 3}),
    "wait": ((UMID,), {"timeout": 3}),
}


@hostile
@pytest.mark.parametrize("what", CALLS)
def test_nothing_shows_of_a_call_that_fails(
    caller: Caller, what: str, reply: Answerer, caplog: pytest.LogCaptureFixture
) -> None:
    events: list[object] = []
    hooks = Hooks(on_request=events.append, on_retry=events.append, on_result=events.append)
    client = caller.client(Script(reply), api_key=KEY, hooks=hooks, retries=Retries(tries=2))
    arguments, options = CALLS[what]
    try:
        shown: list[object] = [repr(caller(getattr(client, what)(*arguments, **options)))]
    except ConnectSmsError as error:
        shown = [*shown_by(error), *leaks_in_frames(error)]
    shown += [caplog.text, *map(repr, events), *map(str, events)]
    # Who asks for a status knows no text to look for, and must take 8x8's words for words.
    unknown = TEXTS if what in {"status", "wait"} else ()
    assert events
    assert [leak for leak in leaks(*shown) if leak not in unknown] == []


@hostile
def test_nothing_shows_of_a_message_sent_and_then_waited_for(
    caller: Caller, reply: Answerer, caplog: pytest.LogCaptureFixture
) -> None:
    client = caller.client(Script(queued, reply), api_key=KEY, retries=Retries(tries=2))
    with pytest.raises(ConnectSmsError) as caught:
        caller(client.send_and_confirm(NUMBER, TEXT, wait_timeout=3))
    assert leaks(*shown_by(caught.value), caplog.text) == []
    assert caught.value.may_have_been_sent


def test_nothing_shows_of_what_succeeds(caller: Caller, caplog: pytest.LogCaptureFixture) -> None:
    document = {
        "umid": UMID,
        "destination": NUMBER,
        "msisdn": NUMBER,
        "body": TEXT,
        "status": {"code": "QUEUED", "description": TEXT, "state": "sent", "timestamp": TEXT},
        "lane": NUMBER,
    }
    client = caller.client(Script(answer(200, document)), api_key=KEY)
    sent = caller(client.send(NUMBER, TEXT))
    status = caller(client.status(UMID))
    shown = [repr(sent), str(sent), repr(status), repr(sent.response), repr(sent.segments), caplog.text]
    assert leaks(*shown) == []
    assert sent.destination == NUMBER
    assert status.body == TEXT


def test_a_message_for_a_batch_shows_its_number_masked_and_its_texts_length() -> None:
    shown = repr(Message(destination=NUMBER, text=TEXT, extra={"note": TEXT}))
    assert leaks(shown) == []
    assert "+4477*****987" in shown
    assert f"<{len(TEXT)} characters>" in shown


class TestWrongArguments:
    """What a caller got wrong is explained without being repeated."""

    @pytest.mark.parametrize(
        "arguments",
        [
            {"destination": f"{NUMBER} "}, {"destination": TEXT}, {"destination": f"00{NUMBER[1:]}"},
            {"destination": [NUMBER]}, {"text": TEXT * 100}, {"text": [TEXT]}, {"text": TEXT + "\ud800"},
            {"sender": TEXT}, {"sender": NUMBER + NUMBER}, {"sender": [NUMBER]}, {"encoding": TEXT},
            {"country": NUMBER}, {"client_ip": NUMBER}, {"track": TEXT},
            {"receipt_url": f"ftp://{KEY}/{NUMBER}"}, {"receipt_url": f"https://{KEY}@host/{NUMBER}"},
            {"client_message_id": NUMBER + "\n"}, {"client_message_id": TEXT * 100}, {"scheduled": NUMBER},
            {"expiry": TEXT}, {"max_parts": NUMBER}, {"timeout": NUMBER},
            {"extra": {"note": {TEXT}, "other": {NUMBER}}}, {"extra": TEXT},
        ],
        ids=str,
    )  # fmt: skip
    def test_of_a_send(
        self, caller: Caller, arguments: dict[str, Any], caplog: pytest.LogCaptureFixture
    ) -> None:
        script = Script(answer(500))
        client = caller.client(script, api_key=KEY)
        with pytest.raises(ConnectSmsError) as caught:
            caller(client.send(**{"destination": NUMBER, "text": TEXT, **arguments}))
        assert leaks(str(caught.value), repr(caught.value), pickle.dumps(caught.value), caplog.text) == []
        # Source lines of this test are no leak; what the exceptions say is.
        chain: BaseException | None = caught.value
        while chain is not None:
            assert leaks(str(chain)) == []
            chain = chain.__cause__ or chain.__context__
        assert script.seen == 0

    @pytest.mark.parametrize("key", [KEY + "\n", f"Bearer {KEY}", KEY + "é", [KEY], KEY.encode()], ids=repr)
    def test_of_a_key(self, caller: Caller, key: Any) -> None:
        with pytest.raises(ConfigurationError) as caught:
            caller.client(api_key=key)
        assert leaks(*shown_by(caught.value)) == []

    def test_a_key_in_a_url(self, caller: Caller) -> None:
        for url in (
            f"https://{KEY}@host",
            f"https://host/?key={KEY}",
            f"https://host/#{KEY}",
            f"https://h {KEY}",
        ):
            with pytest.raises(ConfigurationError) as caught:
                caller.client(base_url=url)
            assert leaks(str(caught.value), repr(caught.value)) == []


class TestSettings:
    """The key is used and never shown."""

    def settings(self, caller: Caller) -> Settings:
        found: Settings = caller.client(Script(answer(500)), api_key=KEY).settings
        return found

    def test_in_the_settings(self, caller: Caller) -> None:
        settings = self.settings(caller)
        shown = [repr(settings), str(settings), f"{settings}", repr(attrs.asdict(settings))]
        assert leaks(*shown) == []
        with pytest.raises(TypeError):
            vars(settings)

    def test_in_the_client(self, caller: Caller) -> None:
        client = caller.client(Script(answer(500)), api_key=KEY)
        assert leaks(repr(client), str(client), repr(vars(client))) == []
        assert repr(client).startswith(f"{type(client).__name__}('{SUB_ACCOUNT}' at https://")

    def test_in_the_key_itself(self) -> None:
        secret = Secret(KEY)
        assert (
            leaks(repr(secret), str(secret), f"{secret}", f"{secret!s:>30}", [secret], {"key": secret}) == []
        )
        assert secret.reveal() == KEY

    def test_in_what_goes_on_the_wire_until_it_is_there(self, caller: Caller) -> None:
        from connect_sms._transport.effects import Request, Send

        request = Request(
            "POST", f"https://host/{NUMBER}", [(b"authorization", KEY.encode())], TEXT.encode(), Timeout()
        )
        assert leaks(repr(Send(request))) == []

    def test_none_of_them_is_pickled(self, caller: Caller) -> None:
        client = caller.client(Script(answer(500)), api_key=KEY)
        for held in (Secret(KEY), self.settings(caller), client):
            with pytest.raises(TypeError, match="not pickled"):
                pickle.dumps(held)
            with pytest.raises(TypeError, match="not pickled"):
                copy.deepcopy(held)
        for wrapped in (Private(NUMBER), Private([TEXT])):
            with pytest.raises(TypeError, match=r"a private value is not pickled.*reveal\(\)"):
                pickle.dumps(wrapped)
