"""Blocking connection pool."""

from __future__ import annotations

import os
from itertools import chain
from typing import TYPE_CHECKING

import httpx

from connect_sms._fork import notice_fork

from .attempt import Attempt
from .effects import TransportFailure
from .exchange import Intake, build, closed, failure, received, watch_for
from .inherited import check_process
from .lanes import Lanes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connect_sms.models.responses import RawResponse

    from .connection import Connection
    from .effects import Request, Sink
    from .exchange import WriteWatch
    from .trust import Evidence


class HttpPool:
    """Blocking connection pool; safe to share between threads. A forked child gets connections of its own."""

    def __init__(self, connection: Connection) -> None:
        connection.check_transport(httpx.BaseTransport, "SmsClient")
        connection.check()
        self._evidence: Evidence = connection.evidence
        self._given: httpx.BaseTransport | None = connection.transport
        self._pid = os.getpid()
        self._lanes = Lanes(connection, _kind)
        self._transport = self._lanes if self._given is None else self._given
        self._client = httpx.Client(transport=self._transport, trust_env=False, follow_redirects=False)

    def send(self, request: Request) -> RawResponse | TransportFailure:
        """Send one request and read the whole answer.

        Raises:
            ConfigurationError: The pool is closed, the environment's proxy cannot be used, or the process was
                forked and a transport was given.
            ConnectSmsError: `Request.before_write` refused; nothing was sent.
        """
        self.check_usable()
        ready = build(request)
        if isinstance(ready, TransportFailure):
            return ready
        watch = self._watch(request, ready)
        attempt = Attempt(request.timeout.total)
        try:
            with attempt:
                response = self._client.send(ready, stream=True)
                try:
                    body = b"".join(attempt.in_time(response.iter_bytes()))
                finally:
                    response.close()
        except Exception as problem:  # noqa: BLE001  a custom transport may raise anything
            fault = failure(problem, self._evidence, watch)
        else:
            return received(response, body, attempt)
        if watch is not None and watch.refusal is not None:
            raise watch.refusal
        return fault

    def download(self, request: Request, sink: Sink) -> RawResponse | TransportFailure:
        """Send one request and stream the body to the sink.

        Raises:
            ConfigurationError: The pool is closed, the environment's proxy cannot be used, or the process was
                forked and a transport was given.
        """
        self.check_usable()
        ready = build(request)
        if isinstance(ready, TransportFailure):
            return ready
        watch = self._watch(request, ready)
        try:
            # Without a client: httpx's clients log URLs, and this link alone grants access.
            with Attempt(request.timeout.total) as attempt:
                response = self._transport.handle_request(ready)
                intake = Intake(response, sink)
                try:
                    for _ in chain.from_iterable(_steps(intake, attempt)):
                        if intake.is_full:
                            sink.flush()
                finally:
                    response.close()
        except Exception as problem:  # noqa: BLE001  a custom transport may raise anything
            fault = failure(problem, self._evidence, watch)
        else:
            return intake.reply()
        return fault

    def close(self) -> None:
        """Close every connection. A child leaves its parent's alone."""
        notice_fork()
        if self._given is None or self._pid == os.getpid():
            self._client.close()

    def check_usable(self) -> None:
        """Refuse to be used where that cannot work.

        Raises:
            ConfigurationError: The pool is closed, or the process was forked and a transport was given.
        """
        if self._client.is_closed:
            raise closed()
        check_process(self._pid, self._given)

    def _watch(self, request: Request, ready: httpx.Request) -> WriteWatch | None:
        """Watch for the first write where somebody has to know; untraced, it comes right after this."""
        watch = watch_for(request, self._evidence)
        if watch is None:
            return None
        if self._calls_trace(ready.url):
            ready.extensions["trace"] = watch.trace
        else:
            watch.call()
        return watch

    def _calls_trace(self, url: httpx.URL) -> bool:
        if self._given is not None:
            return self._evidence == "writes"
        self._lanes.of(url)  # a proxy that cannot be used is an error here, before anything is sent
        return True


def _steps(intake: Intake, attempt: Attempt) -> Iterator[Iterator[None]]:
    """The steps of taking a body: after each of them the sink may be full."""
    for piece in attempt.in_time(intake.pieces):
        yield intake.take(piece)
        if not intake.wants_more:
            return
    yield intake.end()


def _kind(_proxy: str | None) -> type[httpx.HTTPTransport]:
    return httpx.HTTPTransport
