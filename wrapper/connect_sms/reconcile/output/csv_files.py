"""The report as CSV, a line for each message, and files that are written atomically."""

# ruff: noqa: TC001  at run time too, so that `typing.get_type_hints` finds every name

from __future__ import annotations

import csv
import io
import os
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TextIO

from connect_sms._transport.files import PartFile
from connect_sms.reconcile.report import Report
from connect_sms.reconcile.retries import retryable
from connect_sms.text.printable import cell_of

if TYPE_CHECKING:
    from connect_sms.models.status import MessageStatus

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


def write_csv(report: Report, path: str | os.PathLike[str] | TextIO, *, show_numbers: bool = False) -> int:
    """Write a line for each message.

    Each cell is one line, with signs for control characters. One that a spreadsheet would treat as a formula
    gets an apostrophe in front; phone numbers do not: import their column as text.

    Args:
        report: The report.
        path: The file, or an open text stream. A file is written atomically; an existing one is replaced,
            a link is followed, and a device or a pipe is written to. Only its owner can read it.
        show_numbers: Write phone numbers whole, not masked.

    Returns:
        The number of lines, without the header.

    Raises:
        OSError: It cannot be written.
    """
    lines = (_cells(status, show_numbers=show_numbers) for status in report.statuses())
    return _write_lines(path, COLUMNS, lines)


def write_retryable(report: Report, path: str | os.PathLike[str] | TextIO) -> int:
    """Write the messages that can be sent again, with whole numbers, as input of ``connect-sms batch``.

    Args:
        report: The report.
        path: The file; as for `write_csv`.

    Returns:
        The number of messages from `connect_sms.reconcile.retryable`, without those with an unknown number.

    Raises:
        OSError: It cannot be written.
    """
    messages = (entry.message for entry in retryable(report) if entry.message is not None)
    lines = ((message.destination, message.client_message_id) for message in messages)
    return _write_lines(path, ("destination", "client_message_id"), lines)


def _write_lines(
    path: str | os.PathLike[str] | TextIO, header: Sequence[str], lines: Iterable[Iterable[object]]
) -> int:
    count = 0
    with private_file(path) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for line in lines:
            writer.writerow(map(_harmless, line))
            count += 1
    return count


def _cells(status: MessageStatus, *, show_numbers: bool) -> Iterator[object]:
    plain = status.to_dict(show_numbers=show_numbers)
    seconds, price, failure = status.seconds_to_delivery, status.price, status.error
    yield plain["destination"]
    yield status.destination_country
    yield plain["outcome"]
    yield status.error_code
    yield status.failure_reason
    yield None if failure is None else failure.category.value
    yield None if status.sent_at is None else status.sent_at.isoformat(timespec="seconds")
    yield None if status.observed_at is None else status.observed_at.isoformat(timespec="seconds")
    yield None if seconds is None else f"{seconds:.1f}"
    yield status.parts
    yield None if price is None or price.total is None else f"{price.total:f}"
    yield None if price is None else price.currency
    for name in ("umid", "client_message_id", "batch_id", "client_batch_id"):
        yield plain[name]


def _harmless(cell: object) -> object:
    return cell_of(cell) if isinstance(cell, str) else cell


@contextmanager
def private_file(to: str | os.PathLike[str] | TextIO) -> Generator[TextIO]:
    """A text file, readable by its owner only, that replaces the target after an error-free write.

    An open stream is written to as it is.
    """
    if not isinstance(to, str | os.PathLike):
        yield to
        return
    file = PartFile(to)
    try:
        file.open()
        text = io.TextIOWrapper(file.stream, encoding="utf-8", newline="")
        yield text
        text.flush()
        text.detach()
        file.finish()
    except BaseException:
        file.discard()
        raise
