"""How an answer is read: by clientMessageId alone, and never with more certainty than it gives."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import attrs
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_sms._api.decoding import rejection_reason
from connect_sms.models.readers import as_str
from connect_sms_api.models import SentMessage
from tests.support import NUMBER, TEXT, answer
from tests.support.examples import examples
from tests.unit.batch.sender import Sender
from tests.unit.batch.server import Document, Server, indexes, item, listing, number, numbers

if TYPE_CHECKING:
    from collections.abc import Sequence


@attrs.frozen
class Case:
    """An answer to three messages, and who then is accepted, rejected and unknown."""

    name: str
    items: Any
    accepted: list[int]
    rejected: Sequence[int] = ()
    unknown: Sequence[int] = ()
    counts: tuple[Any, Any] = (0, 0)


def q(message: Document, **changes: Any) -> Document:
    """Accepted."""
    return item(message, **changes)


def r(message: Document, **changes: Any) -> Document:
    """Rejected."""
    return item(message, "REJECTED", **changes)


#: Counts that leave the outcome of three messages open.
UNDECIDED: list[tuple[Any, Any]] = [
    (2, 1), (2, 0), (4, 0), (4, -1), (None, None), ("3", "0"), (True, False),
]  # fmt: skip

CASES = [
    Case("in order", lambda a, b, c: [q(a), r(b), q(c)], [0, 2], [1]),
    Case("reordered", lambda a, b, c: [q(c), r(b), q(a)], [0, 2], [1]),
    Case("a UMID that repeats", lambda a, b, c: [q(m, umid="same") for m in (a, b, c)], [0, 1, 2]),
    Case("words in lower case", lambda a, b, c: [item(a, "queued"), item(b, "Rejected"), q(c)], [0, 2], [1]),
    Case("one missing", lambda a, b, c: [q(a), q(b)], [0, 1], [], [2]),
    Case("one missing that the counts decide", lambda a, b, c: [q(a), r(b)], [0, 2], [1], [], (2, 1)),
    Case("one missing that was rejected", lambda a, b, c: [q(a), r(b)], [0], [1, 2], [], (1, 2)),
    Case("counts that do not add up", lambda a, b, c: [q(a), r(b)], [0], [1], [2], (3, 1)),
    Case("counts that say less than the list", lambda a, b, c: [q(a), q(b)], [0, 1], [], [2], (1, 0)),
    Case("the same twice", lambda a, b, c: [q(a), q(a), r(b), r(b), q(c)], [0, 2], [1]),
    Case("two things of one", lambda a, b, c: [q(a), r(a), q(b), q(c)], [1, 2], [], [0]),
    Case("two things of one, the other way", lambda a, b, c: [r(a), q(a), q(b), q(c)], [1, 2], [], [0]),
    Case("three things of one", lambda a, b, c: [r(a), q(a), r(a), q(b), q(c)], [1, 2], [], [0]),
    Case("an unknown word", lambda a, b, c: [item(a, "PARKED"), q(b), q(c)], [1, 2], [], [0], (3, 0)),
    Case("a word that is none", lambda a, b, c: [item(a, 5), item(b, None), item(c, {})], [], [], [0, 1, 2]),
    Case("no status", lambda a, b, c: [q(a, status=None), q(b, status="QUEUED"), q(c)], [2], [], [0, 1]),
    Case(
        "somebody else's too",
        lambda a, b, c: [q(m) for m in (a, b, c)] + [q(a, clientMessageId="x")],
        [0, 1, 2],
    ),
    Case(
        "somebody else's instead, counts that fit",
        lambda a, b, c: [q(m, clientMessageId=f"x{m['destination']}") for m in (a, b, c)],
        [],
        [],
        [0, 1, 2],
        (3, 0),
    ),
    Case("null ids", lambda a, b, c: [q(m, clientMessageId=None) for m in (a, b, c)], [], [], [0, 1, 2]),
    Case(
        "null ids that the counts decide",
        lambda a, b, c: [q(m, clientMessageId=None) for m in (a, b, c)],
        [0, 1, 2],
        counts=(3, 0),
    ),
    Case(
        "null ids that contradict the counts",
        lambda a, b, c: [q(a, clientMessageId=None), r(b, clientMessageId=None), q(c, clientMessageId=None)],
        [],
        [],
        [0, 1, 2],
        (3, 0),
    ),
    Case(
        "ids of other types",
        lambda a, b, c: [q(a, clientMessageId=1), q(b, clientMessageId=[]), q(c)],
        [2],
        [],
        [0, 1],
    ),
    Case("items that are none", lambda a, b, c: [None, 5, "x", [], q(a), True], [0], [], [1, 2]),
    Case("no list", lambda a, b, c: {"a": q(a)}, [], [], [0, 1, 2]),
    Case("a string", lambda a, b, c: "QUEUED", [], [], [0, 1, 2]),
    Case("an empty list", lambda a, b, c: [], [], [], [0, 1, 2]),
    Case("null", lambda a, b, c: None, [], [], [0, 1, 2]),
]


COUNTED = [
    Case(f"null, {counts}", lambda a, b, c: None, accepted, rejected, unknown, counts)
    for counts, accepted, rejected, unknown in [
        ((3, 0), [0, 1, 2], [], []),
        ((0, 3), [], [0, 1, 2], []),
        ((3, None), [0, 1, 2], [], []),
        *((counts, [], [], [0, 1, 2]) for counts in UNDECIDED),
    ]
]


@pytest.mark.parametrize("case", [*CASES, *COUNTED], ids=lambda case: case.name)
def test_each_recipient_gets_what_was_said_of_it(sender: Sender, case: Case) -> None:
    server = Server(lambda document: listing(case.items(*document["messages"]), *case.counts))
    result = sender(server, numbers(3))
    found = (indexes(result.accepted), indexes(result.rejected), indexes(result.unknown), result.not_sent)
    assert found == (case.accepted, list(case.rejected), list(case.unknown), ())
    assert server.sizes == [3], "and nothing was asked again"


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"null", b"[]", b"5", b"<html>", b'{"messages": [', b"\xff\xfe", b'"x"']
)
def test_an_answer_that_cannot_be_read_leaves_all_unknown_and_is_kept(sender: Sender, body: bytes) -> None:
    server = Server(httpx.Response(200, content=body))
    result = sender(server, numbers(2))
    assert indexes(result.unknown) == [0, 1]
    assert result.batch_ids == ()
    assert [response.body for response in result.responses] == [body]
    assert server.seen[number(0)] == 1


def test_a_5xx_leaves_all_unknown_and_names_8x8s_error_id(sender: Sender) -> None:
    error_id = "0c0f0f1e-0000-4000-8000-000000000001"
    server = Server(answer(500, {"code": 1500, "message": "oops", "errorId": error_id}))
    result = sender(server, numbers(2))
    for row in result.unknown:
        assert row.reason == f"[errorId {error_id}] its outcome is unknown: HTTP 500"
    assert [response.status for response in result.responses] == [500]
    assert server.seen[number(0)] == 1


def test_the_umid_and_the_id_of_the_request_are_handed_on(sender: Sender) -> None:
    umids: list[Any] = ["umid-1", 7, None, "", [], {"value": "x"}]

    def reply(document: Document) -> httpx.Response:
        messages = zip(document["messages"], umids, strict=True)
        return listing([item(message, umid=umid) for message, umid in messages])

    result = sender(Server(reply), numbers(6))
    assert [row.umid for row in result.accepted] == ["umid-1", "7", None, None, None, None]
    assert result.batch_ids == ("batch-1",)
    assert {row.reason for row in result.accepted} == {None}


def test_a_rejection_gives_8x8s_reason_with_number_and_text_masked(sender: Sender) -> None:
    words = f"Cannot send Tell nobody to {NUMBER} or {NUMBER[1:]}"

    def reply(document: Document) -> httpx.Response:
        (message,) = document["messages"]
        return listing([item(message, status={"code": "REJECTED", "description": words})], 0, 1)

    (row,) = sender(Server(reply), [NUMBER], "Tell nobody").rejected
    assert row.umid
    assert (row.reason or "").startswith("Cannot send *** to ")
    for secret in (NUMBER, NUMBER[1:], "Tell"):
        assert secret not in (row.reason or "")


@pytest.mark.parametrize("description", [None, "", 5.5, []])
def test_a_rejection_without_a_reason_is_still_one(sender: Sender, description: Any) -> None:
    status = {"code": "REJECTED", "description": description}
    (row,) = sender(
        Server(lambda document: listing([item(document["messages"][0], status=status)])), [NUMBER]
    ).rejected
    assert row.reason == ("5.5" if description == 5.5 else "no reason given")


def test_answers_to_many_requests_are_told_apart(sender: Sender) -> None:
    chance = random.Random(8)

    def shuffled(document: Document) -> httpx.Response:
        items = [
            item(one, "REJECTED" if int(one["destination"][-5:]) % 3 == 0 else "QUEUED")
            for one in document["messages"]
        ]
        chance.shuffle(items)
        return listing(items)

    result = sender(Server(*[shuffled] * 9), numbers(45), client={"batch_size": 5})
    assert indexes(result.rejected) == list(range(0, 45, 3))
    assert indexes(result.accepted) == [place for place in range(45) if place % 3]
    assert {row.umid for row in result} == {f"umid-{place:05d}" for place in range(45)}


STRINGS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
EXTRA = st.dictionaries(
    st.sampled_from(["price", "newField"]), st.none() | st.integers() | STRINGS, max_size=1
)


@st.composite
def _valid_items(draw: st.DrawFn) -> Document:
    """Any item that the contract allows, without its id."""
    found: Document = {
        "umid": draw(STRINGS),
        "status": {"code": draw(st.sampled_from(["QUEUED", "REJECTED"]) | STRINGS), **draw(EXTRA)},
        **draw(EXTRA),
    }
    if draw(st.booleans()):
        found["status"]["description"] = draw(st.none() | STRINGS)
    for name in ("destination", "encoding"):
        if draw(st.booleans()):
            found[name] = draw(st.none() | st.sampled_from(["GSM7", "UCS2"]) | STRINGS)
    return found


@examples(2)
@given(st.lists(_valid_items(), min_size=1, max_size=6), st.booleans())
def test_a_valid_row_is_read_as_the_generated_class_reads_it(items: list[Document], reverse: bool) -> None:  # noqa: FBT001
    answered: list[Document] = []

    def reply(document: Document) -> httpx.Response:
        for message, one in zip(document["messages"], items, strict=True):
            answered.append({**one, "clientMessageId": message["clientMessageId"]})
        return listing(answered[::-1] if reverse else answered)

    result = Sender("sync")(Server(reply), numbers(len(items)))
    generated = [SentMessage.from_dict(one) for one in answered]
    words = {"QUEUED": result.accepted, "REJECTED": result.rejected}
    for row, said in zip(result, generated, strict=True):
        code = (as_str(said.status.code) or "").upper()
        assert row in words.get(code, result.unknown)
        assert row.client_message_id == said.client_message_id
        assert row.umid == (as_str(said.umid) or None)
        if code == "REJECTED":
            assert row.reason == rejection_reason(said.status.description, row.destination, TEXT)
