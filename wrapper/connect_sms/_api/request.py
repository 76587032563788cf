"""One call of the API, from its request to its result: pacing, retries, hooks. Shared by all calls.

What a reply means is decided by the provider's response policy; this module acts on it.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from connect_sms._lazy import LazyModule
from connect_sms._transport.effects import Flow, Request, Send, Sleep, TransportFailure
from connect_sms._transport.json import dumps
from connect_sms.config import as_timeout
from connect_sms.errors.base import ConfigurationError, ConnectSmsError, InvalidArgument, StoreUnavailable
from connect_sms.hooks import call_hook

from .interruption import note_under_way
from .operation import Retry, Success
from .store import StoreCalls

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connect_sms import hook_events
    from connect_sms.config import Settings, Timeout
    from connect_sms.models.responses import RawResponse

    from .context import ClientContext
    from .journal import Record
    from .operation import Call, Operation
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
    record: Record | None = None,
    store: StoreCalls | None = None,
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
        refusal: Returns the error in a successful answer, such as a rejection, or None. It is called before
            the last hook, which a signal may end.
        record: The record of the messages, made before the first try.
        store: The calls to the message store that the caller's call has made so far.

    Raises:
        ConnectSmsError: As the response policy decides.
        DeadlineReached: A read would have to start after the deadline.
        StoreUnavailable: The record could not be made; nothing was sent.
    """
    settings, operation = context.settings, what.operation
    allowed = _timeout(settings.timeout, timeout)
    deadline = _earlier(deadline, timeout, settings.clock.monotonic())
    request = _request(context, what, extra, allowed)
    watch = _Watch(context, operation, messages, len(request.body))
    store = store or StoreCalls(settings.clock)
    try:
        while True:
            if operation.paced:
                yield from _turn(context, deadline, store)
            reply = yield from _attempt(request, deadline, watch, record)
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
            return watch.ended(outcome)
    except BaseException as stop:
        if record is not None:
            record.in_doubt = watch.in_doubt
        if watch.in_doubt and not isinstance(stop, Exception):
            note_under_way(stop, client_message_id)
        raise


def _attempt(
    request: Request, deadline: float | None, watch: _Watch, record: Record | None
) -> Flow[RawResponse | TransportFailure]:
    """Send a request once; what it carries is recorded before."""
    watch.request()
    try:
        if record is not None:
            yield from record.hand_over(request.timeout, deadline)
            if watch.attempt == 1:
                _check_time(watch.context.settings, deadline)
        if deadline is not None:
            # No attempt may run past the deadline, except for the moment that cancelling takes.
            request = request.within(deadline - watch.context.settings.clock.monotonic())
        watch.in_doubt = not watch.operation.is_read
        reply: RawResponse | TransportFailure = yield Send(request)
    except ConnectSmsError as stop:
        watch.stopped(stop)
        raise
    watch.reply(reply)
    return reply


def _check_time(settings: Settings, deadline: float | None) -> None:
    """Refuse to begin what has no time left: its answer would hardly be waited for.

    Raises:
        StoreUnavailable: Recording the send took it all.
    """
    if deadline is None or settings.send_without_store or settings.clock.monotonic() < deadline:
        return
    raise StoreUnavailable(reason="recording the send took all the time it had; nothing was sent")


def _turn(context: ClientContext, deadline: float | None, store: StoreCalls) -> Flow[None]:
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
        pause = max(pause, (yield from store.ask(slot, otherwise=0.0, deadline=deadline)))
        if deadline is not None and settings.clock.monotonic() + pause > deadline:
            raise DeadlineReached
    if pause > 0:
        yield Sleep(pause)


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
    """Reports the progress of a call to the hooks and the log.

    Attributes:
        in_doubt: True while the call may have sent something, as far as is known.
    """

    def __init__(
        self, context: ClientContext, operation: Operation[..., Any], messages: int, size: int
    ) -> None:
        self.context = context
        self.operation = operation
        self.messages = messages
        self.size = size
        self.attempt = 0
        self.status: int | None = None
        self.in_doubt = False
        self.unsettled: ConnectSmsError | None = None
        self.started = context.settings.clock.monotonic()

    def request(self) -> None:
        self.attempt += 1
        hook = self.context.settings.hooks.on_request
        if hook is not None:
            call_hook(
                hook, hook_events.RequestEvent(self.operation.name, self.attempt, self.messages, self.size)
            )

    def reply(self, reply: RawResponse | TransportFailure) -> None:
        self.status = None if isinstance(reply, TransportFailure) else reply.status
        if log.isEnabledFor(logging.DEBUG):
            seen = reply.reason if isinstance(reply, TransportFailure) else f"HTTP {reply.status}"
            log.debug("%s, attempt %d: %s", self.operation.name, self.attempt, seen)

    def retry(self, retry: Retry, delay: float) -> None:
        if retry.error.may_have_been_sent:
            self.unsettled = retry.error
        self.in_doubt = self.unsettled is not None
        log.debug("%s: trying again in %.1f s after %s", self.operation.name, delay, retry.reason)
        hook = self.context.settings.hooks.on_retry
        if hook is not None:
            call_hook(hook, hook_events.RetryEvent(self.operation.name, self.attempt, retry.reason, delay))

    def stopped(self, stop: ConnectSmsError) -> None:
        """End the call: its request was not sent in this try.

        Raises:
            ConnectSmsError: That of an earlier try that may have been sent.
        """
        self.end(self.unsettled or stop)
        if self.unsettled is not None:
            raise self.unsettled from stop

    def ended(self, outcome: Success[T] | ConnectSmsError) -> Success[T]:
        """End the call: return its result, or raise its error."""
        if isinstance(outcome, Success):
            self.end(None)
            return outcome
        self.end(outcome)
        raise outcome

    def end(self, error: ConnectSmsError | None) -> None:
        if error is not None:
            self.in_doubt = error.may_have_been_sent or self.unsettled is not None
        hook = self.context.settings.hooks.on_result
        if hook is not None:
            elapsed = self.context.settings.clock.monotonic() - self.started
            call_hook(
                hook, hook_events.ResultEvent(self.operation.name, self.attempt, elapsed, self.status, error)
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
