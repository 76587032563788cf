"""Whatever is posted: an answer below 500, and the body kept, as an event or in quarantine."""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import strategies as st

from connect_sms.receipts import (
    DeliveryReceipt,
    Receiver,
    UnknownEvent,
    WebhookAuth,
    open_store,
    parse,
    parse_all,
)
from tests.support.examples import examples
from tests.support.receipt_bodies import bodies, content_types
from tests.support.receipt_process import SECRET
from tests.support.receipt_samples import facts
from tests.support.receiver_requests import request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connect_sms.receipts import ReceiptStore


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReceiptStore]:
    with open_store(tmp_path_factory.mktemp("malformed") / "receipts.db") as opened:
        yield opened


def headers_of(content_type: str | None) -> dict[str, str]:
    return {} if content_type is None else {"content-type": content_type}


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
    async def all_of_them() -> set[int]:
        app = Receiver(store, WebhookAuth(SECRET))
        asked = [
            request(app, [body[:cut], body[cut:]], {"authorization": SECRET, **headers_of(content_type)})
            for body, content_type, cut in posted
        ]
        answers = await asyncio.gather(*asked)
        await app.stop()
        return {answer.status for answer in answers}

    assert asyncio.run(all_of_them()) == {200}
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
@example(b"\xff\xfe\0\0", None)
@example(b"\xfe\xff\xd8", None)
@examples(3)
def test_what_is_read_keeps_its_body_and_can_be_stored(body: bytes, content_type: str | None) -> None:
    headers = headers_of(content_type)
    assert parse(body, headers).raw == body
    events = parse_all(body, headers)
    assert len(events) >= 1
    assert len(events) > 1 or events[0].raw == body
    for event in events:
        said = facts(event.status if isinstance(event, DeliveryReceipt) else event)
        words = [value for value in said.values() if isinstance(value, str)]
        assert words
        # Whatever it says can be stored.
        assert all("\0" not in word and word.encode() is not None for word in words)
        assert not isinstance(event, DeliveryReceipt) or 0 <= (event.status.error_code or 0) < 2**31
