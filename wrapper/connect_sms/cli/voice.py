"""What a command says, and to whom: results to standard output, remarks to standard error."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TextIO, cast

if TYPE_CHECKING:
    from rich.console import Console

    from connect_sms.errors.base import ConnectSmsError


class PipeClosed(Exception):
    """Whoever read the output went away. Not an OSError, so that nothing on the way up takes it for one."""


def write(text: str, stream: TextIO | None = None) -> None:
    """Write to a stream (standard output when left out) and flush it.

    Raises:
        PipeClosed: Nobody reads it any more.
    """
    stream = stream or cast("TextIO", sys.stdout)
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        pass
    else:
        return
    # The interpreter flushes again on its way out, and would complain there.
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    raise PipeClosed


class Voice:
    """How one command speaks.

    Args:
        command: Its name.
        json: One JSON document on standard output, in place of words for people.
        show_numbers: Show phone numbers whole.
    """

    def __init__(self, command: str, *, json: bool = False, show_numbers: bool = False) -> None:
        self.command = command
        self.json = json
        self._show_numbers = show_numbers

    def number(self, number: str | None) -> str | None:
        """A phone number as it may be shown."""
        if number is None or self._show_numbers:
            return number
        from connect_sms.models.redaction import mask  # noqa: PLC0415  --help needs none of it

        return mask(number)

    def say(self, text: str) -> None:
        """A line for people, on standard output; nothing with --json."""
        if not self.json:
            write(printable(text) + "\n")

    def draw(self, drawn: str) -> None:
        """What rich has drawn, whose control characters are its own; nothing with --json."""
        if not self.json:
            write(drawn)

    def emit(self, document: dict[str, Any]) -> None:
        """A line of JSON on standard output."""
        write(json.dumps(document, ensure_ascii=False, default=str) + "\n")

    def note(self, text: str) -> None:
        """A remark on standard error. Nobody reading it is no reason to stop."""
        with suppress(PipeClosed):
            write(printable(text) + "\n", sys.stderr)

    def end(self, exit_code: int, *, error: dict[str, Any] | None = None, **content: Any) -> int:
        """The JSON document of a command that is over; nothing without --json. Returns the exit code."""
        if self.json:
            head = {"command": self.command, "ok": exit_code == 0, "exit_code": int(exit_code)}
            self.emit({**head, **content, "error": error})
        return int(exit_code)

    def fail(self, error: ConnectSmsError, **content: Any) -> int:
        """Say what went wrong, as JSON too when asked for. Returns the exit code."""
        from .exits import exit_of  # noqa: PLC0415

        document = error_document(error)
        self.note(f"connect-sms {self.command}: {document['message']}")
        for remark in getattr(error, "__notes__", ()):
            self.note(remark)
        return self.end(exit_of(error), error=document, **content)

    def console(self, *, stderr: bool = False) -> Console:
        """Where coloured output goes.

        Raises:
            MissingExtra: rich is not installed.
        """
        try:
            from rich.console import Console  # noqa: PLC0415  takes longer than all the rest of --help
        except ModuleNotFoundError:
            from connect_sms.errors.base import MissingExtra  # noqa: PLC0415

            raise MissingExtra("this output", extra="cli") from None
        return Console(stderr=stderr, highlight=False, markup=False, emoji=False)


def error_document(error: ConnectSmsError) -> dict[str, Any]:
    """An error as JSON: its class, its message, and whatever else it says that names no person."""
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
    """The same without control characters but line breaks and tabs, which could steer a terminal."""
    return "".join(char if char in "\n\t" or not _is_control(char) else visible(char) for char in text)


def visible(char: str) -> str:
    """A control character as a picture of it."""
    code = ord(char)
    if code < 0x20:  # noqa: PLR2004  ASCII
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"<{code:02X}>"  # noqa: PLR2004  ASCII's DEL


def _is_control(char: str) -> bool:
    return char < " " or "\x7f" <= char <= "\x9f"


def _for_a_shell(error: ConnectSmsError) -> str:
    """The message, with advice for Python turned into advice for a shell."""
    message = str(error)
    for python, shell in _WORDS.items():
        message = message.replace(python, shell)
    return message


_WORDS = {
    "or drop the 0 and give country=": "or drop the 0 and give --country",
    ": call .strip() on it first": ": remove it",
    "transliterate(text).text says the same": "the wording that `connect-sms segments` suggests goes out",
    "or send transliterate(text).text, which says the same": "or the wording `connect-sms segments` suggests",
    "give each message one, or text= for all": "give each message one in a column, or --text for all",
    "or allow_http": "or an https gateway",
}
