"""From events and standings to rows of the tables, and back."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import attrs

from connect_sms.errors.base import InvalidArgument
from connect_sms.models.outcomes import Outcome, classify
from connect_sms.receipts._columns import GATHERED, ORDER, moment_text, price_from
from connect_sms.receipts.events import DeliveryReceipt, InboundMessage, UnknownEvent
from connect_sms.receipts.folding import Standing, fold

from ._statements import STANDING_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from connect_sms.models.delivery_errors import DeliveryErrors

    from ._database import Row

    _Facts: TypeAlias = tuple[str | None, str | None, int | None, str | None]

__all__ = ["News", "Seen", "fingerprint", "read_standing", "rows_of_standings", "seen", "sort_news"]

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

    events: dict[tuple[str, str], Row] = attrs.field(factory=dict[tuple[str, str], "Row"])
    bodies: dict[str, Row] = attrs.field(factory=dict[str, "Row"])
    standings: list[Seen] = attrs.field(factory=list["Seen"])


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
            facts = (None, None, None, moment_text(event.sent_at))
            _put(news, _event_row("inbound", event.umid, facts, at, (event.content_type, event.raw, due)))
        elif isinstance(event, Standing):
            news.standings.append(seen(event, at))
            if event.umid:
                _put(news, _event_row(event.source, event.umid, _facts(event), at))
        else:
            standing = Standing.from_receipt(event)
            news.standings.append(seen(standing, at))
            body = (event.content_type, event.raw, due)
            _put(news, _event_row("receipt", event.umid, _facts(standing), at, body))
    return news


def seen(standing: Standing, at: str) -> Seen:
    """A standing and when it was learned.

    Raises:
        InvalidArgument: It has neither of the ids that could name its message.
    """
    if not (standing.umid or standing.client_message_id):
        raise InvalidArgument("a standing needs a umid or a client_message_id", argument="umid")
    return Seen(standing, at)


def _facts(standing: Standing) -> _Facts:
    return standing.state, standing.detail, standing.error_code, moment_text(standing.observed_at)


def _event_row(
    kind: str,
    umid: str,
    facts: _Facts,
    at: str,
    body: tuple[str | None, bytes | None, str | None] = (None, None, None),
) -> Row:
    return (umid, fingerprint(kind, *facts), kind, *facts, at, *body)


def _put(news: News, row: Row) -> None:
    news.events.setdefault((row[0], row[1]), row)


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


def rows_of_standings(entries: Iterable[Seen]) -> list[Row]:
    """Rows for the table of standings, one for each message, in the order of its key.

    The order keeps two writers on one database from waiting for each other.
    """
    grouped: dict[tuple[str, str], list[Seen]] = {}
    for entry in entries:
        standing = entry.standing
        lost = "" if standing.umid else standing.client_message_id or ""
        grouped.setdefault((standing.umid, lost), []).append(entry)
    return [
        _row(key, fold(entry.standing for entry in group), min(entry.at for entry in group))
        for key, group in sorted(grouped.items())
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
