"""Runs a command: from its arguments to an exit code. Every error becomes a line of text and a code."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Protocol, cast, runtime_checkable

import typer

from connect_sms._lazy import LazyModule

from .app import app
from .exit_codes import Exit
from .output import Output
from .streams import OutputLost, whole_streams

if TYPE_CHECKING:
    import traceback
    from types import ModuleType

    from connect_sms import errors
    from connect_sms.models import redaction
else:
    # `--help` needs none of these.
    traceback = LazyModule("traceback")
    errors = LazyModule("connect_sms.errors")
    redaction = LazyModule("connect_sms.models.redaction")

#: Words in the name of an unknown option that suggest that its value is the key.
_SECRET_WORDS = ("key", "token", "secret", "password")


@runtime_checkable
class _UsageError(Protocol):
    """What typer raises for wrong usage; the module of its class depends on the version."""

    exit_code: int

    def format_message(self) -> str: ...


def run(args: list[str]) -> int:
    """Run the command line. Returns the exit code."""
    with whole_streams():
        return _run(args)


def _run(args: list[str]) -> int:
    given = args[: args.index("--")] if "--" in args else args
    out = Output(_command(given), json="--json" in given)
    if "httpx" not in sys.modules:
        # With click and rich installed, httpx loads its own command line. This line prevents that: it costs
        # each command 90 ms of CPU at the start, a third of a send.
        sys.modules["httpx._main"] = cast("ModuleType", None)
    try:
        code = cast("int | None", app(args=args, prog_name="connect-sms", standalone_mode=False))
    except OutputLost as lost:
        out.tell(lost)
        return lost.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return Exit.INTERRUPTED
    except Exception as problem:  # noqa: BLE001  the last place before a traceback
        return _explain(problem, out, args, debug="--debug" in given)
    return code or Exit.DONE


def _command(words: list[str]) -> str:
    """The name of the command, with that of its group before it."""
    name, known = "", _commands(app)
    for word in words:
        if word in known:
            name, known = f"{name} {word}".lstrip(), _commands(known[word])
    return name


def _commands(group: typer.Typer | None) -> dict[str, typer.Typer | None]:
    """The commands of a group by name; those that are groups themselves with what is in them."""
    if group is None:
        return {}
    single = {
        info.name or info.callback.__name__: None for info in group.registered_commands if info.callback
    }
    return {**single, **{str(info.name): info.typer_instance for info in group.registered_groups}}


def _explain(problem: Exception, out: Output, args: list[str], *, debug: bool) -> int:
    if isinstance(problem, _UsageError):
        return _usage(problem, out, args)
    if isinstance(problem, errors.ConnectSmsError):
        return out.fail(problem)
    if debug:
        out.note("".join(traceback.format_exception(problem)))
    # By type only: the exception's text may hold a number or a text.
    message = f"something went wrong that should not: {type(problem).__name__}. --debug shows more"
    out.note(f"connect-sms {out.command}: {message}")
    return out.end(Exit.BUG, error={"type": type(problem).__name__, "message": message})


def _usage(problem: _UsageError, out: Output, args: list[str]) -> int:
    message = _usage_message(problem, args)
    command = f"connect-sms {out.command}".rstrip()
    out.note(f"{command}: {message}\nTry: {command} --help")
    error = {"type": "Usage", "message": message, "may_have_been_sent": False}
    return out.end(Exit.USAGE, error=error)


def _usage_message(problem: _UsageError, args: list[str]) -> str:
    """The usage error, without repeating a possible key, number or text."""
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
    for given in args:
        value = given.partition("=")[2] if given.startswith("-") else given
        if redaction.shown_value(value) != repr(value):
            message = message.replace(repr(value), repr(redaction.mask(value)))
    return redaction.scrub(message)
