"""The flow behind `wait`: receipts first, then status requests at growing intervals."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, get_args

import attrs

from connect_sms._api.request import DeadlineReached
from connect_sms._api.store import StoreCalls
from connect_sms._transport.effects import Flow, Sleep
from connect_sms.errors.base import ConnectSmsError, InvalidArgument
from connect_sms.errors.calls import NotFound
from connect_sms.errors.results import WaitTimeout
from connect_sms.models.outcomes import Outcome
from connect_sms.options import WaitUntil

from .status import status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connect_sms._api.context import ClientContext
    from connect_sms.models.status import MessageStatus

#: The outcome at which a wait ends.
_REACHED: Final[Mapping[str, int]] = {
    "sent": Outcome.SENT.rank,
    "operator": Outcome.DELIVERED_TO_OPERATOR.rank,
}

#: Seconds during which a message just sent may not be found yet.
_APPEARS_WITHIN: Final = 5.0

#: Seconds; a message is scheduled 7 days ahead at most, and final 2 days later.
_LONGEST_WAIT: Final = 30 * 86_400.0

#: Seconds between two status requests for a message: the first, the growth, and the maximum.
_FIRST_PAUSE: Final = 1.0
_PAUSE_GROWTH: Final = 1.3
_LONGEST_PAUSE: Final = 5.0

#: Intervals between two reads of the receipt store: until which second of the wait, and the interval.
#: Short at first, as most receipts come early.
_GLANCES: Final = ((1.0, 0.02), (10.0, 0.1), (float("inf"), 0.5))

#: Seconds until the first status request when a receipt is expected.
_FIRST_PAUSE_WITH_RECEIPTS: Final = 5.0


def wait(
    context: ClientContext,
    umid: str,
    *,
    timeout: float = 60.0,
    until: WaitUntil = "final",
    first_pause: float = 0.0,
    private: tuple[str, ...] = (),
    store: StoreCalls | None = None,
) -> Flow[MessageStatus]:
    """Poll until the message has reached the requested state."""
    check_wait(timeout, until)
    # With receipts arriving, status requests are only for a lost receipt.
    pause = first_pause if context.settings.receipts is None else _FIRST_PAUSE_WITH_RECEIPTS
    clock = context.settings.clock
    started = clock.monotonic()
    waiting = _Waiting(
        context,
        umid,
        until,
        private,
        store or StoreCalls(clock),
        started,
        started + timeout,
        pause,
        started + pause,
    )
    try:
        return (yield from waiting.run())
    except DeadlineReached:
        raise waiting.timeout(timeout) from None


@attrs.define
class _Waiting:
    """One wait for a message. Times are those of the clock, in seconds."""

    context: ClientContext
    umid: str
    until: WaitUntil
    private: tuple[str, ...]
    store: StoreCalls
    started: float
    deadline: float
    pause: float
    next_look: float
    last: MessageStatus | None = None
    problem: ConnectSmsError | None = None

    def run(self) -> Flow[MessageStatus]:
        """Poll until it is done.

        Raises:
            DeadlineReached: There is no time left.
        """
        while True:
            yield from self._glance()
            if not self._is_done() and self._now() >= self.next_look:
                yield from self._look()
            if self._is_done() and self.last is not None:
                return self.last
            wake = min(self.next_look, self._next_glance())
            if wake > self.deadline:
                raise DeadlineReached
            yield Sleep(wake - self._now())

    def _glance(self) -> Flow[None]:
        """Read the receipt store; no request is sent."""
        store = self.context.settings.receipts
        if store is not None:
            look_up = partial(store.status, self.umid, provider=self.context.provider.name)
            known = yield from self.store.ask(look_up, otherwise=None, deadline=self.deadline)
            self.last = known or self.last

    def _look(self) -> Flow[None]:
        """Make one status request."""
        store = self.context.settings.receipts
        try:
            self.last = yield from status(
                self.context, self.umid, deadline=self.deadline, private=self.private, store=self.store
            )
        except ConnectSmsError as failed:
            appearing = isinstance(failed, NotFound) and self._now() - self.started < _APPEARS_WITHIN
            if not (failed.transient or appearing):
                raise
            self.problem = failed
        else:
            self.problem = None
            if store is not None:
                found = partial(store.record, [self.last])
                yield from self.store.ask(found, otherwise=None, deadline=self.deadline)
        self.pause = min(max(self.pause, _FIRST_PAUSE / _PAUSE_GROWTH) * _PAUSE_GROWTH, _LONGEST_PAUSE)
        self.next_look = self._now() + self.pause

    def _now(self) -> float:
        return self.context.settings.clock.monotonic()

    def _next_glance(self) -> float:
        if self.context.settings.receipts is None:
            return float("inf")
        now = self._now()
        return now + next(gap for until, gap in _GLANCES if now - self.started < until)

    def _is_done(self) -> bool:
        last = self.last
        if last is None:
            return False
        return last.is_final or last.outcome.rank >= _REACHED.get(self.until, Outcome.READ.rank)

    def timeout(self, seconds: float) -> WaitTimeout:
        """The error to raise when there is no time left."""
        seen = "its state could not be read" if self.last is None else f"last seen: {self.last.outcome}"
        why = f"; the last request failed: {type(self.problem).__name__}" if self.problem is not None else ""
        found = f"{seen}{why}"
        msg = f"no {self.until} state within {seconds:g} s ({found}). One may follow: ask again later"
        return WaitTimeout(msg, umid=self.umid, last=self.last)


def check_wait(timeout: object, until: object, *, argument: str = "timeout") -> None:
    number = 0 if isinstance(timeout, bool) or not isinstance(timeout, int | float) else timeout
    if not 0 < number <= _LONGEST_WAIT:
        msg = f"{argument} must be a number of seconds above 0, and at most 30 days"
        raise InvalidArgument(msg, argument=argument)
    # By type first: a wrong object may raise when it is compared.
    if not isinstance(until, str) or until not in get_args(WaitUntil):
        raise InvalidArgument(f"until must be one of {', '.join(get_args(WaitUntil))}", argument="until")
