"""The report as CSV, one line for each recipient, and files that appear whole or not at all."""

from __future__ import annotations

import csv
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from connect_sms.models.redaction import mask

from .retrying import retryable

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from .report import Report, Row

__all__ = ["COLUMNS", "private_file", "write_csv", "write_retryable"]

COLUMNS: Final = (
    "destination",
    "country",
    "outcome",
    "code",
    "reason",
    "category",
    "sent_at",
    "observed_at",
    "seconds",
    "parts",
    "price",
    "currency",
    "umid",
    "client_message_id",
    "batch_id",
    "client_batch_id",
)
"""The columns of `write_csv`."""

#: With these at its beginning, a spreadsheet takes a cell for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def write_csv(report: Report, path: str | os.PathLike[str], *, show_numbers: bool = False) -> int:
    """Write a line for each recipient.

    A cell that a spreadsheet would take for a formula gets an apostrophe in front; numbers written whole do
    not, and are text only where the spreadsheet is told so.

    Args:
        report: The report.
        path: The file; one that exists is replaced once the new one is whole. Its owner alone can read it.
        show_numbers: Write phone numbers whole, not masked.

    Returns:
        How many lines there are, without the header.

    Raises:
        OSError: It cannot be written.
    """
    lines = 0
    with private_file(path) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in report.rows():
            writer.writerow(_cells(row, show_numbers=show_numbers))
            lines += 1
    return lines


def write_retryable(report: Report, path: str | os.PathLike[str]) -> int:
    """Write who may be sent to again, with whole numbers, as ``connect-sms batch`` reads it.

    Args:
        report: The report.
        path: The file; as for `write_csv`.

    Returns:
        How many there are, by `connect_sms.reconcile.retryable`; without those whose number is not known.

    Raises:
        OSError: It cannot be written.
    """
    lines = 0
    with private_file(path) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("destination", "client_message_id"))
        for entry in retryable(report):
            if entry.message is not None:
                writer.writerow((entry.message.destination, entry.message.client_message_id))
                lines += 1
    return lines


def _cells(row: Row, *, show_numbers: bool) -> Iterator[object]:
    yield row.destination if row.destination is None or show_numbers else mask(row.destination)
    yield row.country
    yield row.outcome.value
    yield row.code
    yield _harmless(row.reason)
    yield row.category
    yield None if row.sent_at is None else row.sent_at.isoformat(timespec="seconds")
    yield None if row.observed_at is None else row.observed_at.isoformat(timespec="seconds")
    yield None if row.seconds is None else f"{row.seconds:.1f}"
    yield row.parts
    yield None if row.price is None or row.price.total is None else f"{row.price.total:f}"
    yield None if row.price is None else _harmless(row.price.currency)
    for given in (row.umid, row.client_message_id, row.batch_id, row.client_batch_id):
        yield _harmless(given)


def _harmless(text: str | None) -> str | None:
    return f"'{text}" if text is not None and text.startswith(_FORMULA) else text


@contextmanager
def private_file(path: str | os.PathLike[str]) -> Generator[TextIO]:
    """A text file for its owner alone, which takes its place when it has been written without an error."""
    target = Path(path)
    unfinished = target.with_name(f"{target.name}.part")

    def private(name: str, flags: int) -> int:
        return os.open(name, flags, 0o600)

    try:
        with open(unfinished, "w", encoding="utf-8", newline="", opener=private) as file:
            yield file
        os.replace(unfinished, target)  # noqa: PTH105  pathlib's returns a path that nobody needs
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
