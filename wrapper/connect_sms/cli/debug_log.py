"""What ``--debug`` shows: the log, on standard error, with a sign for each control character in it."""

from __future__ import annotations

import logging

from connect_sms.text.printable import printable_lines


class PrintableFormatter(logging.Formatter):
    """Formats records for a terminal: a server's words may be in them."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as text."""
        return printable_lines(super().format(record))


def start() -> None:
    """Show the log: warnings of all, and everything of ours."""
    handler = logging.StreamHandler()
    handler.setFormatter(PrintableFormatter("%(relativeCreated)6d ms  %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("connect_sms").setLevel(logging.DEBUG)
