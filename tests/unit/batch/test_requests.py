"""What goes on the wire: how a batch is cut, what every request says, and where it goes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_sms import ApiError, AuthenticationFailed, BadRequest, BatchInterrupted, NotFound, OutcomeUnknown
from connect_sms._batch.rows import Checker
from connect_sms.config import make_settings
from connect_sms_api.models import BatchMessage, BatchOfMessages
from tests.support import KEY, SUB_ACCOUNT, TEXT, answer
from tests.support.examples import examples
from tests.unit.batch.sender import Sender
from tests.unit.batch.server import (
    ONE_BY_ONE,
    TWO_BY_TWO,
    Server,
    accept,
    indexes,
    item,
    listing,
    number,
    numbers,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

DOCUMENTED = f"/api/v1/subaccounts/{SUB_ACCOUNT}/messages/batch"
CATALOGUE = f"/api/v1/subaccounts/{SUB_ACCOUNT}/batch"


# How a batch is cut


def test_a_request_carries_at_most_10_000_messages(sender: Sender) -> None:
    server = Server()
    result = sender(server, iter(numbers(10_001)))
    assert sorted(server.sizes, reverse=True) == [10_000, 1]
    assert (len(result.accepted), len(result.batch_ids), len(result.responses)) == (10_001, 2, 2)


@pytest.mark.parametrize("source", [list, iter])
@pytest.mark.parametrize(("count", "sizes"), [(1, [1]), (3, [3]), (4, [3, 1]), (6, [3, 3]), (7, [3, 3, 1])])
def test_batch_size_bounds_a_request(sender: Sender, source: Any, count: int, sizes: list[int]) -> None:
    server = Server()
    result = sender(server, source(numbers(count)), client={"batch_size": 3, "batch_concurrency": 1})
    assert server.sizes == sizes
    assert [message["destination"] for message in server.messages] == numbers(count)
    assert indexes(result.accepted) == list(range(count))


TEXTS = st.one_of(
    st.sampled_from(["Hi", 'He said "no"\\\n\t', "x" * 300, "\U0001f389" * 60, "\u20ac" * 150]),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60),
)


@examples(0.6)
@given(
    texts=st.lists(TEXTS, min_size=1, max_size=30),
    ids=st.booleans(),
    extra=st.booleans(),
    room=st.integers(300, 3000),
)
def test_batch_bytes_bounds_a_request_to_the_byte(
    texts: list[str],
    ids: bool,  # noqa: FBT001  drawn
    extra: bool,  # noqa: FBT001  drawn
    room: int,
) -> None:
    server = Server()
    given: list[dict[str, Any]] = [
        {"destination": number(place), "text": text} for place, text in enumerate(texts)
    ]
    for place, one in enumerate(given):
        if ids:
            one["client_message_id"] = f'"\u00e9{place}' + "x" * (place % 7)
        if extra:
            one["extra"] = {"campaign": "\u00fc" * place}
    sender = Sender("sync")
    sender(
        server, given, sender="ACME", extra={"note": "y"}, client_batch_id="b", client={"batch_bytes": room}
    )
    assert [message["text"] for message in server.messages] == texts
    for body, following in zip(server.bodies, [*server.documents[1:], None], strict=True):
        assert len(body) <= room or len(json.loads(body)["messages"]) == 1
        if following is not None:
            # Cut no earlier than needed: the next message would not have fitted.
            more = len(
                json.dumps(following["messages"][0], ensure_ascii=False, separators=(",", ":")).encode()
            )
            assert len(body) + more + 1 > room


@pytest.mark.parametrize(("less", "sizes"), [(0, [2]), (1, [1, 1])])
def test_what_fits_exactly_goes_together(sender: Sender, less: int, sizes: list[int]) -> None:
    whole = Server()
    sender(whole, numbers(2))
    server = Server()
    sender(server, numbers(2), client={"batch_bytes": len(whole.bodies[0]) - less})
    assert server.sizes == sizes


# What every request says


def test_every_message_is_complete_in_itself(sender: Sender) -> None:
    server = Server()
    sender(server, numbers(3), sender="ACME", client=TWO_BY_TWO)
    first, second = server.documents
    assert first.keys() == second.keys() == {"messages", "includeMessagesInResponse"}
    assert first["includeMessagesInResponse"] is True
    for message in server.messages:
        assert message.keys() == {"destination", "text", "source", "clientMessageId"}


def test_the_batchs_own_id_and_extra_fields_stand_in_every_request(sender: Sender) -> None:
    server = Server()
    result = sender(
        server, numbers(3), client_batch_id="sale-7", extra={"priority": 2}, client={"batch_size": 1}
    )
    assert result.client_batch_id == "sale-7"
    assert [document["clientBatchId"] for document in server.documents] == ["sale-7"] * 3
    assert [document["priority"] for document in server.documents] == [2] * 3


def test_extra_fields_of_a_message_stand_in_that_message(sender: Sender) -> None:
    server = Server()
    sender(server, [{"destination": number(place), "extra": {"priority": place}} for place in range(2)])
    assert [message["priority"] for message in server.messages] == [0, 1]


def test_a_generator_may_use_one_dict_again_and_again(sender: Sender) -> None:
    one: dict[str, Any] = {"extra": {"tags": []}}

    def messages() -> Iterator[Any]:
        for place in range(5):
            one["destination"] = number(place)
            one["extra"]["tags"][:] = [place]
            yield one

    async def asynchronous() -> AsyncIterator[Any]:
        for message in messages():
            yield message

    for source in [messages(), *([asynchronous()] if sender.is_async else [])]:
        server = Server()
        assert sender(server, source, client={"batch_size": 3, "batch_concurrency": 1}).ok
        assert [message["destination"] for message in server.messages] == numbers(5)
        assert [message["tags"] for message in server.messages] == [[0], [1], [2], [3], [4]]


def test_the_clients_own_sender_and_receipt_url_are_used(sender: Sender) -> None:
    server = Server()
    sender(server, [number(0)], client={"sender": "ACME", "receipt_url": "https://example.com/r"})
    assert server.messages[0]["source"] == "ACME"
    assert server.messages[0]["dlrCallbackUrl"] == "https://example.com/r"


MESSAGES = st.fixed_dictionaries(
    {
        "destination": st.integers(10**9, 10**14).map(str),
        "text": st.text("abc \u00e9\u20ac", min_size=1, max_size=20),
    },
    optional={
        "sender": st.sampled_from(["ACME", "+447700900123"]),
        "encoding": st.sampled_from(["AUTO", "UCS2"]),
        "country": st.sampled_from(["GB", "us"]),
        "track": st.sampled_from(["None", "Outcome"]),
        "client_ip": st.ip_addresses().map(str),
        "client_message_id": st.uuids().map(str),
    },
)


@given(MESSAGES)
def test_a_row_is_written_as_the_generated_class_writes_it(message: dict[str, Any]) -> None:
    row = Checker(make_settings(api_key=KEY, sub_account_id=SUB_ACCOUNT), None, None, {}).row(0, message)
    read = BatchMessage.from_dict(row.document())
    assert read.to_dict() == row.document()
    assert BatchOfMessages(messages=[read]).to_dict()["messages"] == [row.document()]


def test_raw_answers_are_kept(sender: Sender) -> None:
    def reply(document: Any) -> Any:
        return listing([item(one, newField=1) for one in document["messages"]], 1, more="news")

    result = sender(Server(reply), [number(0)])
    (response,) = result.responses
    assert response.status == 200
    assert response.headers["content-type"] == "application/json"
    assert response.json()["more"] == "news"
    assert response.json()["messages"][0]["newField"] == 1


def test_raw_answers_are_let_go_when_there_are_too_many(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connect_sms._batch.tracker._KEPT", 700)

    def says_nothing(document: Any) -> Any:
        return listing(None, note="n" * 600)

    server = Server(accept, accept, accept, accept, says_nothing)
    result = sender(server, numbers(5), client=ONE_BY_ONE)
    assert [len(result.accepted), len(result.unknown), len(result.batch_ids)] == [4, 1, 5]
    kept = [response.body for response in result.responses]
    assert sum(map(len, kept[:-1])) <= 700
    assert 1 <= len(kept[:-1]) < 4
    assert b"nnn" in kept[-1], "the answer that leaves a recipient unknown is kept"


# Where it goes


@pytest.mark.parametrize("status", [404, 405])
def test_a_server_that_does_not_know_it_is_asked_at_the_catalogues_path_and_that_is_remembered(
    sender: Sender, status: int
) -> None:
    server = Server(answer(status))
    result = sender(server, numbers(3), client=ONE_BY_ONE)
    assert result.ok
    assert server.paths == [DOCUMENTED, CATALOGUE, CATALOGUE, CATALOGUE]
    assert server.seen[number(0)] == 2, "the first was refused, so it was not sent twice"


@pytest.mark.parametrize("status", [400, 401, 403, 410, 422, 426, 413, 451])
def test_any_other_refusal_is_not_a_wrong_path(sender: Sender, status: int) -> None:
    server = Server(answer(status))
    with pytest.raises((BadRequest, AuthenticationFailed, Exception)) as caught:
        sender(server, [number(0)])
    assert getattr(caught.value, "status", None) == status
    assert server.paths == [DOCUMENTED]


def test_a_server_that_knows_neither_path_is_told_of_by_its_first_answer(sender: Sender) -> None:
    error = {"message": "first", "errorId": "0c0f0f1e-0000-4000-8000-000000000001"}
    server = Server(answer(404, error), answer(405))
    with pytest.raises(NotFound) as caught:
        sender(server, [number(0)])
    assert caught.value.error_id == error["errorId"]
    assert server.paths == [DOCUMENTED, CATALOGUE]


@pytest.mark.parametrize("code", [1001, "1300", 1300.0, 4018])
@pytest.mark.parametrize("status", [404, 405])
def test_a_code_of_8x8_says_that_it_is_the_path(sender: Sender, status: int, code: object) -> None:
    """The sub-account is unknown, for one: asking elsewhere would only hide that."""
    server = Server(answer(status, {"code": code, "message": "not found"}))
    with pytest.raises(ApiError) as caught:
        sender(server, [number(0)])
    assert (caught.value.status, caught.value.code) == (status, int(float(str(code))))
    assert server.paths == [DOCUMENTED]


@pytest.mark.parametrize("body", [b"", b"<html>no such page</html>", b'{"code": null}', b'"no"', b"[404]"])
def test_a_404_of_another_server_does_not(sender: Sender, body: bytes) -> None:
    server = Server(httpx.Response(404, content=body))
    assert sender(server, [number(0)]).ok
    assert server.paths == [DOCUMENTED, CATALOGUE]


def test_a_refusal_at_the_second_path_is_what_counts(sender: Sender) -> None:
    server = Server(answer(404), answer(401))
    with pytest.raises(AuthenticationFailed):
        sender(server, [number(0)])


def test_an_unknown_outcome_at_the_second_path_is_not_repeated(sender: Sender) -> None:
    server = Server(answer(404), answer(503))
    result = sender(server, [number(0)])
    assert indexes(result.unknown) == [0]
    assert server.paths == [DOCUMENTED, CATALOGUE]


def test_what_was_learnt_of_the_path_is_shared_and_may_turn_out_wrong_again(sender: Sender) -> None:
    server = Server(answer(404))

    def both(sms: Any) -> Any:
        twin = sms.with_options(sender="ACME")
        elsewhere = sms.with_options(base_url="https://gateway.example.com/sms")
        calls: list[Callable[[], Any]] = [
            lambda: sms.send_batch([number(0)], TEXT),
            lambda: twin.send_batch([number(1)], TEXT),
            lambda: elsewhere.send_batch([number(2)], TEXT),
        ]
        if not sender.is_async:
            return [call() for call in calls]

        async def one_by_one() -> list[Any]:
            return [await call() for call in calls]

        return one_by_one()

    sender.run(server, both)
    away = f"/sms/{SUB_ACCOUNT}/messages/batch"
    assert server.paths == [DOCUMENTED, CATALOGUE, CATALOGUE, away]


def test_a_server_that_learns_the_documented_path_is_followed(sender: Sender) -> None:
    server = Server(answer(404), accept, answer(404))
    result = sender(server, numbers(3), client=ONE_BY_ONE)
    assert result.ok
    assert server.paths == [DOCUMENTED, CATALOGUE, CATALOGUE, DOCUMENTED, DOCUMENTED]


def test_an_unknown_outcome_teaches_nothing_of_the_path(sender: Sender) -> None:
    server = Server(answer(500), answer(404), answer(404), accept)
    with pytest.raises(BatchInterrupted) as caught:
        sender(server, numbers(3), client=ONE_BY_ONE)
    assert isinstance(caught.value.__cause__, NotFound)
    assert not isinstance(caught.value.__cause__, OutcomeUnknown)
    assert server.paths == [DOCUMENTED, DOCUMENTED, CATALOGUE]
