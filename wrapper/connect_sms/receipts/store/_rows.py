"""From events and standings to rows of the tables, and back."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import attrs

from connect_sms.outcomes import DeliveryErrors, Outcome, classify
from connect_sms.receipts.events import DeliveryReceipt, InboundMessage, UnknownEvent
from connect_sms.receipts.folding import GATHERED, ORDER, Standing, fold, moment_text, price_from

from ._statements import STANDING_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ._database import Row

__all__ = ["News", "Seen", "read_standing", "rows_of_standings", "sort_news"]

# An outcome of which the handset may still have it: below it, silence means that nothing is known.
_SILENT: Final = Outcome.DELIVERED_TO_OPERATOR.rank


@attrs.define
class News:
    """Rows of one call, ready to be written.

    Attributes:
        events: By what identifies it, the row of an event.
        bodies: By its digest, the row of a body for the quarantine.
        standings: What the events say of each message.
    """

    events: dict[tuple[str, str], Row] = attrs.Factory(dict)
    bodies: dict[str, Row] = attrs.Factory(dict)
    standings: list[Seen] = attrs.Factory(list)


@attrs.frozen
class Seen:
    """A standing, and when this receiver learned of it."""

    standing: Standing
    at: str


def sort_news(
    events: Iterable[DeliveryReceipt | InboundMessage | UnknownEvent | Standing],
    received_at: datetime,
    *,
    callback: bool,
) -> News:
    """Rows for what came in."""
    news, at = News(), moment_text(received_at) or ""
    due = at if callback else None
    for event in events:
        if isinstance(event, UnknownEvent):
            row = (_digest(event.raw), at, event.reason, event.content_type, event.raw)
            news.bodies.setdefault(row[0], row)
        elif isinstance(event, InboundMessage):
            _put(news, "inbound", event.umid, (None, None, None, moment_text(event.sent_at)), at, event, due)
        elif isinstance(event, Standing):
            news.standings.append(Seen(event, at))
            if event.umid:
                _put(news, event.source, event.umid, _facts(event), at, None, None)
        else:
            standing = Standing.from_receipt(event)
            news.standings.append(Seen(standing, at))
            _put(news, "receipt", event.umid, _facts(standing), at, event, due)
    return news


def _facts(standing: Standing) -> tuple[str | None, str | None, int | None, str | None]:
    return standing.state, standing.detail, standing.error_code, moment_text(standing.observed_at)


def _put(
    news: News,
    kind: str,
    umid: str,
    facts: tuple[str | None, str | None, int | None, str | None],
    at: str,
    event: DeliveryReceipt | InboundMessage | None,
    due: str | None,
) -> None:
    mark = fingerprint(kind, *facts)
    body = (None, None) if event is None else (event.content_type, event.raw)
    news.events.setdefault((umid, mark), (umid, mark, kind, *facts, at, *body, due))


def fingerprint(
    kind: str, state: str | None, detail: str | None, code: int | None, observed_at: str | None
) -> str:
    """What tells an event from others of the same message; the case of 8x8's words does not."""
    said = (
        kind,
        (state or "").lower(),
        (detail or "").lower(),
        "" if code is None else str(code),
        observed_at,
    )
    return hashlib.blake2b("\0".join(word or "" for word in said).encode(), digest_size=8).hexdigest()


def _digest(raw: bytes) -> str:
    return hashlib.blake2b(raw, digest_size=16).hexdigest()


def rows_of_standings(seen: Iterable[Seen]) -> list[Row]:
    """Rows for the table of standings, one for each message, in the order of its key.

    The order keeps two writers on one database from waiting for each other.
    """
    grouped: dict[tuple[str, str], list[Seen]] = {}
    for entry in seen:
        standing = entry.standing
        lost = "" if standing.umid else standing.client_message_id or ""
        grouped.setdefault((standing.umid, lost), []).append(entry)
    return [
        _row(key, fold(entry.standing for entry in entries), min(entry.at for entry in entries))
        for key, entries in sorted(grouped.items())
    ]


def _row(key: tuple[str, str], standing: Standing, at: str) -> Row:
    decided = (column.of(standing) for column in ORDER)
    gathered = (column.of(standing) for column in GATHERED)
    return (*key, standing.outcome.value, *decided, *gathered, at)


def read_standing(row: Sequence[Any], table: DeliveryErrors) -> Standing:
    """A standing from a row of `SELECT_STANDINGS`."""
    values = dict(zip((*STANDING_COLUMNS, "given_up_at"), row, strict=True))
    outcome = Outcome(values["outcome"])
    state, detail, code = values["state"], values["detail"], values["error_code"]
    error = None if values["source"] == "sent" else classify(state, detail, code, table)[1]
    if values["given_up_at"] is not None and outcome.rank < _SILENT:
        outcome = Outcome.NO_RECEIPT
    return Standing(
        umid=values["umid"],
        outcome=outcome,
        error=error,
        state=state,
        detail=detail,
        error_code=code,
        observed_at=_moment(values["observed_at"]),
        source=values["source"],
        client_message_id=values["client_message_id"],
        batch_id=values["batch_id"],
        client_batch_id=values["client_batch_id"],
        sub_account_id=values["sub_account_id"],
        destination=values["destination"],
        sender=values["sender"],
        parts=values["parts"],
        price=price_from(values["price"]),
        sent_at=_moment(values["sent_at"]),
        reason=values["reason"],
    )


def _moment(said: str | None) -> datetime | None:
    return None if said is None else datetime.fromisoformat(said)
