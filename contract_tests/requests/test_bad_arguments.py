"""Whatever is wrong gives an error that names the argument, and not one request."""

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connect_sms import (
    ConfigurationError,
    InvalidArgument,
    InvalidBatch,
    InvalidDestination,
    InvalidText,
    Message,
)
from contract_tests.requests import arguments as some
from contract_tests.requests.answers import taken
from contract_tests.requests.expected import check_message
from contract_tests.support.clients import COLOURS, SUB_ACCOUNT, Caller, Wire, calling
from contract_tests.support.witnesses import body_of, complaints
from tests.support.examples import examples

TO, TEXT = "+447700900123", "Your code is 482910"


@pytest.fixture(scope="module", params=COLOURS)
def wire_and_caller(request: pytest.FixtureRequest) -> Iterator[tuple[Wire, Caller]]:
    wire = Wire(taken)
    with calling(request.param, wire) as caller:
        yield wire, caller


def check_refused(
    wire: Wire, call: Callable[[], object], argument: str, kind: type[InvalidArgument] = InvalidArgument
) -> InvalidArgument:
    """The call raises the right kind of error for the right argument, and nothing reached the wire."""
    wire.taken()
    with pytest.raises(kind) as caught:
        call()
    assert wire.taken() == []
    error = caught.value
    assert error.argument == argument
    assert not error.may_have_been_sent
    assert error.index is None
    return error


def check_either(wire: Wire, call: Callable[[], object], argument: str, *, good: bool) -> None:
    """By the rule written down here the call goes through as it is, or is refused."""
    if good:
        call()
        (request,) = wire.taken()
        assert complaints(request) == []
    else:
        check_refused(wire, call, argument)


@given(value=some.near_misses(some.destinations))
@example(value="+447700900123\n")
@example(value="+44770090012\u0663")
@example(value="447700900123/")
@example(value="%2B447700900123")
@example(value="0447700900123")
@example(value="+4477009001234567")
@example(value="+44 7700 900123")
@example(value="4.47700900123e11")
def test_a_destination_that_is_nearly_right(wire_and_caller: tuple[Wire, Caller], value: str) -> None:
    wire, caller = wire_and_caller
    if some.is_destination(value):
        caller.send(value, TEXT, client_message_id="a")
        (request,) = wire.taken()
        check_message(body_of(request), {"destination": value, "text": TEXT, "client_message_id": "a"})
    else:
        error = check_refused(wire, lambda: caller.send(value, TEXT), "destination", InvalidDestination)
        digits = "".join(char for char in value if char.isascii() and char.isdigit())
        assert len(digits) < 7 or digits not in str(error).replace("+447700900123", "")


@given(value=some.near_misses(some.senders))
@example(value="Acme Stores1")
@example(value="ACME\n")
@example(value="12345678901234567")
@example(value="+")
def test_a_sender_that_is_nearly_right(wire_and_caller: tuple[Wire, Caller], value: str) -> None:
    wire, caller = wire_and_caller
    good = some.is_sender(value)
    check_either(wire, lambda: caller.send(TO, TEXT, sender=value), "sender", good=good)


@given(value=some.near_misses(some.countries))
def test_a_country_that_is_nearly_right(wire_and_caller: tuple[Wire, Caller], value: str) -> None:
    wire, caller = wire_and_caller
    good = some.is_country(value)
    check_either(wire, lambda: caller.send(TO, TEXT, country=value), "country", good=good)


@given(value=some.near_misses(some.own_ids))
@example(value="a" * 350)
@example(value="a" * 351)
@example(value="")
def test_an_own_id_that_is_nearly_right(wire_and_caller: tuple[Wire, Caller], value: str) -> None:
    wire, caller = wire_and_caller
    good = some.is_opaque(value, 350)
    check_either(wire, lambda: caller.send(TO, TEXT, client_message_id=value), "client_message_id", good=good)


@given(value=some.near_misses(some.batch_ids))
@example(value="0d9b2c7e-51a4-4f0e-9a53-6f1c2f6f0b11")
@example(value="b" * 20)
@example(value="b" * 21)
def test_a_batch_id_that_is_nearly_right(wire_and_caller: tuple[Wire, Caller], value: str) -> None:
    wire, caller = wire_and_caller
    good = some.is_opaque(value, 20)
    check_either(
        wire, lambda: caller.send_batch([TO], TEXT, client_batch_id=value), "client_batch_id", good=good
    )


@given(value=some.near_misses(some.umids))
@example(value="..")
@example(value=".")
@example(value="...")
@example(value="")
@example(value="a/../b")
@example(value="..%2F..")
@example(value="a\n")
@example(value="a?b#c")
def test_a_umid_that_is_nearly_right(wire_and_caller: tuple[Wire, Caller], value: str) -> None:
    wire, caller = wire_and_caller
    good = some.is_opaque(value, 256) and set(value) != {"."}
    check_either(wire, lambda: caller.status(value), "umid", good=good)


@pytest.mark.parametrize("colour", COLOURS)
@given(value=some.near_misses(some.sub_accounts))
@example(value="...")
@example(value="../x")
@example(value="acme\n")
@example(value="acme%2Falerts")
def test_a_sub_account_that_is_nearly_right(colour: str, value: str) -> None:
    wire = Wire(taken)
    if some.is_sub_account(value):
        with calling(colour, wire, sub_account_id=value) as caller:
            check_either(wire, lambda: caller.send(TO, TEXT), "", good=True)
    else:
        with pytest.raises(ConfigurationError), calling(colour, wire, sub_account_id=value):
            pass


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize(
    "key", ["", "key\n", "key with space", "k\u00e9y", "key\x00", "\u043aey", b"key", 7, None]
)
def test_a_key_that_would_break_its_header(colour: str, key: Any) -> None:
    with pytest.raises(ConfigurationError) as caught, calling(colour, Wire(taken), api_key=key):
        pass
    assert not caught.value.may_have_been_sent


def test_the_last_moment_of_the_week_is_still_good(wire_and_caller: tuple[Wire, Caller]) -> None:
    wire, caller = wire_and_caller
    caller.send(TO, TEXT, scheduled=some.NOW + timedelta(days=7))
    (request,) = wire.taken()
    assert datetime.fromisoformat(body_of(request)["scheduled"]) == datetime(2026, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("a" * 1530, {}),
        ("\u20ac" * 760, {}),  # 76 of them fit a part of 153 units, one unit being left empty
        ("\u4f60" * 670, {}),
        ("\U0001f600" * 330, {}),  # 33 of them fit a part of 67 units, likewise
        ("a" * 160, {"max_parts": 1}),
        ("a" * 70, {"max_parts": 1, "encoding": "UCS2"}),
    ],
)
def test_the_longest_text_that_does(
    wire_and_caller: tuple[Wire, Caller], text: str, options: dict[str, Any]
) -> None:
    wire, caller = wire_and_caller
    caller.send(TO, text, **options)
    (request,) = wire.taken()
    assert body_of(request)["text"] == text


@pytest.mark.parametrize("colour", COLOURS)
def test_the_clients_own_limit_of_parts_holds_unless_a_call_names_another(colour: str) -> None:
    wire = Wire(taken)
    with calling(colour, wire, max_parts=1) as caller:
        check_refused(wire, lambda: caller.send(TO, "a" * 161), "text", InvalidText)
        check_refused(wire, lambda: caller.send_batch([TO], "a" * 161), "text", InvalidText)
        caller.send(TO, "a" * 161, max_parts=2)
    assert len(wire.taken()) == 1


@pytest.mark.parametrize(
    "name", sorted({"destination", "text", "clientMessageId", "source", "encoding", "scheduled"})
)
def test_extra_fields_do_not_get_round_a_check(wire_and_caller: tuple[Wire, Caller], name: str) -> None:
    wire, caller = wire_and_caller
    check_refused(wire, lambda: caller.send(TO, TEXT, extra={name: "x"}), "extra")
    with pytest.raises(InvalidArgument):
        caller.send_batch([Message(destination=TO, extra={name: "x"})], TEXT)
    assert wire.taken() == []


def test_a_number_that_not_every_writer_of_json_takes(wire_and_caller: tuple[Wire, Caller]) -> None:
    """Beyond 64 bits it is sent as it is, or refused."""
    wire, caller = wire_and_caller
    wire.taken()
    with contextlib.suppress(InvalidArgument):
        caller.send(TO, TEXT, extra={"xNew": 2**70})
    assert [body_of(request)["xNew"] for request in wire.taken()] in ([], [2**70])


# ---- batches ---------------------------------------------------------------------------------------


@examples(0.6)
@given(
    good=st.lists(some.destinations, min_size=1, max_size=5),
    wrong=some.near_misses(some.destinations).filter(lambda value: not some.is_destination(value))
    | some.junk,
    place=st.integers(0, 5),
    whole=st.booleans(),
)
def test_one_wrong_recipient_stops_a_batch_or_is_left_out(
    wire_and_caller: tuple[Wire, Caller], good: list[str], wrong: Any, place: int, *, whole: bool
) -> None:
    wire, caller = wire_and_caller
    place = min(place, len(good))
    items: list[Any] = [*good[:place], {"destination": wrong} if whole else wrong, *good[place:]]

    with pytest.raises(InvalidBatch) as caught:
        caller.send_batch(items, TEXT)
    assert wire.taken() == []
    assert [problem.index for problem in caught.value.problems] == [place]
    assert not caught.value.may_have_been_sent

    result = caller.send_batch(items, TEXT, on_invalid="reject")
    (request,) = wire.taken()
    assert complaints(request) == []
    assert [message["destination"] for message in body_of(request)["messages"]] == good
    assert [row.index for row in result.rejected] == [place]
    assert sorted(row.index for row in result.accepted) == [
        index for index in range(len(items)) if index != place
    ]
    assert (result.unknown, result.not_sent) == ((), ())


@pytest.mark.parametrize(
    ("messages", "options"),
    [
        (TO, {}),
        (TO.encode(), {}),
        ({"destination": TO}, {}),
        (Message(destination=TO), {}),
        (None, {}),
        (7, {}),
        ([TO], {"text": None}),
        ([TO], {"on_invalid": "ignore"}),
        ([{"destination": TO, "telephone": "1"}], {}),
        ([{"text": "Hello"}], {}),
        ([{1: TO}], {}),
        ([{"destination": TO, "client_message_id": "a"}] * 2, {}),
        ([TO], {"sender": "Acme Stores 1"}),
        ([TO], {"extra": {"messages": []}}),
        ([TO], {"extra": {"includeMessagesInResponse": False}}),
        ([TO], {"max_parts": 11}),
    ],
    ids=str,
)
def test_a_batch_that_is_none(
    wire_and_caller: tuple[Wire, Caller], messages: Any, options: dict[str, Any]
) -> None:
    wire, caller = wire_and_caller
    with pytest.raises(InvalidArgument) as caught:
        caller.send_batch(messages, **{"text": TEXT, **options})
    assert wire.taken() == []
    assert not caught.value.may_have_been_sent


def test_nobody_to_send_to_is_no_request(wire_and_caller: tuple[Wire, Caller]) -> None:
    wire, caller = wire_and_caller
    assert len(caller.send_batch([], TEXT)) == 0
    assert wire.taken() == []


def test_a_good_call_after_all_that_goes_through(wire_and_caller: tuple[Wire, Caller]) -> None:
    """Were the client broken, every refusal above would look like a success."""
    wire, caller = wire_and_caller
    caller.send(TO, TEXT)
    (request,) = wire.taken()
    assert request.url.path.endswith(f"/{SUB_ACCOUNT}/messages")
