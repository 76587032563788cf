"""The flows behind `send`, `status`, `wait` and `send_and_confirm`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import attrs

from connect_sms_api.models import SendMessageRequest

from ._effects import Flow, Sleep
from ._flow import DeadlineReached, ask, call, note_sent
from ._operations import GET_MESSAGE, SEND_MESSAGE
from ._prepare import MESSAGE_FIELDS, check_body, check_extra, check_id, check_options, checked_destination
from .addresses import check_path_segment
from .errors import ConnectSmsError, InvalidArgument, MessageRejected, NotFound, OutcomeUnknown, WaitTimeout
from .messages import MessageStatus, Sent, plain, rejection_reason, sent_from, status_from
from .outcomes import Outcome
from .records import SentNote

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connect_sms_api.models import SentMessage

    from ._core import Core
    from ._verdict import Done
    from .config import Timeout

Until = Literal["final", "operator", "sent"]

#: The least a message must have reached to count as done.
_REACHED: Final[Mapping[str, int]] = {
    "sent": Outcome.SENT.rank,
    "operator": Outcome.DELIVERED_TO_OPERATOR.rank,
}

#: Seconds in which a message just sent may not be found yet.
_APPEARS_WITHIN: Final = 5.0

#: Seconds; a message is scheduled 7 days ahead at most, and settled 2 days later.
_LONGEST_WAIT: Final = 30 * 86_400.0

#: Seconds between two looks at a message: the first, how it grows, and the most.
_FIRST_PAUSE: Final = 1.0
_PAUSE_GROWTH: Final = 1.3
_LONGEST_PAUSE: Final = 5.0

#: Between two glances at the receipts: so long waited, so long to the next, in seconds. Often at first, when
#: a code is about to arrive.
_GLANCES: Final = ((1.0, 0.02), (10.0, 0.1), (float("inf"), 0.5))

#: Seconds until 8x8 is asked when a receipt ought to come by itself.
_FIRST_PAUSE_WITH_RECEIPTS: Final = 5.0


def send(
    core: Core,
    destination: str,
    text: str,
    *,
    client_message_id: str | None = None,
    max_parts: int | None = None,
    extra: Mapping[str, Any] | None = None,
    timeout: Timeout | float | None = None,
    **options: Any,
) -> Flow[Sent]:
    """Send one message."""
    settings = core.settings
    fields = check_options(settings, **options)
    to = checked_destination(destination, fields)
    segments = check_body(settings, text, fields, max_parts)
    own_id = check_id(client_message_id)
    body = SendMessageRequest(destination=to, text=text, client_message_id=own_id, **fields)
    what = SEND_MESSAGE(settings.sub_account_id, body=body)
    private = (to, text)

    def refusal(done: Done[SentMessage]) -> MessageRejected | OutcomeUnknown | None:
        status, umid = done.value.status, plain(done.value.umid)
        if (plain(status.code) or "").upper() == "REJECTED":
            return MessageRejected(
                reason=rejection_reason(status.description, settings.api_key.reveal(), *private),
                umid=umid,
                client_message_id=own_id,
                response=done.response,
            )
        if umid:
            return None
        return OutcomeUnknown(
            reason="an answer without a UMID",
            client_message_id=own_id,
            status=done.response.status,
            response=done.response,
        )

    note = partial(
        SentNote,
        client_message_id=own_id,
        destination=to,
        sub_account_id=settings.sub_account_id,
        sent_at=settings.clock.now(),
        parts=segments.parts,
    )
    sending = call(
        core,
        what,
        timeout=timeout,
        extra=check_extra(extra, MESSAGE_FIELDS),
        client_message_id=own_id,
        private=private,
        messages=1,
        refusal=refusal,
    )
    try:
        done = yield from sending
    except OutcomeUnknown as lost:
        yield from note_sent(core, note(umid=None, outcome=Outcome.UNKNOWN, reason=lost.reason))
        raise
    except MessageRejected as rejected:
        yield from note_sent(core, note(umid=rejected.umid, outcome=Outcome.REJECTED, reason=rejected.reason))
        raise
    sent = sent_from(
        done.value, destination=to, client_message_id=own_id, segments=segments, response=done.response
    )
    try:
        yield from note_sent(core, note(umid=sent.umid, outcome=Outcome.QUEUED))
    except BaseException as stop:
        stop.add_note(_accepted(sent))
        raise
    return sent


def _accepted(sent: Sent) -> str:
    return f"connect-sms: the message was accepted under the UMID {sent.umid}"


def status(
    core: Core,
    umid: str,
    *,
    timeout: Timeout | float | None = None,
    deadline: float | None = None,
    private: tuple[str, ...] = (),
) -> Flow[MessageStatus]:
    """Ask where a message stands."""
    settings = core.settings
    what = GET_MESSAGE(settings.sub_account_id, check_path_segment(umid, argument="umid"))
    done = yield from call(core, what, timeout=timeout, deadline=deadline, private=private)
    return status_from(done.value, umid=umid, errors=settings.delivery_errors, response=done.response)


def wait(
    core: Core,
    umid: str,
    *,
    timeout: float = 60.0,
    until: Until = "final",
    first_pause: float = 0.0,
    private: tuple[str, ...] = (),
) -> Flow[MessageStatus]:
    """Look again and again, politely, until the message has come far enough."""
    _check_wait(timeout, until)
    # With receipts coming in, asking 8x8 is only for the case that one was lost.
    pause = first_pause if core.settings.receipts is None else _FIRST_PAUSE_WITH_RECEIPTS
    started = core.settings.clock.monotonic()
    waiting = _Waiting(core, umid, until, private, started, started + timeout, pause, started + pause)
    try:
        return (yield from waiting.run())
    except DeadlineReached:
        raise waiting.timeout(timeout) from None


@attrs.define
class _Waiting:
    """One wait for a message. Moments are those of the clock, in seconds."""

    core: Core
    umid: str
    until: Until
    private: tuple[str, ...]
    started: float
    deadline: float
    pause: float
    next_look: float
    last: MessageStatus | None = None
    problem: ConnectSmsError | None = None

    def run(self) -> Flow[MessageStatus]:
        """Look until it is done.

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
        """See what receipts have said; that costs 8x8 nothing."""
        records = self.core.settings.receipts
        if records is not None:
            noted = yield from ask(partial(records.latest, self.umid), otherwise=None)
            self.last = noted or self.last

    def _look(self) -> Flow[None]:
        """Ask 8x8."""
        records = self.core.settings.receipts
        try:
            self.last = yield from status(self.core, self.umid, deadline=self.deadline, private=self.private)
        except ConnectSmsError as failed:
            appearing = isinstance(failed, NotFound) and self._now() - self.started < _APPEARS_WITHIN
            if not (failed.transient or appearing):
                raise
            self.problem = failed
        else:
            self.problem = None
            if records is not None:
                yield from ask(partial(records.note_status, self.last), otherwise=None)
        self.pause = min(max(self.pause, _FIRST_PAUSE / _PAUSE_GROWTH) * _PAUSE_GROWTH, _LONGEST_PAUSE)
        self.next_look = self._now() + self.pause

    def _now(self) -> float:
        return self.core.settings.clock.monotonic()

    def _next_glance(self) -> float:
        if self.core.settings.receipts is None:
            return float("inf")
        now = self._now()
        return now + next(gap for until, gap in _GLANCES if now - self.started < until)

    def _is_done(self) -> bool:
        last = self.last
        if last is None:
            return False
        return last.is_final or last.outcome.rank >= _REACHED.get(self.until, Outcome.READ.rank)

    def timeout(self, seconds: float) -> WaitTimeout:
        """What to raise when there is no time left."""
        seen = "its state could not be read" if self.last is None else f"last seen: {self.last.outcome}"
        why = f"; the last look failed: {type(self.problem).__name__}" if self.problem is not None else ""
        found = f"{seen}{why}"
        msg = f"no {self.until} state within {seconds:g} s ({found}). It is still on its way; ask again later"
        return WaitTimeout(msg, umid=self.umid, last=self.last)


def _check_wait(timeout: object, until: object, *, argument: str = "timeout") -> None:
    number = 0 if isinstance(timeout, bool) or not isinstance(timeout, int | float) else timeout
    if not 0 < number <= _LONGEST_WAIT:
        msg = f"{argument} must be a number of seconds above 0, and at most 30 days"
        raise InvalidArgument(msg, argument=argument)
    # What a caller passes by mistake may not even bear comparing.
    if not isinstance(until, str) or until not in get_args(Until):
        msg = f"until must be one of {', '.join(get_args(Until))}"
        raise InvalidArgument(msg, argument="until")


def send_and_confirm(
    core: Core, destination: str, text: str, *, wait_timeout: float, until: Until, **options: Any
) -> Flow[MessageStatus]:
    """Send one message and wait for it."""
    _check_wait(wait_timeout, until, argument="wait_timeout")
    sent = yield from send(core, destination, text, **options)
    looking = wait(
        core,
        sent.umid,
        timeout=wait_timeout,
        until=until,
        # A look at once would almost always see the message queued, and spend the one look of this second.
        first_pause=0.4,
        private=(destination, text),
    )
    try:
        return (yield from looking)
    except BaseException as stop:
        # Whatever became of looking, the message has been accepted: sending it again would send it twice.
        if isinstance(stop, ConnectSmsError):
            stop.may_have_been_sent = True
        stop.add_note(_accepted(sent))
        raise
