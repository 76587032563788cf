"""What may be given as recipients, and what is refused."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

from connect_sms import (
    InvalidArgument,
    InvalidBatch,
    InvalidDestination,
    InvalidSchedule,
    InvalidText,
    Message,
)
from tests.support import NUMBER, TEXT, OtherObject
from tests.support.message_options import EVERY_OPTION, ON_THE_WIRE
from tests.unit.batch.server import Server, indexes, item, listing, number, numbers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping

    from tests.unit.batch.sender import Sender


def _generated(items: list[Any]) -> Iterator[Any]:
    yield from items


async def _async_generated(items: list[Any]) -> AsyncIterator[Any]:
    for one in items:
        yield one


class Sequence:
    """Has a length and is iterated by index: the oldest way to be a list."""

    def __len__(self) -> int:
        return 3

    def __iter__(self) -> Iterator[str]:
        return iter(numbers(3))


ITERABLES: dict[str, Callable[[list[str]], Any]] = {
    "list": list,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "dict": dict.fromkeys,
    "dict keys": lambda items: dict.fromkeys(items).keys(),
    "generator": _generated,
    "iterator": iter,
    "map": lambda items: map(str, items),
    "own class with a length": lambda _: Sequence(),
}


@pytest.mark.parametrize("kind", ITERABLES)
def test_any_iterable_of_numbers_is_taken(sender: Sender, kind: str) -> None:
    server = Server()
    result = sender(server, ITERABLES[kind](numbers(3)))
    assert result.ok
    assert sorted(row.destination for row in result) == numbers(3)
    assert indexes(result) == [0, 1, 2]
    assert {message["text"] for message in server.messages} == {TEXT}


def test_an_asynchronous_generator_is_taken_by_the_asynchronous_client(sender: Sender) -> None:
    source = _async_generated(numbers(3))
    if sender.is_async:
        assert [row.destination for row in sender(Server(), source).accepted] == numbers(3)
    else:
        server = Server()
        with pytest.raises(InvalidArgument, match="AsyncSmsClient"):
            sender(server, source)
        assert server.documents == []


def test_nobody_is_sent_nothing(sender: Sender) -> None:
    server = Server()
    result = sender(server, [])
    assert (len(result), result.ok, server.documents) == (0, True, [])


def test_numbers_mappings_and_messages_may_be_mixed(sender: Sender) -> None:
    server = Server()
    given: list[Any] = [
        number(0),
        {"destination": number(1), "text": "Own text"},
        Message(destination=number(2), text="Another", sender="SHOP"),
        MappingProxyType({"destination": number(3), "client_message_id": "order-3"}),
        {"destination": number(4), "text": None, "sender": None},
    ]
    result = sender(server, given, sender="ACME")
    assert result.ok
    assert [(m["destination"], m["text"], m["source"]) for m in server.messages] == [
        (number(0), TEXT, "ACME"),
        (number(1), "Own text", "ACME"),
        (number(2), "Another", "SHOP"),
        (number(3), TEXT, "ACME"),
        (number(4), TEXT, "ACME"),
    ]
    assert server.messages[3]["clientMessageId"] == result.accepted[3].client_message_id == "order-3"


def test_a_text_per_recipient_needs_no_shared_one(sender: Sender) -> None:
    server = Server()
    given = [{"destination": number(place), "text": f"Hello {place}"} for place in range(3)]
    assert sender(server, given, None).ok
    assert [message["text"] for message in server.messages] == ["Hello 0", "Hello 1", "Hello 2"]


def test_every_option_may_stand_on_the_batch_or_on_a_message(sender: Sender) -> None:
    server = Server()
    sender(server, [number(0)], **EVERY_OPTION)
    sender(server, [{"destination": number(1), **EVERY_OPTION}])
    sender(server, [Message(destination=number(2), **EVERY_OPTION)])
    for message in server.messages:
        assert message.items() >= ON_THE_WIRE.items()


def test_a_messages_own_option_goes_first_and_the_rest_is_kept(sender: Sender) -> None:
    server = Server()
    given = [
        {"destination": number(0), "sender": "SHOP"},
        number(1),
        {"destination": number(2), "sender": "SHOP"},
    ]
    sender(server, given, sender="ACME", country="GB")
    assert [(m["source"], m["country"]) for m in server.messages] == [
        ("SHOP", "GB"),
        ("ACME", "GB"),
        ("SHOP", "GB"),
    ]


def test_two_options_with_the_same_value_are_not_taken_for_each_other(sender: Sender) -> None:
    server = Server()
    sender(server, [{"destination": number(0), "sender": "GB"}, {"destination": number(1), "country": "GB"}])
    first, second = server.messages
    assert (first["source"], first.get("country")) == ("GB", None)
    assert (second.get("source"), second["country"]) == (None, "GB")


def test_more_options_than_are_remembered_are_still_right(sender: Sender) -> None:
    server = Server()
    given = [
        {"destination": number(place), "client_ip": f"192.0.{place // 250}.{place % 250}"}
        for place in range(1500)
    ]
    assert sender(server, given).ok
    assert [message["clientIp"] for message in server.messages] == [one["client_ip"] for one in given]


def test_each_message_gets_an_id_of_its_own_and_no_two_batches_share_one(sender: Sender) -> None:
    server = Server()
    first, second = sender(server, numbers(3)), sender(server, numbers(3))
    ids = [row.client_message_id for row in (*first, *second)]
    assert len(set(ids)) == 6
    assert ids == [message["clientMessageId"] for message in server.messages]


to: dict[Any, Any] = {"destination": number(1)}
WRONG: dict[str, tuple[Any, type[InvalidArgument], str]] = {
    "a bad number": ("+44 7700", InvalidDestination, "destination"),
    "an empty number": ("", InvalidDestination, "destination"),
    "None": (None, InvalidArgument, "messages"),
    "an int": (447700900123, InvalidArgument, "messages"),
    "bytes": (b"+447700900123", InvalidArgument, "messages"),
    "a list": ([number(1)], InvalidArgument, "messages"),
    "an unknown key": (to | {"to": "x"}, InvalidArgument, "messages"),
    "a key that is no name": (to | {None: "x"}, InvalidArgument, "messages"),
    "no destination": ({"text": "Hi"}, InvalidArgument, "messages"),
    "destination None": ({"destination": None}, InvalidDestination, "destination"),
    "destination int": ({"destination": 447700900123}, InvalidDestination, "destination"),
    "an empty text": (to | {"text": ""}, InvalidText, "text"),
    "a text that is none": (to | {"text": 5}, InvalidText, "text"),
    "half a surrogate pair": (to | {"text": "\ud800"}, InvalidText, "text"),
    "a long text": (to | {"text": "x" * 1531}, InvalidText, "text"),
    "a bad sender": (to | {"sender": "much too long a name"}, InvalidArgument, "sender"),
    "an unhashable sender": (to | {"sender": ["ACME"]}, InvalidArgument, "sender"),
    "an unhashable id": (to | {"client_message_id": []}, InvalidArgument, "client_message_id"),
    "an empty id": (to | {"client_message_id": ""}, InvalidArgument, "client_message_id"),
    "a naive time": (to | {"scheduled": datetime(2026, 1, 2)}, InvalidSchedule, "scheduled"),
    "extra that is none": (to | {"extra": "x"}, InvalidArgument, "extra"),
    "extra with a known key": (to | {"extra": {"text": "x"}}, InvalidArgument, "extra"),
    "extra that JSON cannot say": (to | {"extra": {"x": object()}}, InvalidArgument, "extra"),
    "extra with half a surrogate pair": (to | {"extra": {"x": "\ud800"}}, InvalidArgument, "extra"),
    "extra with a set inside": (to | {"extra": {"x": {1j}}}, InvalidArgument, "extra"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_one_wrong_message_stops_a_list_or_is_left_out_of_it(sender: Sender, wrong: str) -> None:
    given, error, argument = WRONG[wrong]
    server = Server()
    with pytest.raises(InvalidBatch) as caught:
        sender(server, [number(0), given, number(2)])
    [problem] = caught.value.problems
    assert isinstance(problem, error)
    assert (problem.index, problem.argument) == (1, argument)
    assert not caught.value.may_have_been_sent
    assert server.documents == []
    result = sender(server, [number(0), given, number(2)], on_invalid="reject")
    assert indexes(result.accepted) == [0, 2]
    [refused] = result.rejected
    assert refused.index == 1
    assert (refused.reason or "").startswith("not sent: ")
    assert list(server.seen) == [number(0), number(2)]


def test_all_wrong_messages_are_named_however_many_requests_it_would_take(sender: Sender) -> None:
    server = Server()
    given = [number(place) if place % 3 else "wrong" for place in range(20)]
    with pytest.raises(InvalidBatch, match=r"7 messages are wrong.* and 2 more") as caught:
        sender(server, given, client={"batch_size": 4})
    assert [problem.index for problem in caught.value.problems] == [0, 3, 6, 9, 12, 15, 18]
    assert server.documents == []


def test_a_refused_message_keeps_its_number_and_its_own_id(sender: Sender) -> None:
    given = [
        "nonsense",
        {"destination": "odd", "client_message_id": "a"},
        Message(destination="bad", client_message_id="b"),
        {"destination": 5},
        7,
    ]
    result = sender(Server(), given, on_invalid="reject")
    found = [(row.destination, row.client_message_id) for row in result.rejected]
    assert found == [("nonsense", ""), ("odd", "a"), ("bad", "b"), ("", ""), ("", "")]


def test_what_is_rejected_here_and_there_stands_in_the_order_of_the_batch(sender: Sender) -> None:
    server = Server(lambda document: listing([item(one, "REJECTED") for one in document["messages"]]))
    result = sender(server, ["wrong", number(1), "wrong", number(3)], on_invalid="reject")
    assert indexes(result.rejected) == [0, 1, 2, 3]


def test_a_message_without_text_is_wrong(sender: Sender) -> None:
    with pytest.raises(InvalidBatch) as caught:
        sender(
            Server(), [number(0), {"destination": number(1)}, {"destination": number(2), "text": "Hi"}], None
        )
    assert [type(problem) for problem in caught.value.problems] == [InvalidText, InvalidText]
    assert [problem.index for problem in caught.value.problems] == [0, 1]


@pytest.mark.parametrize("size", [10_000, 1])
def test_two_messages_must_not_share_an_id_even_in_different_requests(sender: Sender, size: int) -> None:
    server = Server()
    given = [
        {"destination": number(0), "client_message_id": "order-1"},
        {"destination": number(1), "client_message_id": "order-1"},
    ]
    with pytest.raises(InvalidBatch, match="same client_message_id") as caught:
        sender(server, given, client={"batch_size": size})
    assert [problem.index for problem in caught.value.problems] == [1]
    assert server.documents == []


def test_a_mapping_of_numbers_to_texts_is_refused(sender: Sender) -> None:
    server = Server()
    with pytest.raises(InvalidArgument, match="must not map numbers to texts"):
        sender(server, {NUMBER: "for you alone"})
    assert server.documents == []


def test_the_same_number_twice_is_two_messages(sender: Sender) -> None:
    server = Server()
    result = sender(server, [NUMBER, NUMBER])
    assert indexes(result.accepted) == [0, 1]
    assert server.seen[NUMBER] == 2


SINGLE: list[Any] = [NUMBER, b"+447700900123", Message(destination=NUMBER), {"destination": NUMBER}]
NO_ITERABLE: list[Any] = [None, 5, OtherObject(), list, 1.5]


@pytest.mark.parametrize("given", [*SINGLE, *NO_ITERABLE], ids=lambda given: type(given).__name__)
def test_what_is_no_iterable_of_recipients_is_refused(sender: Sender, given: Any) -> None:
    server = Server()
    with pytest.raises(InvalidArgument) as caught:
        sender(server, given)
    assert caught.value.argument == "messages"
    assert ("use send()" in str(caught.value)) == any(given is one for one in SINGLE)
    assert server.documents == []


BAD_ARGUMENTS: list[Mapping[str, Any]] = [
    {"on_invalid": "ignore"}, {"client_batch_id": ""}, {"text": ""}, {"max_parts": 11},
    {"sender": "much too long a name"}, {"scheduled": datetime(2026, 1, 2)}, {"extra": {"messages": []}},
    {"extra": {"x": OtherObject()}},
]  # fmt: skip


@pytest.mark.parametrize("arguments", BAD_ARGUMENTS, ids=str)
@pytest.mark.parametrize("source", [list, iter])
def test_a_wrong_argument_of_the_batch_is_refused_before_a_recipient_is_taken(
    sender: Sender, arguments: Mapping[str, Any], source: Any
) -> None:
    server, source = Server(), source(numbers(2))
    with pytest.raises(InvalidArgument) as caught:
        sender(server, source, **{"text": TEXT, **arguments})
    assert caught.value.argument == next(iter(arguments))
    assert server.documents == []
    assert len(list(source)) == 2


def test_the_clients_own_longest_text_holds_unless_the_batch_names_another(sender: Sender) -> None:
    server, long = Server(), "x" * 161
    with pytest.raises(InvalidText, match="more than the 1 allowed"):
        sender(server, numbers(2), long, client={"max_parts": 1})
    assert server.documents == []
    assert sender(server, numbers(2), long, client={"max_parts": 1}, max_parts=2).ok
