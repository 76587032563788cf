"""The flows behind `send`, `status`, `wait` and `send_and_confirm`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from connect_sms_api.models import SendMessageRequest

from ._effects import Flow, Sleep
from ._flow import DeadlineReached, call
from ._operations import GET_MESSAGE, SEND_MESSAGE
from ._prepare import MESSAGE_FIELDS, check_body, check_extra, check_id, check_options, checked_destination
from .addresses import check_path_segment
from .errors import ConnectSmsError, InvalidArgument, MessageRejected, NotFound, OutcomeUnknown, WaitTimeout
from .messages import MessageStatus, Sent, plain, rejection_reason, sent_from, status_from
from .outcomes import Outcome

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

    done = yield from call(
        core,
        what,
        timeout=timeout,
        extra=check_extra(extra, MESSAGE_FIELDS),
        client_message_id=own_id,
        private=private,
        messages=1,
        refusal=refusal,
    )
    return sent_from(
        done.value, destination=to, client_message_id=own_id, segments=segments, response=done.response
    )


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
    """Ask again and again, politely, until the message has come far enough."""
    _check_wait(timeout, until)
    clock = core.settings.clock
    started = clock.monotonic()
    deadline = started + timeout
    last: MessageStatus | None = None
    problem: ConnectSmsError | None = None
    pause = first_pause
    while True:
        if pause > 0:
            left = deadline - clock.monotonic()
            if left < pause:
                break
            yield Sleep(pause)
        try:
            last = yield from status(core, umid, deadline=deadline, private=private)
            problem = None
        except DeadlineReached:
            break
        except ConnectSmsError as failed:
            appearing = isinstance(failed, NotFound) and clock.monotonic() - started < _APPEARS_WITHIN
            if not (failed.transient or appearing):
                raise
            problem = failed
        else:
            if last.is_final or last.outcome.rank >= _REACHED.get(until, Outcome.READ.rank):
                return last
        pause = min(max(pause, _FIRST_PAUSE / _PAUSE_GROWTH) * _PAUSE_GROWTH, _LONGEST_PAUSE)
    seen = "its state could not be read" if last is None else f"last seen: {last.outcome}"
    why = f"; the last look failed: {type(problem).__name__}" if problem is not None else ""
    msg = f"no {until} state within {timeout:g} s ({seen}{why}). It is still on its way; ask again later"
    raise WaitTimeout(msg, umid=umid, last=last)


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
        stop.add_note(f"connect-sms: the message was accepted under the UMID {sent.umid}")
        raise
