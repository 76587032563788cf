"""Posts receipts and inbound messages when they are due, with the documented retries."""

from __future__ import annotations

import itertools
import random
import threading
from collections import deque
from typing import TYPE_CHECKING, Final, Literal

from connect_sms.sandbox.due_queue import DueQueue

from .delivery import Delivery, DeliveryAttempt
from .payloads import inbound_payload, request_of
from .poster import Poster

if TYPE_CHECKING:
    from connect_sms.sandbox.messages import SandboxMessage
    from connect_sms.sandbox.state import SandboxState

    from .poster import Deliver

_RETRY_AFTER: Final = (1.0, 10.0, 30.0, 90.0)
"""Seconds of sandbox time from a failure to the next attempt; the last has none."""

_LAST_AFTER: Final = 48 * 3600.0
"""No receipt is posted later than this after its message was accepted."""

_WORKERS: Final = 4


class WebhookSender:
    """Posts what is due, and keeps a log of every attempt.

    While the clock runs, a few threads post due deliveries; they start with the first one. While it is
    frozen only `SandboxClock.advance` and `flush` post.

    Args:
        state: Of the sandbox.
        deliver: Called instead of HTTP; see `Poster`.

    Attributes:
        log: Every attempt, oldest first; limited by the settings.
    """

    def __init__(self, state: SandboxState, deliver: Deliver | None = None) -> None:
        self._state = state
        self._clock = state.clock
        self._poster = Poster(state, deliver)
        self._queue: DueQueue[Delivery] = DueQueue()
        self._changed = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._in_flight = 0
        self._closed = False
        self._random = random.Random(state.settings.seed)  # noqa: S311 - shuffles, no secrets
        self.log: deque[DeliveryAttempt] = deque(maxlen=state.settings.log_size)
        state.clock.register(self)

    def __len__(self) -> int:
        return len(self._queue)

    def __repr__(self) -> str:
        return f"<WebhookSender {len(self._queue)} waiting, {len(self.log)} attempts>"

    def schedule(self, message: SandboxMessage) -> None:
        """Schedule the receipts of a message that was just accepted."""
        url = message.shared.callback or self._state.settings.receipt_url
        if url is None or not message.scenario.receipts or message.rejection is not None:
            return
        if not self._poster.may_post_to(url):
            self._state.messages.note(message, "receipts refused: the host is not loopback")
            self._record(Delivery(url, message), "refused")
        elif self._state.settings.receipt_shuffle:
            self._schedule_shuffled(url, message)
        else:
            self._schedule_next(url, message, 1)

    def _schedule_next(self, url: str, message: SandboxMessage, index: int) -> None:
        # One queued delivery per message: its next receipt is scheduled when this one is removed.
        upcoming = next(itertools.islice(message.state_changes(), index, None), None)
        if upcoming is not None and upcoming[0] <= message.shared.created + _LAST_AFTER:
            self._put(upcoming[0], Delivery(url, message, *upcoming, following=index + 1))

    def _schedule_shuffled(self, url: str, message: SandboxMessage) -> None:
        changes = list(itertools.islice(message.state_changes(), 1, None))
        # Two are always swapped: a sample of two could keep their order.
        shuffled = changes[::-1] if len(changes) == 2 else self._random.sample(changes, len(changes))  # noqa: PLR2004
        for at, change in shuffled:
            self._put(changes[-1][0], Delivery(url, message, at, change))

    def receive(self, source: str, text: str, destination: str | None) -> str:
        """Post an inbound message; returns its UMID.

        Raises:
            ValueError: No URL is set for inbound messages, or its host is not loopback.
        """
        settings = self._state.settings
        url = settings.inbound_url or settings.receipt_url
        if url is None:
            raise ValueError(
                "set inbound_url (or receipt_url) first: the sandbox does not know where to post"
            )
        if not self._poster.may_post_to(url):
            raise ValueError("inbound messages go to loopback only, unless receipt_hosts is 'any'")
        payload = inbound_payload(source, text, destination, self._clock.now(), settings)
        self._put(self._clock.now(), Delivery(url, payload=payload))
        if self._clock.frozen:
            self.run_due()
        return str(payload["umid"])

    def flush(self) -> None:
        """Post everything that is due by now, and wait for running posts."""
        self.run_due()
        with self._changed:
            self._changed.wait_for(lambda: self._in_flight == 0)

    def clear(self) -> None:
        """Clear the queue and the log."""
        with self._changed:
            self._queue.clear()
            self.log.clear()

    def close(self) -> None:
        """Stop posting; ends the threads."""
        with self._changed:
            self._closed = True
            self._queue.clear()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()
        self._poster.close()

    def next_due(self) -> float | None:
        """When the next delivery is due, or None."""
        with self._changed:
            return self._queue.next_due()

    def run_due(self) -> int:
        """Post everything that is due by now, in this thread; returns the number of deliveries."""
        done = 0
        while (delivery := self._take()) is not None:
            self._deliver(delivery)
            done += 1
        return done

    def wake(self) -> None:
        """Let the threads check the clock again."""
        with self._changed:
            if self._queue:
                self._start_threads()
            self._changed.notify_all()

    def _put(self, due: float, delivery: Delivery) -> None:
        with self._changed:
            if self._closed:
                return
            self._queue.put(due, delivery)
            self._start_threads()
            self._changed.notify()

    def _start_threads(self) -> None:
        if self._threads or self._closed or self._clock.frozen:
            return
        for number in range(_WORKERS):
            thread = threading.Thread(target=self._work, name=f"sandbox-receipts-{number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _take(self) -> Delivery | None:
        with self._changed:
            due = self._queue.next_due()
            if due is None or not self._clock.has_reached(due):
                return None
            self._in_flight += 1
            return self._queue.pop()

    def _work(self) -> None:
        while True:
            with self._changed:
                if self._closed:
                    return
                due, factor = self._queue.next_due(), self._clock.factor
                wait = (due - self._clock.now()) / factor if due is not None and factor else None
                if wait is None or wait > 0:
                    self._changed.wait(wait)
                    continue
            delivery = self._take()
            if delivery is not None:
                self._deliver(delivery)

    def _deliver(self, delivery: Delivery) -> None:
        try:
            if (
                delivery.following is not None
                and delivery.message is not None
                and not self._is_stale(delivery)
            ):
                self._schedule_next(delivery.url, delivery.message, delivery.following)
                delivery.following = None
            copies = 1 + (self._state.settings.receipt_duplicates if delivery.attempt == 1 else 0)
            results = [self._attempt(delivery) for _ in range(copies)]
            if not any(results) and delivery.attempt <= len(_RETRY_AFTER) and not self._is_stale(delivery):
                due = self._clock.now() + _RETRY_AFTER[delivery.attempt - 1]
                delivery.attempt += 1
                self._put(due, delivery)
        finally:
            with self._changed:
                self._in_flight -= 1
                self._changed.notify_all()

    def _is_stale(self, delivery: Delivery) -> bool:
        """Whether the sandbox was reset after the message was accepted."""
        message = delivery.message
        return message is not None and message.shared.context is not self._state.messages.context

    def _attempt(self, delivery: Delivery) -> bool:
        headers, body = request_of(delivery, self._state.settings)
        return self._record(delivery, self._poster.post(delivery.url, headers, body)).ok

    def _record(self, delivery: Delivery, result: int | Literal["error", "refused"]) -> DeliveryAttempt:
        attempt = DeliveryAttempt(self._clock.now(), delivery.umid, delivery.what, delivery.attempt, result)
        self.log.append(attempt)
        message = delivery.message
        if message is not None and result != "refused" and not self._is_stale(delivery):
            note = f"receipt for '{attempt.what}', attempt {attempt.attempt}: {result}"
            self._state.messages.note(message, note)
        self._state.notify(attempt)
        return attempt
