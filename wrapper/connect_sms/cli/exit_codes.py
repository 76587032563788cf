"""Exit codes. Scripts rely on them; their meaning does not change."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from connect_sms._lazy import LazyModule

if TYPE_CHECKING:
    from connect_sms import errors
else:
    errors = LazyModule("connect_sms.errors")  # `--help` needs none of it


class Exit(IntEnum):
    """The exit codes of every command."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    CONFIGURATION = 3
    REFUSED = 4
    NETWORK = 5
    UNKNOWN = 6
    TIMEOUT = 7
    HALFWAY = 8
    BUG = 70
    INTERRUPTED = 130
    PIPE = 141
    TERMINATED = 143

    @property
    def meaning(self) -> str:
        """The meaning, in a few words."""
        return _MEANINGS[self]


_MEANINGS = {
    Exit.DONE: "done",
    Exit.FAILED: "a message, or some of a batch, was rejected or not delivered",
    Exit.USAGE: "wrong usage or input; nothing was sent",
    Exit.CONFIGURATION: "a setting is missing or wrong; nothing was sent",
    Exit.REFUSED: "8x8 refused the request; nothing was sent",
    Exit.NETWORK: "no connection or no usable answer; nothing was sent",
    Exit.UNKNOWN: "OUTCOME UNKNOWN: it may have been sent, do not send it again",
    Exit.TIMEOUT: "it was sent, and the wait for its outcome ended first",
    Exit.HALFWAY: "a batch stopped half-way; the results say who was sent to",
    Exit.BUG: "a mistake in connect-sms itself",
    Exit.INTERRUPTED: "interrupted by Ctrl-C; the message says what was sent",
    Exit.PIPE: "the reader of the output went away",
    Exit.TERMINATED: "as 130, by a request to terminate",
}


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
