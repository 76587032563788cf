"""Blocking connection pool."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import httpx

from connect_sms._fork import ForkAware, follow_forks, notice_fork, put_away
from connect_sms.models.responses import RawResponse

from .effects import TransportFailure
from .exchange import Intake, WriteCheck, build, check_inherited, closed, failure

if TYPE_CHECKING:
    from .connection import Connection
    from .effects import Request, Sink


class HttpPool(ForkAware):
    """Blocking connection pool; safe to share between threads. A forked child gets connections of its own."""

    def __init__(self, connection: Connection) -> None:
        connection.check_transport(httpx.BaseTransport, "SmsClient")
        self._connection = connection
        self._client: httpx.Client | None = connection.make_client(httpx.Client)
        self._making = threading.Lock()
        self._is_closed = False
        self._tells_writes = type(connection.transport) in {type(None), httpx.HTTPTransport}
        self._file_transports: dict[str | None, httpx.HTTPTransport] = {}
        follow_forks(self)

    def send(self, request: Request) -> RawResponse | TransportFailure:
        """Send one request and read the whole answer.

        Raises:
            ConfigurationError: The pool is closed, or its transport is the parent's.
            ConnectSmsError: `Request.before_write` refused; nothing was sent.
        """
        client = self._own_client()
        ready = build(request)
        if isinstance(ready, TransportFailure):
            return ready
        check = None if request.before_write is None else WriteCheck(request, request.before_write)
        if check is not None:
            if self._tells_writes:
                ready.extensions["trace"] = check.trace
            else:
                check.call()
        try:
            response = client.send(ready)
        except Exception as problem:  # noqa: BLE001  a custom transport may raise anything
            fault = failure(problem)
        else:
            return RawResponse(response.status_code, response.headers, response.content)
        if check is not None and check.refusal is not None:
            raise check.refusal
        return fault

    def download(self, request: Request, sink: Sink) -> RawResponse | TransportFailure:
        """Send one request and stream the body to the sink.

        Raises:
            ConfigurationError: The pool is closed, or its transport is the parent's.
        """
        self._own_client()
        ready = build(request)
        if isinstance(ready, TransportFailure):
            return ready
        try:
            response = self._file_transport(ready.url).handle_request(ready)
            intake = Intake(response, sink)
            try:
                for piece in response.iter_bytes():
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
        notice_fork()
        self._is_closed = True
        if self._client is not None:
            self._client.close()
        for transport in self._file_transports.values():
            transport.close()

    def after_fork_in_child(self) -> None:
        """Leave the parent its connections; others are made when the first is needed."""
        put_away(self._client, self._file_transports)
        self._client, self._file_transports = None, {}
        self._making = threading.Lock()

    def _own_client(self) -> httpx.Client:
        notice_fork()
        if self._is_closed:
            raise closed()
        if self._client is None:
            check_inherited(self._connection.transport)
            with self._making:
                if self._client is None:
                    self._client = self._connection.make_client(httpx.Client)
        return self._client

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
