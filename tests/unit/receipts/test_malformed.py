"""Whatever is posted: an answer below 500, and the body kept, as an event or in quarantine."""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from connect_sms.receipts import Receiver, UnknownEvent, WebhookAuth, open_store, parse, parse_all
from tests.support.examples import examples
from tests.support.receipt_bodies import bodies, content_types
from tests.support.receipt_process import SECRET

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connect_sms.receipts import ReceiptStore


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReceiptStore]:
    with open_store(tmp_path_factory.mktemp("malformed") / "receipts.db") as opened:
        yield opened


async def post(app: Receiver, body: bytes, content_type: str | None, cut: int) -> int:
    """The status that a body is answered with; it comes in two pieces."""
    pieces = iter([(body[:cut], True), (body[cut:], False)])
    said: list[Any] = []

    async def receive() -> Any:
        piece, more = next(pieces)
        return {"type": "http.request", "body": piece, "more_body": more}

    async def send(message: Any) -> None:
        said.append(message)

    headers = [(b"authorization", SECRET.encode())]
    if content_type is not None:
        headers.append((b"content-type", content_type.encode("latin-1")))
    scope = {"type": "http", "method": "POST", "path": "/", "headers": headers, "client": None}
    await app(scope, receive, send)
    status: int = said[0]["status"]
    return status


def kept(store: ReceiptStore) -> list[bytes]:
    """Every raw body in the store; it is empty afterwards."""

    def take(session: Any) -> list[bytes]:
        rows = session.fetch("SELECT raw FROM events UNION ALL SELECT raw FROM quarantine")
        for empty in ("DELETE FROM events", "DELETE FROM quarantine", "DELETE FROM messages"):
            session.execute(empty)
        return [bytes(raw) for (raw,) in rows]

    return store._durable.writer.call(take)


@given(st.lists(st.tuples(bodies, content_types, st.integers(0, 50)), min_size=1, max_size=30))
@examples(0.6, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_every_body_is_answered_and_kept(
    store: ReceiptStore, posted: list[tuple[bytes, str | None, int]]
) -> None:
    async def all_of_them() -> list[int]:
        app = Receiver(store, WebhookAuth(SECRET))
        answers = await asyncio.gather(*(post(app, *one) for one in posted))
        await app.stop()
        return answers

    assert asyncio.run(all_of_them()) == [200] * len(posted)
    known = {status.umid for status in store.statuses()}
    held = set(kept(store))
    for body, *_ in posted:
        for event in parse_all(body):
            # Of two bodies that tell of the same event the first is kept, and it says the same.
            assert event.raw in held or (
                not isinstance(event, UnknownEvent) and event.umid in known | inbound(held)
            )


def inbound(held: set[bytes]) -> set[str]:
    """Ids of inbound messages among raw bodies."""
    events = itertools.chain.from_iterable(parse_all(raw) for raw in held)
    return {event.umid for event in events if not isinstance(event, UnknownEvent)}


@given(bodies, content_types)
@examples(3)
def test_reading_never_raises_and_keeps_the_body(body: bytes, content_type: str | None) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    assert parse(body, headers).raw == body
    events = parse_all(body, headers)
    assert len(events) >= 1
    assert len(events) > 1 or events[0].raw == body
