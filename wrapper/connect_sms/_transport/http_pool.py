"""Blocking connection pool."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from .attempt import Attempt
from .effects import TransportFailure
from .exchange import Intake, WriteCheck, build, closed, failure, received

if TYPE_CHECKING:
    from connect_sms.models.responses import RawResponse

    from .connection import Connection
    from .effects import Request, Sink


class HttpPool:
    """Blocking connection pool; safe to share between threads."""

    def __init__(self, connection: Connection) -> None:
        connection.check_transport(httpx.BaseTransport, "SmsClient")
        self._connection = connection
        self._client = connection.make_client(httpx.Client)
        self._tells_writes = type(connection.transport) in {type(None), httpx.HTTPTransport}
        self._file_transports: dict[str | None, httpx.HTTPTransport] = {}

    def send(self, request: Request) -> RawResponse | TransportFailure:
        """Send one request and read the whole answer.

        Raises:
            ConfigurationError: The pool is closed.
            ConnectSmsError: `Request.before_write` refused; nothing was sent.
        """
        if self._client.is_closed:
            raise closed()
        ready = build(request)
        if isinstance(ready, TransportFailure):
            return ready
        check = None if request.before_write is None else WriteCheck(request, request.before_write)
        if check is not None:
            if self._tells_writes:
                ready.extensions["trace"] = check.trace
            else:
                check.call()
        attempt = Attempt(request.timeout.total)
        try:
            with attempt:
                response = self._client.send(ready, stream=True)
                try:
                    body = b"".join(attempt.in_time(response.iter_bytes()))
                finally:
                    response.close()
        except Exception as problem:  # noqa: BLE001  a custom transport may raise anything
            fault = failure(problem)
        else:
            return received(response, body, attempt)
        if check is not None and check.refusal is not None:
            raise check.refusal
        return fault

    def download(self, request: Request, sink: Sink) -> RawResponse | TransportFailure:
        """Send one request and stream the body to the sink.

        Raises:
            ConfigurationError: The pool is closed.
        """
        if self._client.is_closed:
            raise closed()
        ready = build(request)
        if isinstance(ready, TransportFailure):
            return ready
        try:
            with Attempt(request.timeout.total) as attempt:
                response = self._file_transport(ready.url).handle_request(ready)
                intake = Intake(response, sink)
                try:
                    for piece in attempt.in_time(response.iter_bytes()):
                        if not intake.wants_more_after(piece):
                            break
                        if intake.is_full:
                            sink.flush()
                finally:
                    response.close()
        except Exception as problem:  # noqa: BLE001  a custom transport may raise anything
            fault = failure(problem)
        else:
            return intake.reply()
        return fault

    def close(self) -> None:
        """Close every connection."""
        self._client.close()
        for transport in self._file_transports.values():
            transport.close()

    def _file_transport(self, url: httpx.URL) -> httpx.BaseTransport:
        """A transport without a client: httpx's clients log URLs, and this link alone grants access."""
        connection = self._connection
        if connection.transport is not None:
            given: httpx.BaseTransport = connection.transport
            return given
        proxy = connection.proxy_for(url)
        if proxy not in self._file_transports:
            self._file_transports[proxy] = connection.make(httpx.HTTPTransport, proxy=proxy)
        return self._file_transports[proxy]
