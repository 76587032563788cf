"""Posting receipts and inbound messages, with the documented retries, on the sandbox's clock."""

from __future__ import annotations

import heapq
import itertools
import random
import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import urlsplit

from connect_sms._validation.hosts import is_loopback

from .clock import INSTANT
from .envelopes import as_xml, inbound, status_changed
from .jsons import dumps

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx

    from .journeys import Stop
    from .messages import Message
    from .sandbox import Sandbox

    Deliver = Callable[[str, Mapping[str, str], bytes], int]

__all__ = ["RETRY_AFTER", "Posted", "Receipts"]

RETRY_AFTER: Final = (1.0, 10.0, 30.0, 90.0)
"""Seconds of sandbox time from a failure to the next try; then never again."""

LAST_AFTER: Final = 48 * 3600.0
"""No receipt is posted later than this after its message."""

_WORKERS: Final = 4
_GOOD: Final = range(200, 400)


@dataclass(frozen=True, slots=True)
class Posted:
    """One try to post something.

    Attributes:
        at: sandbox time in seconds since the epoch.
        umid: of the message.
        what: the state a receipt tells of, or ``inbound``.
        attempt: 1 for the first try.
        result: an HTTP status, ``error`` (no connection, or no answer in time) or ``refused`` (not loopback).
    """

    at: float
    umid: str
    what: str
    attempt: int
    result: int | Literal["error", "refused"]

    @property
    def ok(self) -> bool:
        """Whether the receiver took it."""
        return isinstance(self.result, int) and self.result in _GOOD


@dataclass(slots=True)
class _Letter:
    """Something to post. A receipt's body is made when it goes out, so that waiting ones stay small."""

    url: str
    message: Message | None = None
    moment: float = 0.0
    stop: Stop | None = None
    following: int | None = None
    payload: dict[str, Any] | None = None
    attempt: int = 1

    @property
    def what(self) -> str:
        return "inbound" if self.stop is None else self.stop.state

    @property
    def umid(self) -> str:
        if self.message is not None:
            return self.message.umid
        return str((self.payload or {}).get("umid"))


class Receipts:
    """The post office: what is due when, who posts it, and a log of every try.

    While the clock runs, a few threads post what falls due; they start with the first message that has
    somewhere to report to. While it stands still nothing is posted, except by `Clock.advance` and `flush`.

    Attributes:
        log: every try, oldest first, as many as the settings keep.
    """

    def __init__(self, sandbox: Sandbox, deliver: Deliver | None = None) -> None:
        self._sandbox = sandbox
        self._clock = sandbox.clock
        self._deliver = deliver
        self._queue: list[tuple[float, int, _Letter]] = []
        self._order = itertools.count()
        self._news = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._in_flight = 0
        self._closed = False
        self._client: httpx.Client | None = None
        self._random = random.Random(sandbox.settings.seed)  # noqa: S311 - shuffles, no secrets
        self.log: deque[Posted] = deque(maxlen=sandbox.settings.log_size)

    def __len__(self) -> int:
        return len(self._queue)

    def __repr__(self) -> str:
        return f"<Receipts {len(self._queue)} waiting, {len(self.log)} tried>"

    def expect(self, message: Message) -> None:
        """See to the receipts of a message that was just accepted."""
        url = message.terms.callback or self._sandbox.settings.receipt_url
        if url is None or not message.journey.receipts or message.rejection is not None:
            return
        if not self._may_post(url):
            self._sandbox.store.note(message, "receipts refused: the host is not loopback")
            self._log(_Letter(url, message), "refused")
            return
        if self._sandbox.settings.receipt_shuffle:
            self._expect_shuffled(url, message)
        else:
            self._expect_next(url, message, 1)

    def _expect_next(self, url: str, message: Message, number: int) -> None:
        # One letter a message: its next receipt is put in the queue when this one is taken out.
        stop = next(itertools.islice(message.stops(), number, None), None)
        if stop is not None and stop[0] <= message.terms.created + LAST_AFTER:
            self._put(stop[0], _Letter(url, message, stop[0], stop[1], following=number + 1))

    def _expect_shuffled(self, url: str, message: Message) -> None:
        stops = list(itertools.islice(message.stops(), 1, None))
        if not stops:
            return
        last = stops[-1][0]
        shuffled = stops[::-1] if len(stops) == 2 else self._random.sample(stops, len(stops))  # noqa: PLR2004
        for at, stop in shuffled:
            self._put(last, _Letter(url, message, at, stop))

    def receive(self, source: str, text: str, destination: str | None) -> str:
        """Post an inbound message; its UMID.

        Raises:
            ValueError: no URL is set for inbound messages, or its host is not loopback.
        """
        settings = self._sandbox.settings
        url = settings.inbound_url or settings.receipt_url
        if url is None:
            raise ValueError(
                "set inbound_url (or receipt_url) first: the sandbox does not know where to post"
            )
        if not self._may_post(url):
            raise ValueError("inbound messages go to loopback only, unless receipt_hosts is 'any'")
        payload = inbound(self._sandbox, source, text, destination)
        self._put(self._clock.now(), _Letter(url, payload=payload))
        if self._clock.frozen:
            self.run_due()
        return str(payload["umid"])

    def flush(self) -> None:
        """Post everything that is due by now, and wait for what is on its way."""
        self.run_due()
        with self._news:
            self._news.wait_for(lambda: self._in_flight == 0)

    def clear(self) -> None:
        """Forget what waits, and the log."""
        with self._news:
            self._queue.clear()
            self.log.clear()

    def close(self) -> None:
        """Stop posting; ends the threads."""
        with self._news:
            self._closed = True
            self._queue.clear()
            self._news.notify_all()
        for thread in self._threads:
            thread.join()
        if self._client is not None:
            self._client.close()

    def next_due(self) -> float | None:
        """When the next letter is due, or None."""
        with self._news:
            return self._queue[0][0] if self._queue else None

    def run_due(self) -> int:
        """Post everything that is due by now, in this thread; how many."""
        done = 0
        while (letter := self._take()) is not None:
            self._post(letter)
            done += 1
        return done

    def wake(self) -> None:
        """Let the threads look at the clock again."""
        with self._news:
            if self._queue:
                self._start()
            self._news.notify_all()

    def _put(self, due: float, letter: _Letter) -> None:
        with self._news:
            if self._closed:
                return
            heapq.heappush(self._queue, (due, next(self._order), letter))
            self._start()
            self._news.notify()

    def _start(self) -> None:
        if self._threads or self._closed or self._clock.frozen:
            return
        for number in range(_WORKERS):
            thread = threading.Thread(target=self._work, name=f"sandbox-receipts-{number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _take(self) -> _Letter | None:
        with self._news:
            if not self._queue or self._queue[0][0] > self._clock.now() + INSTANT:
                return None
            self._in_flight += 1
            return heapq.heappop(self._queue)[2]

    def _work(self) -> None:
        while True:
            with self._news:
                if self._closed:
                    return
                factor = self._clock.factor
                wait = None
                if self._queue and factor:
                    wait = (self._queue[0][0] - self._clock.now()) / factor
                if wait is None or wait > 0:
                    self._news.wait(wait)
                    continue
            letter = self._take()
            if letter is not None:
                self._post(letter)

    def _post(self, letter: _Letter) -> None:
        try:
            if letter.following is not None and letter.message is not None and not self._is_stale(letter):
                self._expect_next(letter.url, letter.message, letter.following)
                letter.following = None
            copies = 1 + (self._sandbox.settings.receipt_duplicates if letter.attempt == 1 else 0)
            results = [self._try(letter) for _ in range(copies)]
            if not any(results) and letter.attempt <= len(RETRY_AFTER) and not self._is_stale(letter):
                due = self._clock.now() + RETRY_AFTER[letter.attempt - 1]
                letter.attempt += 1
                self._put(due, letter)
        finally:
            with self._news:
                self._in_flight -= 1
                self._news.notify_all()

    def _is_stale(self, letter: _Letter) -> bool:
        """Whether the sandbox has forgotten the message while its receipt was on the way."""
        return letter.message is not None and letter.message.terms.store is not self._sandbox.store

    def _try(self, letter: _Letter) -> bool:
        settings = self._sandbox.settings
        payload = letter.payload
        if payload is None and letter.message is not None and letter.stop is not None:
            payload = status_changed(letter.message, letter.moment, letter.stop, settings)
        event = "outbound_message_status_changed" if letter.stop is not None else "inbound_message_received"
        envelope = {"namespace": "SMS", "eventType": event, "description": _ABOUT[event], "payload": payload}
        xml = settings.receipt_format == "xml"
        headers = {
            "Content-Type": "application/xml; charset=utf-8" if xml else "application/json; charset=utf-8"
        }
        if settings.receipt_authorization is not None:
            headers["Authorization"] = settings.receipt_authorization
        result = self._send(letter.url, headers, as_xml(envelope) if xml else dumps(envelope))
        return self._log(letter, result).ok

    def _send(self, url: str, headers: dict[str, str], body: bytes) -> int | Literal["error"]:
        import httpx  # noqa: PLC0415 - heavy, and only needed once something is posted

        try:
            if self._deliver is not None:
                return self._deliver(url, headers, body)
            with self._news:
                if self._client is None:
                    # No proxy from the environment: a receipt must not leave by a way nobody named.
                    timeout = self._sandbox.settings.receipt_timeout
                    self._client = httpx.Client(timeout=timeout, trust_env=False, follow_redirects=False)
            return self._client.post(url, content=body, headers=headers).status_code
        except (OSError, httpx.HTTPError, httpx.InvalidURL):
            return "error"

    def _log(self, letter: _Letter, result: int | Literal["error", "refused"]) -> Posted:
        posted = Posted(self._clock.now(), letter.umid, letter.what, letter.attempt, result)
        self.log.append(posted)
        if letter.message is not None and result != "refused":
            told = f"receipt for '{posted.what}', try {posted.attempt}: {result}"
            letter.message.terms.store.note(letter.message, told)
        self._sandbox.announce(posted)
        return posted

    def _may_post(self, url: str) -> bool:
        if self._deliver is not None or self._sandbox.settings.receipt_hosts == "any":
            return True
        return is_loopback(urlsplit(url).hostname or "")


_ABOUT: Final = {
    "outbound_message_status_changed": "The status of a message has changed",
    "inbound_message_received": "A message has come in",
}
