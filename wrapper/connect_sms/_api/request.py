"""One call of the API, from its request to its result: pacing, retries, hooks. Shared by all calls.

What a reply means is decided by the provider's response policy; this module acts on it.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from connect_sms._lazy import LazyModule
from connect_sms._transport.effects import Flow, Request, RunBlocking, Send, Sleep, TransportFailure
from connect_sms._transport.json import dumps
from connect_sms.config import as_timeout
from connect_sms.errors.base import ConfigurationError, ConnectSmsError, InvalidArgument, StoreUnavailable
from connect_sms.hooks import call_hook

from .operation import Retry, Success

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connect_sms import hook_events
    from connect_sms.config import Settings, Timeout
    from connect_sms.models.responses import RawResponse
    from connect_sms.models.sent import SentMessage

    from .context import ClientContext
    from .operation import Call
else:
    hook_events = LazyModule("connect_sms.hook_events")


T = TypeVar("T")

log: Final = logging.getLogger("connect_sms")


class DeadlineReached(Exception):
    """There is no time left for another status request. Internal: callers get a `WaitTimeout`."""


def call(
    context: ClientContext,
    what: Call[T],
    *,
    timeout: Timeout | float | None = None,
    extra: Mapping[str, Any] | None = None,
    client_message_id: str | None = None,
    private: tuple[str, ...] = (),
    messages: int = 0,
    deadline: float | None = None,
    refusal: Callable[[Success[T]], ConnectSmsError | None] | None = None,
) -> Flow[Success[T]]:
    """Make one call of the API.

    Args:
        context: The client's context.
        what: The operation with its arguments.
        timeout: Used instead of the client's own. A number bounds the whole call, with its retries and waits.
        extra: Further fields for the body.
        client_message_id: The id for `OutcomeUnknown`.
        private: Strings that must not appear in an error, even if the server repeats them.
        messages: The number of messages in the request.
        deadline: A time of the clock at which the call ends, in the middle of an answer if need be.
        refusal: Returns the error in a successful answer, such as a rejection, or None.

    Raises:
        ConnectSmsError: As the response policy decides.
        DeadlineReached: A read would have to start after the deadline.
    """
    settings, operation = context.settings, what.operation
    clock = settings.clock
    allowed = _timeout(settings.timeout, timeout)
    deadline = _earlier(deadline, timeout, clock.monotonic())
    request = _request(context, what, extra, allowed)
    watch = _Watch(context, operation.name, messages, len(request.body))
    while True:
        if operation.paced:
            yield from _turn(context, deadline)
        limited = request
        if deadline is not None:
            # No attempt may run past the deadline, except for the moment that cancelling takes.
            limited = request.within(deadline - clock.monotonic())
        watch.request()
        try:
            reply = yield Send(limited)
        except BaseException as stop:
            watch.stopped(stop)
            if not (operation.is_read or isinstance(stop, Exception)):
                _note_interrupted(stop, client_message_id)
            raise
        watch.reply(reply)
        outcome = context.provider.policy(context, what, reply, client_message_id, private)
        if isinstance(outcome, Retry):
            delay = _delay(settings, outcome, watch.attempt, deadline)
            if delay is not None:
                watch.retry(outcome, delay)
                yield Sleep(delay)
                continue
            outcome = outcome.error
        if isinstance(outcome, Success) and refusal is not None:
            outcome = refusal(outcome) or outcome
        if isinstance(outcome, Success):
            watch.end(None)
            return outcome
        watch.end(outcome)
        raise outcome


def _turn(context: ClientContext, deadline: float | None) -> Flow[None]:
    """Wait for this sub-account's turn to send a status request.

    Raises:
        DeadlineReached: The turn is after the deadline.
    """
    settings = context.settings
    pause = context.rate_limiter.reserve(settings.clock.monotonic(), settings.status_interval, deadline)
    if pause is None:
        raise DeadlineReached
    if settings.receipts is not None:
        # Other processes on the same store also send status requests.
        slot = partial(
            settings.receipts.reserve_status_slot, settings.sub_account_id, settings.status_interval
        )
        pause = max(pause, (yield from ask(slot, otherwise=0.0)))
        if deadline is not None and settings.clock.monotonic() + pause > deadline:
            raise DeadlineReached
    if pause > 0:
        yield Sleep(pause)


def ask(function: Callable[[], T], *, otherwise: T) -> Flow[T]:
    """Call the message store, with a fallback when it fails: sending must not depend on it."""
    try:
        answer: T = yield RunBlocking(function)
    except StoreUnavailable as error:
        log.warning("receipts: %s", error)
        return otherwise
    except Exception as error:  # noqa: BLE001  a message already accepted must still be reported
        # By type only: the exception's text might hold a number.
        log.warning("receipts: the message store raised %s; it was ignored", type(error).__name__)
        return otherwise
    return answer


def note_sent(context: ClientContext, *notes: SentMessage) -> Flow[None]:
    """Record what was submitted to 8x8, so that receipts can be matched to it later."""
    if context.settings.receipts is not None and notes:
        yield from ask(partial(context.settings.receipts.record_sent, notes), otherwise=None)


def _delay(settings: Settings, retry: Retry, failed_tries: int, deadline: float | None) -> float | None:
    """Seconds until the next attempt; None for no further attempt."""
    retries, clock = settings.retries, settings.clock
    if failed_tries >= retries.tries:
        return None
    delay = retry.after
    if delay is None:
        delay = retries.delay(failed_tries, clock.jitter())
    return delay if deadline is None or clock.monotonic() + delay <= deadline else None


class _Watch:
    """Reports the progress of a call to the hooks and the log."""

    def __init__(self, context: ClientContext, operation: str, messages: int, size: int) -> None:
        self.context = context
        self.operation = operation
        self.messages = messages
        self.size = size
        self.attempt = 0
        self.status: int | None = None
        self.unsettled: ConnectSmsError | None = None
        self.started = context.settings.clock.monotonic()

    def request(self) -> None:
        self.attempt += 1
        hook = self.context.settings.hooks.on_request
        if hook is not None:
            call_hook(hook, hook_events.RequestEvent(self.operation, self.attempt, self.messages, self.size))

    def reply(self, reply: RawResponse | TransportFailure) -> None:
        self.status = None if isinstance(reply, TransportFailure) else reply.status
        if log.isEnabledFor(logging.DEBUG):
            seen = reply.reason if isinstance(reply, TransportFailure) else f"HTTP {reply.status}"
            log.debug("%s, attempt %d: %s", self.operation, self.attempt, seen)

    def retry(self, retry: Retry, delay: float) -> None:
        if retry.error.may_have_been_sent:
            self.unsettled = retry.error
        log.debug("%s: trying again in %.1f s after %s", self.operation, delay, retry.reason)
        hook = self.context.settings.hooks.on_retry
        if hook is not None:
            call_hook(hook, hook_events.RetryEvent(self.operation, self.attempt, retry.reason, delay))

    def stopped(self, stop: BaseException) -> None:
        """End the call when its request was not sent in this try.

        Raises:
            ConnectSmsError: That of an earlier try that may have been sent.
        """
        if isinstance(stop, ConnectSmsError):
            self.end(self.unsettled or stop)
            if self.unsettled is not None:
                raise self.unsettled from stop

    def end(self, error: ConnectSmsError | None) -> None:
        hook = self.context.settings.hooks.on_result
        if hook is not None:
            elapsed = self.context.settings.clock.monotonic() - self.started
            call_hook(
                hook, hook_events.ResultEvent(self.operation, self.attempt, elapsed, self.status, error)
            )


def _timeout(usual: Timeout, given: Timeout | float | None) -> Timeout:
    try:
        return usual if given is None else as_timeout(given)
    except ConfigurationError as wrong:
        raise InvalidArgument(str(wrong), argument="timeout") from None


def _earlier(deadline: float | None, timeout: Timeout | float | None, now: float) -> float | None:
    """The deadline that comes first: the one given, or that of a number of seconds for the whole call."""
    ends = now + timeout if isinstance(timeout, int | float) else None
    return min((moment for moment in (deadline, ends) if moment is not None), default=None)


def _request(
    context: ClientContext, what: Call[Any], extra: Mapping[str, Any] | None, timeout: Timeout
) -> Request:
    provider, body = context.provider, b""
    if what.document is not None:
        body = json_bytes({**what.document, **extra} if extra else what.document)
    url = provider.base_url + what.path
    headers = provider.headers(what.operation.method, url, body)
    if body:
        headers = [*headers, (b"content-type", b"application/json")]
    return Request(what.operation.method, url, headers, body, timeout, context.before_write)


def json_bytes(document: Mapping[str, Any]) -> bytes:
    """A document with the caller's further fields, encoded.

    Raises:
        InvalidArgument: They hold something JSON cannot encode.
    """
    try:
        return dumps(dict(document))
    except (TypeError, ValueError, RecursionError):
        pass
    # Raised here: inside `except`, the JSON error would be its context, and that holds the content.
    raise InvalidArgument("extra holds something JSON cannot say", argument="extra")


def _note_interrupted(stop: BaseException, client_message_id: str | None) -> None:
    """Add a note to a KeyboardInterrupt or cancellation: a send was in flight."""
    which = f" (clientMessageId {client_message_id})" if client_message_id else ""
    stop.add_note(f"connect-sms: a send was under way{which}; it may have been sent")
