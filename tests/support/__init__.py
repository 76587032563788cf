"""What the tests of the client share: answers that are scripted, a client of either kind, a raw server."""

from tests.support.callers import (
    CALLERS,
    KEY,
    NUMBER,
    SUB_ACCOUNT,
    TEXT,
    AnyClient,
    Caller,
    DeclaredMock,
    OtherObject,
    arguments_of,
)
from tests.support.script import UMID, Answerer, Script, answer, queued, rejected, state

__all__ = [
    "CALLERS",
    "KEY",
    "NUMBER",
    "SUB_ACCOUNT",
    "TEXT",
    "UMID",
    "Answerer",
    "AnyClient",
    "Caller",
    "DeclaredMock",
    "OtherObject",
    "Script",
    "answer",
    "arguments_of",
    "queued",
    "rejected",
    "state",
]
