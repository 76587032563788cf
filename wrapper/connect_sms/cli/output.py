"""The output of a command: results to standard output, notes and errors to standard error."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from connect_sms._lazy import LazyModule
from connect_sms.text.printable import printable, printable_lines

from .exit_codes import Exit, exit_of
from .streams import OutputLost, write

if TYPE_CHECKING:
    from rich.console import Console

    from connect_sms import errors
    from connect_sms.errors.base import ConnectSmsError
    from connect_sms.models import redaction
else:
    # `--help` needs neither.
    errors = LazyModule("connect_sms.errors")
    redaction = LazyModule("connect_sms.models.redaction")


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
        lost: Why standard output took no more; None while it takes everything.
    """

    def __init__(self, command: str, *, json: bool = False, show_numbers: bool = False) -> None:
        self.command = command
        self.json = json
        self.show_numbers = show_numbers
        self.lost: OutputLost | None = None
        self._is_kept = False

    def keep(self) -> None:
        """From now on standard error gets what standard output does not take: something was sent."""
        self._is_kept = True

    def number(self, number: str | None) -> str | None:
        """A phone number, masked unless numbers are shown."""
        if number is None or self.show_numbers:
            return number
        return redaction.mask(number)

    def say(self, line: str) -> None:
        """Print a line on standard output; nothing with --json."""
        if not self.json:
            self.write(printable(line) + "\n")

    def draw(self, drawn: str) -> None:
        """Print what rich has drawn, control characters included; nothing with --json."""
        if not self.json:
            self.write(drawn)

    def emit(self, *documents: dict[str, Any]) -> None:
        """Print lines of JSON on standard output.

        In ASCII, so that it is JSON in every encoding, and no character in it controls a terminal.
        """
        lines = [json.dumps(document, default=str).replace("\x7f", "\\u007f") for document in documents]
        self.write("".join(f"{line}\n" for line in lines))

    def write(self, text: str) -> None:
        """Write a text to standard output as it is.

        Raises:
            OutputLost: Standard output does not take it. After `keep` standard error gets it instead.
        """
        try:
            write(text, sys.stdout)
        except OutputLost as lost:
            is_first, self.lost = self.lost is None, lost
            if not self._is_kept:
                raise
            if is_first:
                self.note(f"connect-sms {self.command}: {lost.why}. It would have said:")
            with suppress(OutputLost):
                write(text, sys.stderr)

    def note(self, text: str) -> None:
        """Print a note on standard error; a closed standard error is ignored."""
        note(text)

    def end(self, exit_code: int, *, error: dict[str, Any] | None = None, **content: Any) -> int:
        """Print the JSON document of a finished command; nothing without --json.

        Returns:
            The exit code; where that is 0 and standard output did not take everything, the one for that.
        """
        if self.json and self.lost is None:
            head = {"command": self.command, "ok": exit_code == 0, "exit_code": int(exit_code)}
            try:
                self.emit({**head, **content, "error": error})
            except OutputLost as lost:
                self.tell(lost)
        return int(exit_code) or (Exit.DONE if self.lost is None else self.lost.exit_code)

    def tell(self, lost: OutputLost) -> None:
        """Say that standard output took no more, unless its reader went away, as `head` does."""
        if lost.exit_code is not Exit.PIPE:
            self.note(f"{f'connect-sms {self.command}'.rstrip()}: {lost.why}")

    def fail(self, error: ConnectSmsError, *, is_sent: bool = False, **content: Any) -> int:
        """Print an error, with --json also as JSON.

        Args:
            error: The error.
            is_sent: 8x8 had accepted the message before. No code that says otherwise is returned.
            content: Further fields of the JSON document.

        Returns:
            The exit code.
        """
        document = error_document(error)
        self.note(f"connect-sms {self.command}: {document['message']}")
        for note in getattr(error, "__notes__", ()):
            self.note(note)
        code = exit_of(error)
        if is_sent and code in (Exit.USAGE, Exit.CONFIGURATION):
            code = Exit.TIMEOUT
        return self.end(code, error=document, **content)

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
    with suppress(OutputLost):
        write(printable_lines(text) + "\n", sys.stderr)


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
