"""Whatever is wrong gives an error that names the argument, and not one request."""

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connect_sms import (
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


def test_the_last_moment_of_the_week_is_still_good(wire_and_caller: tuple[Wire, Caller]) -> None:
    wire, caller = wire_and_caller
    caller.send(TO, TEXT, scheduled=some.NOW + timedelta(days=7))
    (request,) = wire.taken()
    assert datetime.fromisoformat(body_of(request)["scheduled"]) == datetime(2026, 1, 8, tzinfo=UTC)


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
        (Message(destination=TO), {}),
        ([TO], {"text": None}),
        ([{"destination": TO, "telephone": "1"}], {}),
        ([{"text": "Hello"}], {}),
        ([{1: TO}], {}),
        ([{"destination": TO, "client_message_id": "a"}] * 2, {}),
        ([TO], {"extra": {"includeMessagesInResponse": False}}),
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
