"""The variables of our frames in a traceback show no key, number or text: a failing pytest prints them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from connect_sms import ApiError, ConfigurationError, ConnectSmsError, MissingExtra, NetworkError, errors
from connect_sms.models.private import Private
from tests.support import UMID, Caller, Script, answer, canaries
from tests.support.canaries import chain, leaks, leaks_in_frames
from tests.support.leak_scenarios import DOWNLOADS, SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize("fail", SCENARIOS.values(), ids=SCENARIOS)
def test_of_a_call_that_fails(caller: Caller, fail: Callable[[Caller], object]) -> None:
    with pytest.raises(BaseException) as caught:  # noqa: PT011  also Ctrl-C and a cancellation
        fail(caller)
    assert leaks_in_frames(caught.value) == []
    assert leaks(*(str(one) for one in chain(caught.value))) == []


@pytest.mark.parametrize("fail", DOWNLOADS.values(), ids=DOWNLOADS)
def test_of_a_download_that_fails(
    caller: Caller, fail: Callable[[Caller, Path], object], tmp_path: Path
) -> None:
    with pytest.raises(BaseException) as caught:  # noqa: PT011  also Ctrl-C and a cancellation
        fail(caller, tmp_path)
    assert leaks_in_frames(caught.value) == []


@pytest.mark.parametrize(
    "variable",
    [
        *(f"CONNECT_SMS_{name}" for name in ("SUB_ACCOUNT_ID", "REGION", "BASE_URL", "SENDER", "TIMEOUT")),
        "CONNECT_SMS_API_KEY_FILE",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
    ],
)
@pytest.mark.parametrize("wrong", [canaries.KEY, f"https://user:{canaries.PASSWORD}@sms.example.com:port/"])
def test_of_a_variable_that_holds_something_else(
    caller: Caller, variable: str, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = "" if variable.endswith("FILE") and "CERT" not in variable else canaries.KEY
    for name, value in {"API_KEY": key, "SUB_ACCOUNT_ID": "Acme"}.items():
        monkeypatch.setenv(f"CONNECT_SMS_{name}", value)
    monkeypatch.setenv(variable, wrong)
    with pytest.raises(ConfigurationError) as caught:
        type(caller.client()).from_env()
    assert leaks_in_frames(caught.value) == []
    assert leaks(*(str(one) for one in chain(caught.value))) == []


def test_every_error_is_among_them(tmp_path: Path) -> None:
    """But the one for a missing extra, and the bases that nothing raises."""
    caller = Caller("sync")
    calls: list[Callable[[], object]] = [
        *(partial(fail, caller) for fail in SCENARIOS.values()),
        *(partial(fail, caller, tmp_path) for fail in DOWNLOADS.values()),
    ]
    seen = {type(_error_of(call)) for call in calls}
    every = {kind for name in errors.__all__ if isinstance(kind := getattr(errors, name), type)}
    assert every - seen == {ConnectSmsError, ApiError, NetworkError, MissingExtra}


def _error_of(call: Callable[[], object]) -> BaseException:
    try:
        call()
    except BaseException as error:  # noqa: BLE001  also Ctrl-C
        return error
    raise AssertionError("it did not fail")


def test_results_hold_plain_values(caller: Caller) -> None:
    """Who prints one shows it on purpose."""
    client = caller.client(Script(answer(200, {"umid": UMID, "status": {"code": "QUEUED"}})))
    sent = caller(client.send(canaries.NUMBER, canaries.TEXT, client_message_id="my-id"))
    of_batch = caller(client.send_batch([canaries.NUMBER], canaries.TEXT)).results[0]
    held = (sent.destination, sent.client_message_id, of_batch.destination, sent.segments.plain.text)
    assert {type(value) for value in (*held, sent.segments.text, *sent.segments.part_texts)} == {str}


def test_the_headers_of_a_request_show_no_key(caller: Caller) -> None:
    provider = caller.client(api_key=canaries.KEY)._context.provider
    headers = provider.headers("GET", "https://sms.example.com", b"")
    assert (b"authorization", f"Bearer {canaries.KEY}".encode()) in headers
    assert leaks(repr(headers), repr(provider.secrets)) == []


def test_a_variable_that_shows_a_number_is_found() -> None:
    """The control of all these tests: a leak in a frame of ours, in the cause of an error."""
    source = """
def fail(number):
    try:
        1 / 0
    except ZeroDivisionError:
        raise KeyError
"""
    ours: dict[str, Any] = {"__name__": "connect_sms.made_up"}
    exec(compile(source, f"{canaries.OURS[0]}made_up.py", "exec"), ours)  # noqa: S102  a frame of ours
    with pytest.raises(KeyError) as caught:
        ours["fail"](canaries.NUMBER)
    assert canaries.NUMBER in str(leaks_in_frames(caught.value))
    with pytest.raises(KeyError) as caught:
        ours["fail"](Private(canaries.NUMBER))
    assert leaks_in_frames(caught.value) == []
