"""From arguments to an exit code. Whatever goes wrong is said in a line, with the code it has."""

from __future__ import annotations

import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING, Protocol, cast, runtime_checkable

import typer

from ._app import app
from .exits import Exit
from .voice import PipeClosed, Voice, write

if TYPE_CHECKING:
    from types import ModuleType

#: In the name of an option somebody tries, a sign that its value is the key.
_SECRET_WORDS = ("key", "token", "secret", "password")


@runtime_checkable
class _Complaint(Protocol):
    """What typer raises for wrong usage; its class has lived in different modules."""

    exit_code: int

    def format_message(self) -> str: ...


def run(args: list[str]) -> int:
    """Run the command line. Returns the exit code."""
    given = args[: args.index("--")] if "--" in args else args
    command = next((word for word in given if word in _commands()), "")
    voice = Voice(command, json="--json" in given)
    for stream in (sys.stdout, sys.stderr):
        # What a terminal cannot show is no reason to fail.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if "httpx" not in sys.modules:
        # Where click and rich are installed, httpx loads a command line of its own: half of a send's start.
        sys.modules["httpx._main"] = cast("ModuleType", None)
    try:
        code = cast("int | None", app(args=args, prog_name="connect-sms", standalone_mode=False))
        write("")
    except (PipeClosed, BrokenPipeError):
        return Exit.PIPE
    except (KeyboardInterrupt, typer.Abort):
        return Exit.INTERRUPTED
    except Exception as problem:  # noqa: BLE001  the last place before a traceback
        try:
            return _explain(problem, voice, debug="--debug" in given)
        except PipeClosed:
            return Exit.PIPE
    return code or Exit.DONE


def _commands() -> set[str]:
    single = {info.callback.__name__ for info in app.registered_commands if info.callback is not None}
    return single | {info.name for info in app.registered_groups if isinstance(info.name, str)}


def _explain(problem: Exception, voice: Voice, *, debug: bool) -> int:
    if isinstance(problem, _Complaint):
        return _usage(problem, voice)
    from connect_sms.errors.base import ConnectSmsError  # noqa: PLC0415  --help needs none of it

    if isinstance(problem, ConnectSmsError):
        return voice.fail(problem)
    if debug:
        import traceback  # noqa: PLC0415  only for this

        traceback.print_exception(problem)
    # By its type only: what a stranger's exception says might hold a number or a text.
    message = f"something went wrong that should not: {type(problem).__name__}. --debug shows more"
    voice.note(f"connect-sms {voice.command}: {message}")
    return voice.end(Exit.BUG, error={"type": type(problem).__name__, "message": message})


def _usage(problem: _Complaint, voice: Voice) -> int:
    message = _teach(problem)
    command = f"connect-sms {voice.command}".rstrip()
    voice.note(f"{command}: {message}\nTry: {command} --help")
    error = {"type": "Usage", "message": message, "may_have_been_sent": False}
    return voice.end(Exit.USAGE, error=error)


def _teach(problem: _Complaint) -> str:
    """What is wrong with the usage, without repeating what may be a key, a number or a text."""
    from connect_sms.models.redaction import scrub  # noqa: PLC0415  --help needs none of it

    message = problem.format_message()
    option = getattr(problem, "option_name", None)
    if option is not None and "auth" in option.lower():
        return (
            f"{option} is not an option: a secret on a command line ends up in the shell's history and in "
            "the list of processes. Put the Authorization value of receipts in "
            "CONNECT_SMS_RECEIPT_AUTHORIZATION or in a file (--authorization-file PATH)."
        )
    if option is not None and any(word in option.lower() for word in _SECRET_WORDS):
        return (
            f"{option} is not an option: a key on a command line ends up in the shell's history and in the "
            "list of processes. Put it in CONNECT_SMS_API_KEY, in a file (--key-file PATH) or in a keyring. "
            "If this was a real key, replace it in the 8x8 Connect portal."
        )
    if option is not None:
        return f"{message} A text that begins with a dash goes after --, with the number."
    if "unexpected extra argument" in message:
        return "there are more arguments than it takes. A text with spaces in it goes in quotes."
    return scrub(message)
