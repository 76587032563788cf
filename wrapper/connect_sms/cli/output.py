"""The output of a command: results to standard output, notes and errors to standard error."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TextIO, cast

from connect_sms._lazy import LazyModule

from .exit_codes import exit_of

if TYPE_CHECKING:
    from rich.console import Console

    from connect_sms import errors
    from connect_sms.errors.base import ConnectSmsError
    from connect_sms.models import redaction
else:
    # `--help` needs neither.
    errors = LazyModule("connect_sms.errors")
    redaction = LazyModule("connect_sms.models.redaction")


class PipeClosed(Exception):
    """The reader of the output closed it. Not an OSError, so that no handler for OSError catches it."""


def write(text: str, stream: TextIO | None = None) -> None:
    """Write to a stream (standard output when left out) and flush it.

    Raises:
        PipeClosed: Its reader closed it.
    """
    stream = stream or cast("TextIO", sys.stdout)
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        pass
    else:
        return
    # The interpreter flushes again at exit, and would print an error there.
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    raise PipeClosed


class Output:
    """The output of one command.

    Args:
        command: The name of the command.
        json: JSON on standard output, instead of text.
        show_numbers: Show phone numbers whole, not masked.

    Attributes:
        command: The name of the command.
        json: Whether standard output is JSON.
        show_numbers: Whether phone numbers are shown whole.
    """

    def __init__(self, command: str, *, json: bool = False, show_numbers: bool = False) -> None:
        self.command = command
        self.json = json
        self.show_numbers = show_numbers

    def number(self, number: str | None) -> str | None:
        """A phone number, masked unless numbers are shown."""
        if number is None or self.show_numbers:
            return number
        return redaction.mask(number)

    def say(self, text: str) -> None:
        """Print a line of text on standard output; nothing with --json."""
        if not self.json:
            write(printable(text) + "\n")

    def draw(self, drawn: str) -> None:
        """Print what rich has drawn, control characters included; nothing with --json."""
        if not self.json:
            write(drawn)

    def emit(self, document: dict[str, Any]) -> None:
        """Print a line of JSON on standard output."""
        write(json.dumps(document, ensure_ascii=False, default=str) + "\n")

    def note(self, text: str) -> None:
        """Print a note on standard error; a closed standard error is ignored."""
        note(text)

    def end(self, exit_code: int, *, error: dict[str, Any] | None = None, **content: Any) -> int:
        """Print the JSON document of a finished command; nothing without --json. Returns the exit code."""
        if self.json:
            head = {"command": self.command, "ok": exit_code == 0, "exit_code": int(exit_code)}
            self.emit({**head, **content, "error": error})
        return int(exit_code)

    def fail(self, error: ConnectSmsError, **content: Any) -> int:
        """Print an error, with --json also as JSON. Returns the exit code."""
        document = error_document(error)
        self.note(f"connect-sms {self.command}: {document['message']}")
        for note in getattr(error, "__notes__", ()):
            self.note(note)
        return self.end(exit_of(error), error=document, **content)

    def console(self, *, stderr: bool = False) -> Console:
        """A console of rich for coloured output.

        Raises:
            MissingExtra: rich is not installed.
        """
        try:
            from rich.console import Console  # noqa: PLC0415  slower than all the rest of --help
        except ModuleNotFoundError:
            raise errors.MissingExtra("this output", extra="cli") from None
        return Console(stderr=stderr, highlight=False, markup=False, emoji=False)


def note(text: str) -> None:
    """Print a note on standard error; a closed standard error is ignored."""
    with suppress(PipeClosed):
        write(printable(text) + "\n", sys.stderr)


def error_document(error: ConnectSmsError) -> dict[str, Any]:
    """An error as JSON: its class, its message, and its attributes without numbers and texts."""
    document: dict[str, Any] = {
        "type": type(error).__name__,
        "message": _for_a_shell(error),
        "may_have_been_sent": error.may_have_been_sent,
        "transient": error.transient,
    }
    for name in ("argument", "umid", "client_message_id", "status", "code", "error_id", "reason"):
        value = getattr(error, name, None)
        if value is not None:
            document[name] = value
    return document


def printable(text: str) -> str:
    """A text with visible signs for control characters, which could control a terminal."""
    return "".join(char if char in "\n\t" or not _is_control(char) else visible(char) for char in text)


def visible(char: str) -> str:
    """A visible sign for a control character."""
    code = ord(char)
    if code < 0x20:  # noqa: PLR2004  ASCII
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"<{code:02X}>"  # noqa: PLR2004  ASCII's DEL


def _is_control(char: str) -> bool:
    return char < " " or "\x7f" <= char <= "\x9f"


def _for_a_shell(error: ConnectSmsError) -> str:
    """The message, with Python advice replaced by shell advice."""
    message = str(error)
    for python, shell in _WORDS.items():
        message = message.replace(python, shell)
    return message


_WORDS = {
    "or drop the 0 and give country=": "or drop the 0 and give --country",
    ": call .strip() on it first": ": remove it",
    "transliterate(text).text says the same": "the wording that `connect-sms segments` suggests goes out",
    "or send transliterate(text).text, which says the same": "or the wording `connect-sms segments` suggests",
    "give each message its own, or one text for all": "give each its own in a column, or --text for all",
    "or allow_http": "or an https gateway",
}
