"""What must be on the wire, worked out from the caller's arguments alone."""

from datetime import UTC, datetime
from typing import Any, Final

import httpx

from contract_tests.requests.arguments import wire_word
from contract_tests.support.clients import KEY
from contract_tests.support.witnesses import body_of

_PLAIN: Final = {
    "destination": "destination",
    "text": "text",
    "sender": "source",
    "receipt_url": "dlrCallbackUrl",
    "client_ip": "clientIp",
    "track": "track",
    "client_message_id": "clientMessageId",
}
_TIMES: Final = ("scheduled", "expiry")


def fields(given: dict[str, Any]) -> dict[str, Any]:
    """The fields of one message, but for its times and for an id that the caller did not give."""
    expected: dict[str, Any] = {_PLAIN[name]: value for name, value in given.items() if name in _PLAIN}
    if "encoding" in given:
        expected["encoding"] = wire_word(given["encoding"])
    if "country" in given:
        expected["country"] = given["country"].upper()
    return {**expected, **given.get("extra", {})}


def check_message(sent: dict[str, Any], given: dict[str, Any]) -> None:
    """Compare one message on the wire with what the caller gave: nothing less, nothing more, nothing else."""
    rest = dict(sent)
    for name in _TIMES:
        check_time(rest.pop(name, None), given.get(name))
    if "client_message_id" not in given:
        made = rest.pop("clientMessageId")
        assert isinstance(made, str)
        assert 16 <= len(made) <= 350
    assert rest == fields(given)


def check_time(sent: str | None, given: datetime | None) -> None:
    """The same moment, to the millisecond, with its offset said."""
    assert (sent is None) == (given is None)
    if sent is not None and given is not None:
        moment = datetime.fromisoformat(sent)
        assert moment.utcoffset() is not None, "without an offset 8x8 would guess"
        asked = given.astimezone(UTC)
        assert moment == asked.replace(microsecond=asked.microsecond // 1000 * 1000)


def check_post(request: httpx.Request) -> None:
    """A request that carries JSON: method, headers, length."""
    assert request.method == "POST"
    assert request.headers.get_list("content-type") == ["application/json"]
    assert request.headers["content-length"] == str(len(request.content))
    check_common(request)


def check_get(request: httpx.Request) -> None:
    """A request that carries nothing."""
    assert request.method == "GET"
    assert request.content == b""
    assert "content-type" not in request.headers
    check_common(request)


def check_common(request: httpx.Request, key: str = KEY) -> None:
    """The key in its one place, and no request without an end."""
    assert request.headers.get_list("authorization") == [f"Bearer {key}"]
    assert key not in str(request.url)
    assert key.encode() not in request.content
    assert request.headers.get_list("accept") == ["application/json"]
    assert request.headers["user-agent"].startswith("connect-sms/")
    assert "cookie" not in request.headers
    timeouts = request.extensions["timeout"]
    assert set(timeouts) == {"connect", "read", "write", "pool"}
    assert all(isinstance(seconds, int | float) and seconds > 0 for seconds in timeouts.values())


def without(request: httpx.Request, names: set[str]) -> httpx.Request:
    """The same request without some fields, for witnesses that cannot know them."""
    body = body_of(request)
    for message in [body, *body.get("messages", [])]:
        for name in names & set(message):
            del message[name]
    headers = {name: value for name, value in request.headers.items() if name != "content-length"}
    return httpx.Request(request.method, request.url, headers=headers, json=body)
