"""Whatever the server does: every recipient is in one list, the right one, and is sent to at most once."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import attrs
import httpx
from hypothesis import given
from hypothesis import strategies as st

from connect_sms import (
    BatchInterrupted,
    BatchProgress,
    BatchResult,
    ConnectSmsError,
    InvalidBatch,
    RecipientResult,
)
from tests.support.examples import examples
from tests.unit.batch.sender import KINDS, Kind, Sender
from tests.unit.batch.server import Document, item, numbers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

JUNK = st.sampled_from(
    [b"", b"null", b"[]", b"<html>oops</html>", b"{", b'{"messages": 5}', b"\xff\xfe\x00", b"{}"]
)
ODD_COUNTS: list[Any] = [None, True, -1, 0, 2.5, "x", [], {}, 10**30]
ODD = st.sampled_from(ODD_COUNTS)

BEFORE: list[type[httpx.TransportError]] = [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout]
AFTER: list[type[httpx.TransportError]] = [
    httpx.ReadTimeout,
    httpx.WriteTimeout,
    httpx.ReadError,
    httpx.WriteError,
    httpx.RemoteProtocolError,
]

#: Statuses that say that nothing was done. Any other that is not 2xx leaves it open.
REFUSED = set(range(400, 500)) - {408, 499}


class Broken(Exception):
    """Raised by an iterator of the caller's."""


@attrs.frozen
class Spoil:
    """What becomes of one item of an otherwise good answer."""

    how: str
    word: Any = "QUEUED"


SPOILS = st.builds(
    Spoil,
    st.sampled_from(
        ["keep", "keep", "keep", "drop", "twice", "both", "null id", "foreign", "odd id", "junk"]
    ),
    st.sampled_from(["QUEUED", "QUEUED", "REJECTED", "queued", "PARKED", None, 7]),
)


@attrs.frozen
class Step:
    """How the server takes one request."""

    how: str
    status: int = 200
    body: bytes = b""
    error: type[httpx.TransportError] = httpx.ReadTimeout
    spoils: tuple[Spoil, ...] = ()
    counts: tuple[Any, Any] | None = None
    backwards: bool = False

    @property
    def nothing_done(self) -> bool:
        """True when it is certain that no message was taken."""
        if self.how == "fault":
            return self.error in BEFORE
        return self.how == "status" and self.status in REFUSED

    def words(self, document: Document) -> dict[str, set[str]]:
        """All that is said of each id by name."""
        found: dict[str, set[str]] = {}
        for one in self.items(document) if self.how == "answer" else []:
            if isinstance(one, dict) and isinstance(one["clientMessageId"], str):
                found.setdefault(one["clientMessageId"], set()).add(str(one["status"]["code"]).upper())
        return found

    def items(self, document: Document) -> list[Any]:
        """The items of a spoilt answer."""
        found: list[Any] = []
        for place, message in enumerate(document["messages"]):
            spoil = self.spoils[place % len(self.spoils)] if self.spoils else Spoil("keep")
            one = item(message, spoil.word)
            several: dict[str, list[Any]] = {
                "keep": [one],
                "drop": [],
                "twice": [one, one],
                "both": [item(message, "QUEUED"), item(message, "REJECTED")],
                "null id": [{**one, "clientMessageId": None}],
                "foreign": [{**one, "clientMessageId": f"foreign-{place}"}],
                "odd id": [{**one, "clientMessageId": place}],
                "junk": [place, None, "x"],
            }
            found += several[spoil.how]
        return found[::-1] if self.backwards else found

    def __call__(self, document: Document) -> httpx.Response:
        if self.how == "fault":
            raise self.error("no")
        if self.how == "status":
            return httpx.Response(self.status, content=self.body)
        items = self.items(document)
        codes = Counter(str(one["status"]["code"]).upper() for one in items if isinstance(one, dict))
        accepted, rejected = self.counts or (codes["QUEUED"], codes["REJECTED"])
        said = {"batchId": "b", "acceptedCount": accepted, "rejectedCount": rejected, "messages": items}
        body = json.dumps(said).encode()
        return httpx.Response(self.status, content=body[: len(body) // 2] if self.how == "cut off" else body)


COUNTS = st.none() | st.tuples(st.integers(0, 6) | ODD, st.integers(0, 6) | ODD)
STEPS = st.one_of(
    st.builds(
        Step,
        st.just("answer"),
        spoils=st.lists(SPOILS, max_size=4).map(tuple),
        counts=COUNTS,
        backwards=st.booleans(),
    ),
    st.builds(Step, st.just("cut off")),
    st.builds(Step, st.just("fault"), error=st.sampled_from([*BEFORE, *AFTER])),
    st.builds(Step, st.just("status"), status=st.integers(200, 599), body=JUNK),
    st.builds(
        Step, st.just("status"), status=st.sampled_from([400, 401, 404, 405, 408, 429, 500, 503]), body=JUNK
    ),
)


class Recorder:
    """A server that follows the steps, then accepts, and remembers what it did to each number."""

    def __init__(self, steps: list[Step]) -> None:
        self._steps = list(steps)
        self.history: dict[str, list[tuple[Step, Document]]] = {}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        document = json.loads(request.content)
        step = self._steps.pop(0) if self._steps else Step("answer")
        for message in document["messages"]:
            self.history.setdefault(message["destination"], []).append((step, document))
        return step(document)

    def said_of(self, row: RecipientResult) -> set[str] | str | None:
        """The codes of a recipient in the last answer; ``counted`` when it has no item."""
        step, document = self.history[row.destination][-1]
        return step.words(document).get(row.client_message_id, "counted" if step.how == "answer" else None)


@attrs.frozen
class Batch:
    """A batch, its client, and how the server takes it."""

    kind: Kind
    count: int
    wrong: frozenset[int]
    source: str
    breaks_at: int | None
    size: int
    concurrency: int
    reject: bool
    steps: list[Step]


BATCHES = st.builds(
    Batch,
    kind=st.sampled_from(KINDS),
    count=st.integers(0, 14),
    wrong=st.just(frozenset[int]()) | st.frozensets(st.integers(0, 13), max_size=3),
    source=st.sampled_from(["list", "generator", "async generator"]),
    breaks_at=st.none() | st.integers(0, 14),
    size=st.integers(1, 5),
    concurrency=st.integers(1, 4),
    reject=st.booleans(),
    steps=st.lists(STEPS, max_size=12),
)


def _outcome(batch: Batch, recorder: Recorder) -> tuple[list[Any], BatchResult, Exception | None]:
    """What was taken from the caller, what the last progress call told, and what was raised."""
    given = [
        f"wrong-{place}" if place in batch.wrong else to for place, to in enumerate(numbers(batch.count))
    ]
    taken: list[Any] = []
    calls: list[BatchProgress] = []
    sender = Sender(batch.kind)

    def recipients() -> Iterator[Any]:
        for place, to in enumerate(given):
            if place == batch.breaks_at:
                raise Broken
            taken.append(to)
            yield to

    async def asynchronous() -> AsyncIterator[Any]:
        for to in recipients():
            yield to

    source: Any = recipients()
    if batch.source == "list":
        source = given
        taken = given
    elif batch.source == "async generator" and sender.is_async:
        source = asynchronous()
    raised: Exception | None = None
    returned: BatchResult | None
    try:
        returned = sender(
            recorder,
            source,
            client={"batch_size": batch.size, "batch_concurrency": batch.concurrency},
            on_invalid="reject" if batch.reject else "raise",
            progress=calls.append,
        )
    except (ConnectSmsError, Broken) as error:
        raised = error
        returned = error.result if isinstance(error, BatchInterrupted) else None
    result = calls[-1].result
    assert result is not None
    assert returned is None or returned is result
    assert [call.ended for call in calls[:-1]] == [False] * (len(calls) - 1)
    return taken, result, raised


@examples(4)
@given(BATCHES)
def test_every_recipient_is_in_the_right_list_whatever_happens(batch: Batch) -> None:
    recorder = Recorder(batch.steps)
    taken, result, raised = _outcome(batch, recorder)
    _everybody_is_in_one_list(taken, result)
    _nobody_is_sent_to_twice(recorder)
    _it_is_the_right_list(batch, recorder, result)
    _what_is_raised_fits(batch, result, raised)


def _everybody_is_in_one_list(taken: list[Any], result: BatchResult) -> None:
    lists = (result.accepted, result.rejected, result.unknown, result.not_sent)
    assert sorted(row.index for rows in lists for row in rows) == list(range(len(taken)))
    for rows in lists:
        assert [row.index for row in rows] == sorted(row.index for row in rows)
        assert all(taken[row.index] == row.destination for row in rows)


def _nobody_is_sent_to_twice(recorder: Recorder) -> None:
    """Unless it is certain that nothing was done the first time."""
    for seen in recorder.history.values():
        assert all(step.nothing_done for step, _ in seen[:-1])


def _it_is_the_right_list(batch: Batch, recorder: Recorder, result: BatchResult) -> None:
    for row in result.accepted:
        assert recorder.said_of(row) in ({"QUEUED"}, "counted")
    for row in result.rejected:
        if row.index in batch.wrong:
            assert row.destination not in recorder.history
        else:
            assert recorder.said_of(row) in ({"REJECTED"}, "counted")
    for row in result.unknown:
        assert not recorder.history[row.destination][-1][0].nothing_done
        assert recorder.said_of(row) not in ({"QUEUED"}, {"REJECTED"})
    for row in result.not_sent:
        assert all(step.nothing_done for step, _ in recorder.history.get(row.destination, []))
    for row in (*result.unknown, *result.rejected, *result.not_sent):
        assert row.reason


def _what_is_raised_fits(batch: Batch, result: BatchResult, raised: Exception | None) -> None:
    """It tells whether it is safe to start again from the beginning."""
    if raised is None:
        assert not result.not_sent
        assert batch.reject or not any(place in batch.wrong for place in range(batch.count))
    elif not isinstance(raised, BatchInterrupted):
        assert not result.accepted
        assert not result.unknown
    if isinstance(raised, InvalidBatch):
        assert {problem.index for problem in raised.problems} <= batch.wrong
