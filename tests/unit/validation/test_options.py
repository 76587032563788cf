"""Wrong arguments, by the hundred: a declared error that names the argument, and never a request."""

from __future__ import annotations

import ipaddress
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, get_type_hints

import attrs
import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from connect_sms import (
    AsyncSmsClient,
    ConnectSmsError,
    InvalidArgument,
    ManualClock,
    Message,
    Sent,
    SmsClient,
)
from connect_sms._api.bodies import BATCH_FIELDS, MESSAGE_FIELDS
from connect_sms._batch.sender import BATCH_NAMES
from connect_sms._validation.options import OPTION_NAMES, SEND_NAMES
from connect_sms.options import BatchOptions, Changes, ClientOptions, MessageOptions, SendOptions
from tests.support import NUMBER, TEXT, UMID, Caller, Script, answer, arguments_of
from tests.support.examples import examples
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

Wrong = st.SearchStrategy[Any]

NOW = ManualClock().now()


class Odd:
    """An object of a class nobody has heard of, which compares and hashes badly."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        msg = "not to be compared"
        raise TypeError(msg)


numbers: Wrong = st.one_of(st.integers(), st.floats(), st.booleans(), st.complex_numbers(), st.decimals())
containers: Wrong = st.one_of(
    st.lists(st.text(), max_size=3),
    st.tuples(st.text()),
    st.dictionaries(st.text(), st.text(), max_size=2),
    st.sets(st.integers(), max_size=2),
)
others: Wrong = st.one_of(
    st.binary(), st.dates(), st.builds(Odd), st.just(object), st.just(len), st.just(...)
)
no_str: Wrong = st.one_of(numbers, containers, others, st.datetimes())
no_number: Wrong = st.one_of(st.text(), containers, others, st.booleans(), st.complex_numbers())
no_time: Wrong = st.one_of(st.text(), numbers, containers, others, st.datetimes())
not_seconds: Wrong = st.one_of(
    no_number,
    st.integers(max_value=0),
    st.floats(max_value=0),
    st.sampled_from([float("nan"), float("inf"), 10**400, 1e300]),
)


def texts_not(accepted: str) -> Wrong:
    """Any text that such a pattern does not take whole."""
    return st.text().filter(lambda value: not re.fullmatch(accepted, value, re.ASCII))


def is_address(value: str) -> bool:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True


def outside(first: timedelta, last: timedelta) -> Wrong:
    """Times that know their offset, before the one or after the other."""
    early = st.datetimes(max_value=(NOW + first).replace(tzinfo=None), timezones=st.just(UTC))
    late = st.datetimes(
        min_value=(NOW + last + timedelta(seconds=1)).replace(tzinfo=None), timezones=st.just(UTC)
    )
    return st.one_of(early, late)


def extra_with(taken: frozenset[str]) -> Wrong:
    """What cannot be said in JSON, or has been said already."""
    unsayable = st.one_of(others, st.sampled_from([float("nan"), {1}, "\ud800"]))
    return st.one_of(
        numbers,
        st.text(),
        st.lists(st.text()),
        others,
        st.dictionaries(st.sampled_from(sorted(taken)), st.text(), min_size=1),
        st.dictionaries(st.integers(), st.text(), min_size=1),
        st.dictionaries(st.text(), unsayable, min_size=1),
    )


MESSAGE: dict[str, Wrong] = {
    "destination": st.one_of(st.none(), no_str, texts_not(r"\+?[1-9][0-9]{6,14}")),
    "text": st.one_of(no_str, st.sampled_from(["", "x" * 1531, "\u4e2d" * 671, "\ud800", "a\udfff"])),
    "sender": st.one_of(
        no_str, texts_not(r"\+?[0-9]{1,16}|[A-Za-z0-9 ]{1,11}"), st.sampled_from([" A", "A ", "12 3"])
    ),
    "encoding": st.one_of(no_str, texts_not(r"(?i)\s*(auto|gsm-?7(-?bit)?|ucs-?2)\s*")),
    "scheduled": st.one_of(no_time, outside(timedelta(), timedelta(days=7))),
    "expiry": st.one_of(no_time, st.datetimes(max_value=NOW.replace(tzinfo=None), timezones=st.just(UTC))),
    "receipt_url": st.one_of(
        no_str, texts_not(r"(?i)https?://.*"), st.sampled_from(["https://", "http://a@b", "https://h#"])
    ),
    "client_message_id": st.one_of(no_str, st.sampled_from(["", "x" * 351, "a\n", "\x00", "\ud800"])),
    "country": st.one_of(no_str, texts_not(r"[A-Za-z]{2}")),
    "client_ip": st.one_of(
        no_str, st.text().filter(lambda value: not is_address(value)), st.just("fe80::1%eth0")
    ),
    "track": st.one_of(no_str, texts_not("None|Outcome")),
    "max_parts": st.one_of(no_number, st.floats(), st.integers(max_value=0), st.integers(min_value=11)),
    "extra": extra_with(MESSAGE_FIELDS),
    "timeout": not_seconds,
}
WAIT: dict[str, Wrong] = {
    "umid": st.one_of(
        st.none(), no_str, st.sampled_from(["", ".", "..", "...", "a\n", "\x7f", "x" * 257, "\ud800"])
    ),
    "timeout": st.one_of(not_seconds, st.none()),
    "until": st.one_of(st.none(), no_str, texts_not("final|operator|sent")),
}
BATCH: dict[str, Wrong] = {
    **{name: MESSAGE[name] for name in MESSAGE if name not in {"destination", "client_message_id"}},
    "messages": st.one_of(
        st.none(),
        numbers,
        st.text(),
        st.binary(),
        st.just({"destination": NUMBER}),
        st.lists(st.one_of(st.none(), no_str, texts_not(r"\+?[1-9][0-9]{6,14}")), min_size=1, max_size=3),
    ),
    "extra": extra_with(BATCH_FIELDS),
    "client_batch_id": st.one_of(no_str, st.sampled_from(["", "x" * 21, "a\n"])),
    "on_invalid": st.one_of(st.none(), no_str, texts_not("raise|reject")),
}
EXPORT: dict[str, Wrong] = {
    "since": st.one_of(
        no_time, st.none(), st.datetimes(min_value=datetime(2026, 1, 2), timezones=st.just(UTC))
    ),
    "until": st.one_of(no_time, st.datetimes(max_value=datetime(2025, 12, 1), timezones=st.just(UTC))),
    "countries": st.one_of(
        numbers,
        others.filter(bool),
        st.text(min_size=3),
        st.lists(st.one_of(no_str, st.just("GBR")), min_size=1),
    ),
    "phone_number": st.one_of(no_str, texts_not(r"\+?[1-9][0-9]{6,14}")),
    "limit": st.one_of(no_number, st.floats(), st.integers(max_value=-1)),
}
METHODS: dict[str, tuple[dict[str, Any], dict[str, Wrong]]] = {
    "send": ({"destination": NUMBER, "text": TEXT}, MESSAGE),
    "send_and_confirm": (
        {"destination": NUMBER, "text": TEXT},
        {**MESSAGE, "wait_timeout": WAIT["timeout"], "until": WAIT["until"]},
    ),
    "status": ({"umid": UMID}, {"umid": WAIT["umid"], "timeout": not_seconds}),
    "wait": ({"umid": UMID}, WAIT),
    "create_log_export": ({"since": NOW - timedelta(days=1)}, {**EXPORT, "timeout": not_seconds}),
    "get_log_export": ({"job_id": UMID}, {"job_id": WAIT["umid"], "timeout": not_seconds}),
    "download_log": (
        {"to": "log.csv", "since": NOW - timedelta(days=1)},
        {
            **EXPORT,
            "timeout": st.one_of(not_seconds, st.none()),
            "max_bytes": st.one_of(no_number, st.floats(), st.integers(max_value=0)),
        },
    ),
    "send_batch": ({"messages": [NUMBER], "text": TEXT}, BATCH),
    "iter_batch": ({"messages": [NUMBER], "text": TEXT}, BATCH),
}
CASES = [(method, name) for method, (_, wrong) in METHODS.items() for name in wrong]

#: Any callable will do, and nothing is wrong with one before it is called; and so with the name of a file.
NOT_CHECKED = {("send_batch", "progress"), ("iter_batch", "progress"), ("download_log", "to")}


@pytest.fixture(scope="module")
def callers() -> Iterator[list[Caller]]:
    made = [Caller("sync"), Caller("async")]
    yield made
    for caller in made:
        caller.close()


@pytest.mark.parametrize(("method", "name"), CASES)
@examples(0.4)
@given(data=st.data())
def test_a_wrong_argument_is_a_declared_error_and_never_a_request(
    callers: list[Caller], method: str, name: str, data: st.DataObject
) -> None:
    right, wrong = METHODS[method]
    value = data.draw(wrong[name], label=name)
    for caller in callers:
        script = Script(answer(500))
        client = caller.client(script)
        with pytest.raises(ConnectSmsError) as caught:
            caller(getattr(client, method)(**{**right, name: value}))
        assert isinstance(caught.value, InvalidArgument)
        assert not caught.value.may_have_been_sent
        assert caught.value.argument
        assert script.seen == 0


@pytest.mark.parametrize("method", METHODS)
def test_every_argument_of_every_method_is_among_them(method: str) -> None:
    for kind in (SmsClient, AsyncSmsClient):
        taken = set(arguments_of(getattr(kind, method)))
        tried = set(METHODS[method][1]) | {name for where, name in NOT_CHECKED if where == method}
        assert taken == tried


def test_options_are_those_of_a_message() -> None:
    typed = set(MessageOptions.__annotations__)
    assert set(OPTION_NAMES) == typed
    fields = {field.name: field.type for field in attrs.fields(Message) if field.name in typed}
    assert fields == {name: kind.__forward_arg__ for name, kind in MessageOptions.__annotations__.items()}
    assert {field.name for field in attrs.fields(Message)} - typed == {
        "destination",
        "text",
        "client_message_id",
        "extra",
    }


def test_what_extra_may_not_hold_is_what_has_an_argument() -> None:
    schemas = yaml.safe_load((ROOT / "openapi.yaml").read_text("utf-8"))["components"]["schemas"]
    assert schemas["SendMessageRequest"]["properties"].keys() == MESSAGE_FIELDS
    assert BATCH_FIELDS - {"destinations"} < schemas["BatchOfMessages"]["properties"].keys()


def test_every_method_is_among_them() -> None:
    about_itself = {"from_env", "with_options", "settings", "close"}
    public = {name for name in vars(SmsClient) if not name.startswith("_")}
    assert public - about_itself == METHODS.keys()


@pytest.mark.parametrize("method", METHODS)
@given(name=st.text(min_size=1))
@example(name="sendr")
@example(name="from_")
def test_an_argument_that_does_not_exist_is_a_type_error(
    callers: list[Caller], method: str, name: str
) -> None:
    right, wrong = METHODS[method]
    if name in wrong or (method, name) in NOT_CHECKED:
        return
    for caller in callers:
        script = Script(answer(500))
        with pytest.raises(TypeError):
            caller(getattr(caller.client(script), method)(**right, **{name: 1}))
        assert script.seen == 0


@pytest.mark.parametrize("method", ["send", "send_and_confirm", "send_batch", "iter_batch"])
def test_a_misspelt_option_is_answered_with_the_right_one(caller: Caller, method: str) -> None:
    said = f"^{method}\\(\\) got an unexpected keyword argument 'sendr'; did you mean 'sender'\\?$"
    with pytest.raises(TypeError, match=said):
        caller(getattr(caller.client(), method)(**METHODS[method][0], sendr="ACME"))


@pytest.mark.parametrize("method", ["send_batch", "iter_batch"])
def test_an_option_of_each_message_is_said_to_be_one(caller: Caller, method: str) -> None:
    with pytest.raises(TypeError, match=r"'client_message_id'; give it in each message: Message\("):
        caller(getattr(caller.client(), method)(**METHODS[method][0], client_message_id="order-1"))


@pytest.mark.parametrize(
    ("names", "known"),
    [
        (SEND_NAMES, arguments_of(SmsClient.send)),
        (BATCH_NAMES, arguments_of(SmsClient.send_batch)),
        (OPTION_NAMES, MessageOptions.__annotations__),
    ],
)
def test_the_names_that_are_suggested_are_those_that_there_are(names: Any, known: Any) -> None:
    assert set(names) == set(known)


@pytest.mark.parametrize("options", [MessageOptions, SendOptions, BatchOptions, ClientOptions, Changes])
def test_the_types_of_the_options_can_be_read_at_run_time(options: Any) -> None:
    assert get_type_hints(options).keys() == options.__annotations__.keys()


@pytest.mark.parametrize("kind", [SmsClient, AsyncSmsClient])
def test_so_can_those_of_a_client_and_of_a_send(kind: Any) -> None:
    assert get_type_hints(kind.__init__)["options"] == get_type_hints(kind.from_env)["options"]
    assert get_type_hints(kind.with_options).keys() == {"changes", "return"}
    assert get_type_hints(kind.send)["return"] is Sent


@pytest.mark.parametrize("method", METHODS)
def test_an_argument_that_is_missing_is_a_type_error(caller: Caller, method: str) -> None:
    script = Script(answer(500))
    with pytest.raises(TypeError):
        caller(getattr(caller.client(script), method)())
    assert script.seen == 0


def test_options_go_by_keyword_alone(caller: Caller) -> None:
    script = Script(answer(500))
    with pytest.raises(TypeError):
        caller(caller.client(script).send(NUMBER, TEXT, "ACME"))
    assert script.seen == 0


@pytest.mark.parametrize(
    ("wrong", "argument"),
    [
        ({"scheduled": datetime(2026, 1, 1, 12)}, "scheduled"),
        ({"scheduled": NOW + timedelta(hours=2), "expiry": NOW + timedelta(hours=1)}, "expiry"),
        ({"text": "\u4e2d", "encoding": "GSM7"}, "text"),
        ({"text": "x" * 161, "max_parts": 1}, "text"),
        ({"destination": "07700900123", "country": "GB"}, "destination"),
    ],
    ids=str,
)
def test_arguments_that_are_wrong_together(caller: Caller, wrong: dict[str, Any], argument: str) -> None:
    script = Script(answer(500))
    with pytest.raises(InvalidArgument) as caught:
        caller(caller.client(script).send(**{"destination": NUMBER, "text": TEXT, **wrong}))
    assert caught.value.argument == argument
    assert script.seen == 0
