"""What each SDK does when a send goes wrong: requests that reach the server, and what the caller is told."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from benchmarks.page import Page, Target
from benchmarks.senders import OURS, SDKS
from benchmarks.server import FAULTS, LASTING
from benchmarks.workers import run

if TYPE_CHECKING:
    from benchmarks.loopback import Loopback

_TIMEOUT: Final = 1

#: After these the message may have gone out, so that a second request may be a second message.
_PERHAPS_SENT: Final = ("503", "closed", "reset", "stalled")

_WORDS: Final = {
    "429": "429 with `Retry-After: 1`: refused, nothing was sent",
    "503": "503: the message may have gone out",
    "closed": "Connection closed after the request was read: the message may have gone out",
    "reset": "Connection reset after the request was read: the message may have gone out",
    "stalled": f"No answer within {_TIMEOUT} s: the message may have gone out",
}


def told(name: str, origin: str) -> str:
    """What one send gives its caller: nothing wrong, or an exception."""
    logging.disable()
    send = SDKS[name](origin, _TIMEOUT)
    try:
        send()
    except Exception as problem:  # noqa: BLE001  whatever an SDK raises is what is to be seen
        perhaps: bool | None = getattr(problem, "may_have_been_sent", None)
        note = {None: "", True: ", may have been sent", False: ", not sent"}[perhaps]
        return f"`{type(problem).__name__}`{note}"
    return "accepted"


def measure(loopback: Loopback) -> Page:
    """The page of this part."""
    page = Page("faults", "Requests per send when something goes wrong", ("connect-sms", *list(SDKS)[1:]))
    page.say(
        f"""One `send()` of each SDK with its default settings but for the address and a timeout of {_TIMEOUT}
        s, to a server that fails: the first request only, or every one. Counted at the server. A second
        request after a fault that does not say that nothing was sent can be a second message, delivered
        and billed."""
    )
    keys = 0
    for fault in FAULTS:
        rows: list[list[str]] = []
        for name in SDKS:
            cells = [name]
            for lasting in LASTING:
                door = f"{fault} {lasting}"
                loopback.seen(door)
                answer = run(told, name, loopback.origin(door))
                seen, keyed = loopback.seen(door)
                keys += keyed
                cells += [str(seen), answer]
                if name == OURS and fault in _PERHAPS_SENT:
                    page.targets.append(
                        Target(f"requests per send(), {fault}, {lasting}", "1", str(seen), seen == 1)
                    )
            rows.append(cells)
        page.head(_WORDS[fault])
        page.table(["", "requests, first fails", "caller gets", "requests, all fail", "caller gets"], rows)
    page.say(f"Requests with an `Idempotency-Key`, by which a server could tell a repetition: {keys}.")
    return page
