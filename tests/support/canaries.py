"""A key, a number and a text that must show nowhere, and what looks for them.

The frames of a traceback are told apart by their file: those of the package are ours.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import connect_sms
import connect_sms_api

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

KEY: Final = "canary-KEY-4f9aQz81LmNb"
NUMBER: Final = "+447700900987"
TEXT: Final = "Canary text: the vault opens at noon & closes at 3"
PASSWORD: Final = "canary-password-7Tq2"
LINK: Final = "https://files.example.com/log.csv?signature=canary-signature-93hf"

#: What must not show, in any of the forms that a server or a program may give it.
TEXTS: Final = (TEXT, "Canary text", "the vault opens", "closes at 3")
CANARIES: Final = (KEY, NUMBER, NUMBER[1:], "7700900987", "7700 900987", *TEXTS, PASSWORD, "canary-signature")

OURS: Final = (
    *(f"{Path(package.__file__ or '').parent}/" for package in (connect_sms, connect_sms_api)),
    "<attrs generated methods connect_sms",
)
TESTS: Final = str(Path(__file__).parents[1])


def leaks(*shown: object) -> list[str]:
    """Canaries found in what was shown."""
    everything = "\n".join(one.decode("latin-1") if isinstance(one, bytes) else str(one) for one in shown)
    return [canary for canary in CANARIES if canary in everything]


def chain(error: BaseException) -> Iterator[BaseException]:
    """An error, its causes and contexts, and the members of groups, each once."""
    seen: list[BaseException] = []
    left: list[BaseException | None] = [error]
    while left:
        one = left.pop()
        if one is None or any(one is known for known in seen):
            continue
        seen.append(one)
        left += [one.__cause__, one.__context__]
        if isinstance(one, BaseExceptionGroup):
            left += one.exceptions
        yield one


def frames(error: BaseException) -> Iterator[FrameType]:
    """Every frame of every traceback that an error holds."""
    for one in chain(error):
        trace = one.__traceback__
        while trace is not None:
            yield trace.tb_frame
            trace = trace.tb_next


def leaks_in_frames(error: BaseException, *, of_all: bool = False) -> list[str]:
    """Variables whose repr shows a canary, each with its place.

    Args:
        error: Holds the tracebacks.
        of_all: Look at the frames of the transports and drivers too, but at none of a test.
    """
    return [
        f"{frame.f_code.co_filename}:{frame.f_code.co_name}: {name} shows {leak}"
        for frame in frames(error)
        if frame.f_code.co_filename.startswith(OURS) or (of_all and TESTS not in frame.f_code.co_filename)
        for name, value in frame.f_locals.items()
        for leak in leaks(repr(value))
    ]


#: The last line of what pytest prints for a frame.
_PLACE: Final = re.compile(r"(\S+\.py):\d+: ?\w*").fullmatch


def leaks_in_report(report: str) -> list[str]:
    """Canaries that a report of pytest shows for our frames: the variables of each end with its place."""
    found: list[str] = []
    shown: list[str] = []
    for line in report.splitlines():
        place = _PLACE(line)
        if place is None:
            shown.append(line)
            continue
        if str(Path(place[1]).resolve()).startswith(OURS):
            found += [f"{line} shows {leak}" for leak in leaks(*shown)]
        shown = []
    return found
