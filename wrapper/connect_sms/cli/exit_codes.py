"""Exit codes. Scripts rely on them; their meaning does not change."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Self

from connect_sms._lazy import LazyModule

if TYPE_CHECKING:
    from connect_sms import errors
else:
    errors = LazyModule("connect_sms.errors")  # `--help` needs none of it


class Exit(IntEnum):
    """The exit codes of every command.

    Attributes:
        meaning: The meaning of a code, in short.
    """

    meaning: str

    def __new__(cls, code: int, meaning: str) -> Self:
        """A code with its meaning, in short."""
        member = int.__new__(cls, code)
        member._value_, member.meaning = code, meaning
        return member

    DONE = 0, "done"
    FAILED = 1, "a message, or some of a batch, was rejected or not delivered"
    USAGE = 2, "wrong usage or input; nothing was sent"
    CONFIGURATION = 3, "a setting is missing or wrong; nothing was sent"
    REFUSED = 4, "8x8 refused the request; nothing was sent"
    NETWORK = 5, "no connection or no usable answer; nothing was sent"
    UNKNOWN = 6, "OUTCOME UNKNOWN: it may have been sent, do not send it again"
    TIMEOUT = 7, "it was sent, and the wait for its outcome ended first"
    HALFWAY = 8, "a batch stopped half-way; the results say who was sent to"
    BUG = 70, "a mistake in connect-sms itself"
    OUTPUT = 74, "standard output could not be written; standard error says why, and what was sent"
    INTERRUPTED = 130, "interrupted by Ctrl-C; the message says what was sent"
    PIPE = 141, "the reader of the output went away"
    TERMINATED = 143, "as 130, by a request to terminate"


def exit_of(error: errors.ConnectSmsError) -> Exit:
    """The exit code for an error of the library."""
    if isinstance(error, errors.BatchInterrupted):
        return Exit.UNKNOWN if error.result.unknown else Exit.HALFWAY
    for kind, code in (
        (errors.ConfigurationError, Exit.CONFIGURATION),
        (errors.InvalidArgument, Exit.USAGE),
        (errors.OutcomeUnknown, Exit.UNKNOWN),
        (errors.WaitTimeout, Exit.TIMEOUT),
        (errors.MessageRejected, Exit.FAILED),
        (errors.ServerError, Exit.NETWORK),
        (errors.ApiError, Exit.REFUSED),
    ):
        if isinstance(error, kind):
            return code
    return Exit.NETWORK
