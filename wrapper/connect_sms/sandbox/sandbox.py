"""`Sandbox`: one stand-in for the service, with its clock, its messages and its faults."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from .clock import Clock
from .exports import Exports
from .faults import Fault, Operation, Script
from .messages import AcceptanceLog, Store
from .receipts import Posted, Receipts
from .service import BASE_PATH, RequestRecord, Service
from .settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from connect_sms import AsyncSmsClient, SmsClient

__all__ = ["RequestLog", "Sandbox"]


class RequestLog:
    """The requests the sandbox saw: all of them counted, the last ones kept."""

    def __init__(self, size: int) -> None:
        self._kept: deque[RequestRecord] = deque(maxlen=size)
        self._counts: Counter[Operation | None] = Counter()

    def __len__(self) -> int:
        return self._counts.total()

    def __iter__(self) -> Iterator[RequestRecord]:
        return iter(list(self._kept))

    def __repr__(self) -> str:
        return f"<{len(self)} requests>"

    @property
    def last(self) -> RequestRecord:
        """The newest.

        Raises:
            IndexError: there was none.
        """
        return self._kept[-1]

    def add(self, record: RequestRecord) -> None:
        """Keep a record."""
        self._counts[record.operation] += 1
        self._kept.append(record)

    def count(self, operation: Operation | None = None) -> int:
        """How many requests came for an operation; all when none is named."""
        return len(self) if operation is None else self._counts[operation]


class Sandbox:
    """A stand-in for the 8x8 Connect SMS service, in memory.

    It answers requests that a `SandboxServer` or an in-process transport brings, and tells afterwards what
    really happened. All of it may be used from any thread.

    Example:
        >>> sandbox = Sandbox(factor=0)
        >>> sandbox.fail_next("reset-after-accept", operation="send")
        >>> sandbox.clock.advance(60)
        >>> len(sandbox.accepted)
        0

    Args:
        settings: switches; those named by keyword are laid over them.
        clock: sandbox time; by default a new one that runs ``factor`` times as fast as real time.
        factor: of the new clock; 0 stands still.
        deliver: posts receipts instead of HTTP: called with URL, headers and body, returns an HTTP status,
            raises `OSError` for a connection that fails. For tests without sockets.
        changes: fields of `Settings`.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        clock: Clock | None = None,
        factor: float = 1.0,
        deliver: Callable[[str, Mapping[str, str], bytes], int] | None = None,
        **changes: Any,
    ) -> None:
        self.settings = replace(settings or Settings(), **changes)
        self.clock = clock if clock is not None else Clock(factor=factor)
        self.faults = Script()
        self._deliver = deliver
        self._listeners: list[Callable[[RequestRecord | Posted], object]] = []
        self._begin()
        self.receipts = Receipts(self, deliver)
        self.clock.follow(self.receipts)

    def _begin(self) -> None:
        self.store = Store(self.clock, seed=self.settings.seed)
        self.requests = RequestLog(self.settings.log_size)
        self._accepted = AcceptanceLog(self.store)
        self.exports = Exports(self)
        self.service = Service(self)
        self.clock.follow(self.service)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Sandbox {len(self.store)} messages, {len(self.requests)} requests>"

    @property
    def messages(self) -> Store:
        """Every message, accepted or rejected, in the order it came."""
        self.service.settle()
        return self.store

    @property
    def accepted(self) -> AcceptanceLog:
        """The acceptance log: who was really accepted, and how often."""
        self.service.settle()
        return self._accepted

    def configure(self, **changes: Any) -> None:
        """Change settings from now on.

        Raises:
            TypeError: there is no such setting.
        """
        self.settings = replace(self.settings, **changes)

    def fail_next(
        self,
        fault: str | Fault,
        *,
        times: int | None = 1,
        operation: Operation | None = None,
        destination: str | None = None,
        **options: Any,
    ) -> None:
        """Let the next requests meet a fault.

        Args:
            fault: a name of `KINDS`, a name with options as in the header, or a `Fault`.
            times: how many requests; None is every one until `heal`.
            operation: ``send``, ``batch``, ``status``, ``export``, ``export-status`` or ``export-file``; any
                when not given.
            destination: only sends that carry this number.
            options: fields of `Fault`, for a fault given by name.

        Raises:
            ValueError: no such fault, option or operation.
        """
        if isinstance(fault, str):
            fault = replace(Fault.parse(fault), **options)
        elif options:
            fault = replace(fault, **options)
        self.faults.add(fault, times=times, operation=operation, destination=destination)

    def heal(self) -> None:
        """Take back every fault that still waits."""
        self.faults.clear()

    @property
    def base_url(self) -> str:
        """What a client takes as its base URL."""
        return f"https://sandbox.invalid{BASE_PATH}"

    def client(self, **options: Any) -> SmsClient:
        """A client of this sandbox, without a socket.

        Args:
            options: further arguments of `SmsClient`.
        """
        from connect_sms import SmsClient  # noqa: PLC0415 - the sandbox does without a client

        from .inprocess import SandboxTransport  # noqa: PLC0415

        given: dict[str, Any] = {"transport": SandboxTransport(self), **self._account(), **options}
        return SmsClient(**given)

    def async_client(self, **options: Any) -> AsyncSmsClient:
        """An async client of this sandbox, without a socket.

        Args:
            options: further arguments of `AsyncSmsClient`.
        """
        from connect_sms import AsyncSmsClient  # noqa: PLC0415 - the sandbox does without a client

        from .inprocess import AsyncSandboxTransport  # noqa: PLC0415

        given: dict[str, Any] = {"transport": AsyncSandboxTransport(self), **self._account(), **options}
        return AsyncSmsClient(**given)

    def _account(self) -> dict[str, Any]:
        settings = self.settings
        key, sub_account = settings.api_key, settings.sub_account_id
        if settings.accounts:
            key, owned = next(iter(settings.accounts.items()))
            sub_account = min(owned)
        return {"api_key": key, "sub_account_id": sub_account, "base_url": self.base_url}

    def receive(self, from_: str, text: str, *, to: str | None = None) -> str:
        """Let a message come in: posts it to ``inbound_url`` and returns its UMID.

        Args:
            from_: who wrote it.
            text: what they wrote.
            to: the number they wrote to.

        Raises:
            ValueError: the sandbox does not know where to post, or may not post there.
        """
        return self.receipts.receive(from_, text, to)

    def reset(self) -> None:
        """Forget messages, requests, faults and receipts. Settings and clock stay."""
        self.faults.clear()
        self.receipts.clear()
        self.clock.unfollow(self.service)
        self._begin()

    def close(self) -> None:
        """Stop posting receipts. A sandbox that is closed still answers."""
        self.receipts.close()

    def listen(self, listener: Callable[[RequestRecord | Posted], object]) -> None:
        """Have every request and every posted receipt told to ``listener``, in whatever thread it happens."""
        self._listeners.append(listener)

    def announce(self, event: RequestRecord | Posted) -> None:
        """Tell the listeners."""
        for listener in self._listeners:
            listener(event)
