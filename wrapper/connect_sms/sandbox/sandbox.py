"""`Sandbox`: the service, with its clock, its messages and its faults."""

# ruff: noqa: TC001  at run time too, so that `typing.get_type_hints` finds every name

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

import connect_sms
from connect_sms._lazy import LazyModule
from connect_sms.models.private import clears_locals

from .acceptance_log import AcceptanceLog
from .api.routing import BASE_PATH, IN_PROCESS_HOST
from .api.service import Service
from .clock import SandboxClock
from .faults.kinds import Fault, OperationName
from .message_log import MessageLog
from .request_log import RequestLog, RequestRecord
from .settings import SandboxSettings
from .state import SandboxState
from .webhooks.delivery import DeliveryAttempt
from .webhooks.sender import WebhookSender

if TYPE_CHECKING:
    from .http import transport
else:
    transport = LazyModule("connect_sms.sandbox.http.transport")


class Sandbox:
    """A sandbox of the 8x8 Connect SMS service, in memory.

    It answers requests that come from a `SandboxServer` or an in-process transport, and its logs hold what it
    received. It is thread-safe.

    Example:
        >>> sandbox = Sandbox(factor=0)
        >>> sandbox.fail_next("reset-after-accept", operation="send")
        >>> sandbox.clock.advance(60)
        >>> len(sandbox.accepted)
        0

    Args:
        settings: The settings; ``changes`` override them.
        clock: Sandbox time; by default a new clock that runs ``factor`` times as fast as real time.
        factor: Speed of the new clock; 0 freezes it.
        deliver: Posts receipts instead of HTTP: called with URL, headers and body, returns an HTTP status,
            raises `OSError` for a connection that fails. For tests without sockets.
        changes: Fields of `SandboxSettings`.

    Attributes:
        clock: Sandbox time.
        faults: The queued faults.
        receipts: Posts receipts and inbound messages; its ``log`` has every attempt.
        service: Answers requests.
    """

    def __init__(
        self,
        settings: SandboxSettings | None = None,
        *,
        clock: SandboxClock | None = None,
        factor: float = 1.0,
        deliver: Callable[[str, Mapping[str, str], bytes], int] | None = None,
        **changes: Any,
    ) -> None:
        self.clock = clock if clock is not None else SandboxClock(factor=factor)
        self._state = SandboxState(replace(settings or SandboxSettings(), **changes), self.clock)
        self.faults = self._state.faults
        self.receipts = WebhookSender(self._state, deliver)
        self.service = Service(self._state, self.receipts)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {len(self._state.messages)} messages, {len(self.requests)} requests>"

    @property
    def settings(self) -> SandboxSettings:
        """The current settings; `configure` changes them."""
        return self._state.settings

    @property
    def requests(self) -> RequestLog:
        """Every request since the last reset."""
        return self._state.requests

    @property
    def messages(self) -> MessageLog:
        """Every message since the last reset, accepted or rejected, in order."""
        self.service.accept_late()
        return self._state.messages

    @property
    def accepted(self) -> AcceptanceLog:
        """The acceptance log: which messages were accepted, and how often."""
        self.service.accept_late()
        return self._state.accepted

    def configure(self, **changes: Any) -> None:
        """Change settings from now on.

        Raises:
            TypeError: There is no such setting.
        """
        self._state.settings = replace(self.settings, **changes)

    def fail_next(
        self,
        fault: str | Fault,
        *,
        times: int | None = 1,
        operation: OperationName | None = None,
        destination: str | None = None,
        **options: Any,
    ) -> None:
        """Apply a fault to the next requests.

        Args:
            fault: A name of `KINDS`, a name with options as in the header, or a `Fault`.
            times: The number of requests; None means all until `heal`.
            operation: ``send``, ``batch``, ``status``, ``export``, ``export-status`` or ``export-file``; any
                when not given.
            destination: Only sends to this number.
            options: Fields of `Fault` that override those of ``fault``.

        Raises:
            ValueError: There is no such fault, option or operation.
        """
        parsed = Fault.parse(fault) if isinstance(fault, str) else fault
        self.faults.add(replace(parsed, **options), times=times, operation=operation, destination=destination)

    def heal(self) -> None:
        """Remove every queued fault."""
        self.faults.clear()

    @property
    def base_url(self) -> str:
        """The base URL to give to a client."""
        return f"https://{IN_PROCESS_HOST}{BASE_PATH}"

    def client(self, **options: Any) -> connect_sms.SmsClient:
        """A client of this sandbox: without a socket, or over that of a `SandboxServer`.

        Args:
            options: Further arguments of `SmsClient`.
        """
        return connect_sms.SmsClient(
            **{**self._account(), **self._connection(transport.SandboxTransport), **options}
        )

    def async_client(self, **options: Any) -> connect_sms.AsyncSmsClient:
        """An async client of this sandbox: without a socket, or over that of a `SandboxServer`.

        Args:
            options: Further arguments of `AsyncSmsClient`.
        """
        return connect_sms.AsyncSmsClient(
            **{**self._account(), **self._connection(transport.AsyncSandboxTransport), **options}
        )

    def _account(self) -> dict[str, Any]:
        settings = self.settings
        key, sub_account = settings.api_key, settings.sub_account_id
        if settings.accounts:
            key, owned = next(iter(settings.accounts.items()))
            sub_account = min(owned)
        return {"api_key": key, "sub_account_id": sub_account, "base_url": self.base_url}

    def _connection(self, in_process: Callable[[Sandbox], object]) -> dict[str, Any]:
        """The connection arguments of a client of this sandbox."""
        return {"transport": in_process(self)}

    @clears_locals
    def receive(self, from_: str, text: str, *, to: str | None = None) -> str:
        """Receive a message: posts it to ``inbound_url`` and returns its UMID.

        Args:
            from_: The number of the sender.
            text: The text.
            to: The destination number.

        Raises:
            ValueError: No URL is set, or the settings do not allow its host.
        """
        return self.receipts.receive(from_, text, to)

    def reset(self) -> None:
        """Delete messages, requests, faults and receipts. Settings and clock stay."""
        self.receipts.clear()
        self.service.reset()

    def close(self) -> None:
        """Stop posting receipts. A closed sandbox still answers."""
        self.receipts.close()

    def listen(self, listener: Callable[[RequestRecord | DeliveryAttempt], object]) -> None:
        """Call ``listener`` with every request and every attempt to post, in the thread of the event."""
        self._state.listeners.append(listener)
