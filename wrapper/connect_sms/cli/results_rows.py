"""The rows of a results file: CSV, a row on each line of the file, written and read."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Final

import attrs

from connect_sms.text.printable import cell_of, text_of

from .csv_table import InputProblem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

COLUMNS: Final = ("line", "destination", "result", "umid", "client_message_id", "sent_at", "reason")
KINDS: Final = ("accepted", "rejected", "unknown", "not_sent")

#: The result of a recipient whose request is about to be sent.
HANDING_OVER: Final = "handing_over"
#: The result in the row, of line 0, that a file has until its batch has ended.
UNFINISHED: Final = "unfinished"

#: Results of recipients who may have been sent to.
HELD: Final = frozenset({"unknown", HANDING_OVER})

#: A result as the cells of its row.
cells_of: Final = attrgetter(*COLUMNS)

_RESULTS: Final = frozenset({*KINDS, HANDING_OVER})
_MAX_LINE: Final = 50_000_000
_recipients: Final = re.compile(r"([0-9]+) recipients? ").match


@attrs.frozen
class Result:
    """The result of one recipient.

    Attributes:
        line: The number of its line in the input.
        destination: The phone number, masked unless numbers are shown.
        result: ``accepted``, ``rejected``, ``unknown`` or ``not_sent``; in the file of a batch that has not
            ended also ``handing_over``, and in its row of line 0 ``unfinished``.
        umid: 8x8's id of the message.
        client_message_id: The id the message carried.
        sent_at: In a file, when it was recorded that its request was about to go out: ISO 8601, in UTC.
        reason: Why it was not accepted.
    """

    line: int
    destination: str | None
    result: str
    umid: str | None = None
    client_message_id: str | None = None
    sent_at: str | None = None
    reason: str | None = None

    def document(self) -> dict[str, object]:
        """The result as JSON."""
        return {"type": "recipient", **attrs.asdict(self)}


def unfinished(recipients: int | None) -> Result:
    """The row of a batch that has not ended, with the number of its recipients where that is known."""
    number = "an unknown number of" if recipients is None else recipients
    reason = (
        f"{number} recipients in a batch that has not ended: the last row of a line counts; "
        "--resume instead of --output goes on with it"
    )
    return Result(0, None, UNFINISHED, reason=reason)


def recipients_of(row: Result) -> int | None:
    """The number of recipients in a row of `unfinished`."""
    found = _recipients(row.reason or "")
    return int(found[1]) if found else None


def as_csv(rows: Iterable[Iterable[object]]) -> str:
    """Rows as CSV, each on one line: of a write that was cut off, only the last line can be incomplete."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([_cell(cell) for cell in row] for row in rows)
    return text.getvalue()


def read_row(line: str, name: str) -> Result:
    """Read a row.

    Args:
        line: A line of the file.
        name: What it is, in messages.

    Raises:
        InputProblem: It is not a row of a results file.
    """
    try:
        number, destination, result, *others = next(csv.reader([line], strict=True))
        row = Result(int(number), text_of(destination), result, *_read_rest(*others))
    except (csv.Error, ValueError, TypeError, StopIteration):
        row = None
    if row is not None and row.line == 0 and row.result == UNFINISHED:
        return row
    if row is not None and 0 < row.line <= _MAX_LINE and row.result in _RESULTS:
        return row
    raise InputProblem(
        f"{name} is not a row that `connect-sms batch` wrote. A result may be changed, but nothing else"
    )


def _read_rest(umid: str, client_message_id: str, sent_at: str, reason: str) -> Iterator[str | None]:
    if sent_at and datetime.fromisoformat(sent_at).tzinfo is None:
        raise ValueError(sent_at)
    return (text_of(cell) or None for cell in (umid, client_message_id, sent_at, reason))


def _cell(value: object) -> object:
    return cell_of(value) if isinstance(value, str) else value
