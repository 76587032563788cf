"""The asynchronous client: the twin of `connect_sms.client`, for asyncio and trio."""

# ruff: noqa: TC001  at run time too, so that `typing.get_type_hints` finds every name

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable, Mapping
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar, Unpack

from connect_sms._calls import send
from connect_sms._transport.async_http_pool import AsyncHttpPool
from connect_sms._transport.runners import AsyncValues, run_async, run_with_tasks
from connect_sms.models.messages import Message, Sent
from connect_sms.models.private import private, private_options

from ._client import BaseClient
from ._lazy import LazyModule
from .config import Timeout
from .options import BatchOptions, SendOptions, WaitUntil

if TYPE_CHECKING:
    import httpx  # noqa: F401  for the base below

    from connect_sms._batch import sender as batch
    from connect_sms._calls import confirm, log_export, status, wait
    from connect_sms._transport.effects import Flow
    from connect_sms.models import batch_results, log_exports
    from connect_sms.models import status as message_status
else:  # loaded when used, so that the first message of a process is soon sent
    batch = LazyModule("connect_sms._batch.sender")
    batch_results = LazyModule("connect_sms.models.batch_results")
    confirm = LazyModule("connect_sms._calls.confirm")
    log_export = LazyModule("connect_sms._calls.log_export")
    log_exports = LazyModule("connect_sms.models.log_exports")
    message_status = LazyModule("connect_sms.models.status")
    status = LazyModule("connect_sms._calls.status")
    wait = LazyModule("connect_sms._calls.wait")


T = TypeVar("T")


class AsyncSmsClient(BaseClient["httpx.AsyncBaseTransport"]):
    """Sends SMS through the 8x8 Connect SMS API and reads their status. Safe to share between tasks.

    Use it as an asynchronous context manager, or call `aclose`. With the extra ``aiohttp`` it is faster with
    many requests in flight.

    Args:
        api_key: The key from the 8x8 Connect portal.
        sub_account_id: The sub-account to send from.
        region: The account's region: ``asia-pacific`` (when nothing is given), ``north-america``,
            ``europe`` or ``indonesia``.
        base_url: Instead of a region: everything before ``/{subAccountId}``, for a mock or a gateway.
        timeout: Seconds for each try by the clock, or a `Timeout`; ``Timeout()`` when left out.
        retries: How often to retry what is safe to retry (3 attempts when left out).
        sender: Sender ID for messages without one.
        receipt_url: Receipt URL for messages without one.
        max_parts: Longest message to send, in parts, from 1 to 10.
        status_interval: Seconds between two status requests of the sub-account; 8x8 allows one a second.
        batch_size: Maximum number of messages in one batch request, up to 10,000.
        batch_bytes: Approximate limit on the bytes of one batch request.
        batch_concurrency: Batch requests in flight at once; the asynchronous client only.
        delivery_errors: What each delivery error means; the shipped table when left out.
        hooks: Functions to call before a request, before a retry and at the end of a call.
        clock: Time and random numbers, for tests.
        receipts: The receipt store (`connect_sms.receipts.open_store`): each send is recorded there before
            it goes out and again after its answer, and waiting reads it before it sends a status request.
        send_without_store: Send, with a warning in the log, what the store cannot record. Otherwise that is
            a `StoreUnavailable`, and nothing is sent.
        proxy: URL of a proxy; that of the environment when left out, which is never used for this machine.
        tls: TLS context: certificates to trust, and a client certificate.
        transport: An httpx transport to use instead of real connections. Its failures count as "may have been
            sent" unless it is httpx's own or its class declares ``connect_errors_mean_not_sent = True``;
            see `connect_sms.sandbox.check_transport`.
        max_connections: Maximum number of open connections.
        allow_http: Let `base_url` be plain http on another machine. The key then travels in the clear.

    Raises:
        ConfigurationError: A setting is missing or invalid; the message says what to set.
    """

    _POOL = AsyncHttpPool
    _pool: AsyncHttpPool

    async def send(self, destination: str, text: str, **options: Unpack[SendOptions]) -> Sent:
        """Send one message. It is sent at most once: a message that may have been sent is never resent.

        Args:
            destination: The phone number: ``+447700900123``, or national when `country` is given.
            text: The text. More than `max_parts` parts are refused, for 8x8 would cut them off.
            sender: The sender ID shown to the recipient; see `UncheckedSender` for one like ``H&M``.
            encoding: ``AUTO`` (what 8x8 does when left out), ``GSM7`` or ``UCS2``.
            scheduled: When to send, with an offset, at most 7 days ahead; at once when left out.
            expiry: When delivery attempts end, with an offset.
            receipt_url: Where 8x8 posts the delivery receipt.
            client_message_id: Your own id, at most 350 characters. Made when left out; it comes back in
                receipts.
            country: ISO 3166-1 alpha-2, for national numbers.
            client_ip: The end user's address, for 8x8's limits per address.
            track: ``Outcome`` to track conversions, ``"None"`` not to.
            max_parts: Longest text to send, in parts, from 1 to 10; the client's own setting when left out.
            extra: Further fields for the request, by their names in the API.
            timeout: Seconds for the whole call, or a `Timeout` for each try, instead of the client's own.

        Raises:
            InvalidArgument: An argument is invalid. Nothing was sent.
            MessageRejected: 8x8 answered and refused this message. It was not sent.
            ApiError: 8x8 refused the request. Nothing was sent.
            ConnectionFailed: No connection could be made. Nothing was sent.
            StoreUnavailable: The send could not be recorded. Nothing was sent.
            OutcomeUnknown: It may have been sent. Look for its receipt before sending again.
        """
        return await self._run(
            send.send(
                self._context,
                destination := private(destination),
                text := private(text),
                **(options := private_options(options)),
            )
        )

    async def send_batch(
        self,
        messages: Iterable[str | Mapping[str, Any] | Message]
        | AsyncIterable[str | Mapping[str, Any] | Message],
        text: str | None = None,
        *,
        on_invalid: Literal["raise", "reject"] = "raise",
        progress: Callable[[batch_results.BatchProgress], object] | None = None,
        **options: Unpack[BatchOptions],
    ) -> batch_results.BatchResult:
        """Send any number of messages, in as many requests as needed. Nothing is ever resent automatically.

        Args:
            messages: Numbers, mappings with the fields of `Message`, or `Message` objects; or a mix.
                A sized collection is checked completely before anything is sent; an iterator is read one
                request at a time.
            text: The text for every message without its own.
            on_invalid: ``raise`` refuses the batch for one invalid message; ``reject`` reports it and sends
                the others.
            progress: Called after each request, and once more at the end with the whole result, also after
                an error.
            **options: As for `send`; a message's own take precedence. ``client_batch_id`` is your own
                id for the batch, at most 20 characters; ``extra`` and ``timeout`` are for each request.

        Returns:
            The result of every recipient: accepted, rejected, unknown or not sent. Check ``ok``: a lost
            answer raises no error here, and its recipients are in ``unknown``.

        Raises:
            InvalidArgument: An argument or a message is invalid; `InvalidBatch` lists every such message.
            ApiError: 8x8 refused the first request. Nothing was sent.
            ConnectionFailed: No connection could be made for the first request. Nothing was sent.
            StoreUnavailable: The first request could not be recorded. Nothing was sent.
            BatchInterrupted: The batch stopped early; ``result`` has what is known of each recipient.
        """
        return await run_with_tasks(
            batch.send_batch(
                self._context,
                messages := private(messages),
                text := private(text),
                concurrency=self._context.settings.batch_concurrency,
                on_invalid=on_invalid,
                progress=progress,
                **(options := private_options(options)),
            ),
            self._pool,
            self._context.settings.clock,
        )

    def iter_batch(
        self,
        messages: Iterable[str | Mapping[str, Any] | Message]
        | AsyncIterable[str | Mapping[str, Any] | Message],
        text: str | None = None,
        *,
        on_invalid: Literal["raise", "reject"] = "raise",
        progress: Callable[[batch_results.BatchProgress], object] | None = None,
        **options: Unpack[BatchOptions],
    ) -> AsyncGenerator[batch_results.BatchRequestResult]:
        """Send any number of messages as `send_batch` does, and yield the result of each request.

        A request is forgotten when the next result is requested, so an endless iterator takes no more memory
        than a short one. While the caller has a result no request is in flight: the blocking client sends one
        at a time; the asynchronous one sends up to ``batch_concurrency`` together and yields them one after
        the other. Each such group ends before the next one begins, so `send_batch` is faster. To leave the
        loop sends nothing further. A request that is cancelled or interrupted ends as unknown; the last call
        of `progress` has its recipients.

        Args:
            messages: As for `send_batch`.
            text: The text for every message without its own.
            on_invalid: ``raise`` stops at an invalid message: before anything is sent when `messages` has a
                length, and otherwise after the messages sent before it. ``reject`` reports it and sends the
                others.
            progress: Called after each request, and once more at the end with the recipients that are in no
                request that was yielded, also after an error.
            **options: As for `send_batch`. A ``client_message_id`` is compared with those of messages that
                are still to be yielded.

        Raises:
            InvalidArgument: An argument or a message is invalid; `InvalidBatch` lists every such message.
                Raised when the first result is requested.
            ApiError: 8x8 refused the first request. Nothing was sent.
            ConnectionFailed: No connection could be made for the first request. Nothing was sent.
            StoreUnavailable: The first request could not be recorded. Nothing was sent.
            BatchInterrupted: The batch stopped early; ``counts`` has the totals of the whole batch, and
                ``result`` the recipients that were not yielded.
        """
        return AsyncValues(
            batch.iter_batch(
                self._context,
                messages := private(messages),
                text := private(text),
                concurrency=self._context.settings.batch_concurrency,
                on_invalid=on_invalid,
                progress=progress,
                **(options := private_options(options)),
            ),
            self._pool,
            self._context.settings.clock,
        )

    async def status(
        self, umid: str, *, timeout: Timeout | float | None = None
    ) -> message_status.MessageStatus:
        """Get the status of a message, with one request.

        8x8 allows one such request a second for a whole sub-account; the call waits for its turn.

        Args:
            umid: 8x8's id of the message, from `Sent.umid`.
            timeout: Seconds for the whole call, or a `Timeout` for each try, instead of the client's own.

        Raises:
            NotFound: 8x8 has no such message; one just sent may take a moment to appear.
            ApiError: 8x8 refused the request.
            NetworkError: No attempt got a usable answer.
            InvalidResponse: The answer cannot be parsed.
        """
        return await self._run(status.status(self._context, umid, timeout=timeout))

    async def wait(
        self, umid: str, *, timeout: float = 60.0, until: WaitUntil = "final"
    ) -> message_status.MessageStatus:
        """Wait until a message has reached a state; its status is polled at growing intervals.

        With a receipt store, receipts are looked up first.

        Args:
            umid: 8x8's id of the message, from `Sent.umid`.
            timeout: Maximum seconds to wait.
            until: ``final`` waits for delivery to the handset or failure; ``operator`` also ends at delivery
                to the operator, the last state that some routes report; ``sent`` also ends once it is sent.

        Raises:
            WaitTimeout: It did not reach that state in time; ``last`` is the last status seen.
            ApiError: 8x8 refused the request.
        """
        return await self._run(wait.wait(self._context, umid, timeout=timeout, until=until))

    async def send_and_confirm(
        self,
        destination: str,
        text: str,
        *,
        wait_timeout: float = 60.0,
        until: WaitUntil = "final",
        **options: Unpack[SendOptions],
    ) -> message_status.MessageStatus:
        """Send one message and wait until it is delivered or has failed: `send`, then `wait`.

        Args:
            destination: The phone number, as for `send`.
            text: The text.
            wait_timeout: Seconds to wait for the outcome, once sent.
            until: As for `wait`.
            **options: As for `send`; ``timeout`` is for the send.

        Raises:
            WaitTimeout: It was sent, and the outcome is not known yet; ``umid`` identifies the message.
            ConnectSmsError: As for `send` and `wait`.
        """
        return await self._run(
            confirm.send_and_confirm(
                self._context,
                destination := private(destination),
                text := private(text),
                wait_timeout=wait_timeout,
                until=until,
                **(options := private_options(options)),
            )
        )

    async def create_log_export(
        self,
        *,
        since: datetime,
        until: datetime | None = None,
        countries: Iterable[str] | None = None,
        phone_number: str | None = None,
        limit: int = 0,
        timeout: Timeout | float | None = None,
    ) -> log_exports.LogExport:
        """Start an export of 8x8's message log for a period, and do not wait for it.

        Args:
            since: The start of the period, with an offset.
            until: Its end, with an offset; now when left out.
            countries: Only messages to these, as ISO 3166-1 alpha-2; all when left out.
            phone_number: Only messages to this number; all when left out.
            limit: Maximum number of messages in the log; 0 for no limit.
            timeout: Seconds for the whole call, or a `Timeout` for each try, instead of the client's own.

        Raises:
            InvalidArgument: An argument is invalid.
            ApiError: 8x8 refused the request.
            NetworkError: No attempt got a usable answer; starting an export twice does no harm.
            InvalidResponse: The answer cannot be parsed.
        """
        return await self._run(
            log_export.create_log_export(
                self._context,
                since=since,
                until=until,
                countries=countries,
                phone_number=phone_number,
                limit=limit,
                timeout=timeout,
            )
        )

    async def get_log_export(
        self, job_id: str, *, timeout: Timeout | float | None = None
    ) -> log_exports.LogExport:
        """Get the state of a log export, with one request.

        Args:
            job_id: 8x8's id of the export, from `LogExport.job_id`.
            timeout: Seconds for the whole call, or a `Timeout` for each try, instead of the client's own.

        Raises:
            NotFound: 8x8 has no such export.
            ApiError: 8x8 refused the request.
            NetworkError: No attempt got a usable answer.
            InvalidResponse: The answer cannot be parsed.
        """
        return await self._run(log_export.get_log_export(self._context, job_id, timeout=timeout))

    async def download_log(
        self,
        to: str | os.PathLike[str],
        *,
        since: datetime,
        until: datetime | None = None,
        countries: Iterable[str] | None = None,
        phone_number: str | None = None,
        limit: int = 0,
        timeout: float = 600.0,
        max_bytes: int = 2_000_000_000,
    ) -> log_exports.LogFile:
        """Export 8x8's message log for a period, wait for it, and download it into a file.

        The links from 8x8 are fetched without the key, over https only (http on this machine), and
        redirects are not followed. Only a link to the configured host and port that answers 401 or 403 is
        asked with the key, in a single request. What ends early is fetched again, what is no log (a login
        page) is refused. The file is written atomically, readable by its owner only. Read it with
        `connect_sms.reconcile.read_log`.

        Args:
            to: The CSV file to write; an existing file is replaced.
            since: The start of the period, with an offset.
            until: Its end, with an offset; now when left out.
            countries: Only messages to these, as ISO 3166-1 alpha-2; all when left out.
            phone_number: Only messages to this number; all when left out.
            limit: Maximum number of messages in the log; 0 for no limit.
            timeout: Seconds for the whole call.
            max_bytes: The maximum size of the file.

        Raises:
            InvalidArgument: An argument is invalid.
            ExportFailed: The export failed, was not ready in time, or is too large.
            ApiError: 8x8 refused a request, or the link has expired.
            NetworkError: No attempt got a usable answer.
            InvalidResponse: An answer cannot be parsed, or is no log.
            OSError: The file cannot be written.
        """
        return await self._run(
            log_export.download_log(
                self._context,
                to,
                since=since,
                until=until,
                countries=countries,
                phone_number=phone_number,
                limit=limit,
                timeout=timeout,
                max_bytes=max_bytes,
            )
        )

    async def aclose(self) -> None:
        """Close every connection. A closed client sends nothing more."""
        await self._pool.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def _run(self, flow: Flow[T]) -> T:
        return await run_async(flow, self._pool, self._context.settings.clock)
