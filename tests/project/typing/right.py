"""Uses that a type checker must accept, with the types it must see. Read by mypy and pyright, never run."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, Unpack, assert_type

import httpx

from connect_sms import (
    ApiCode,
    ApiError,
    AsyncSmsClient,
    BatchProgress,
    BatchResult,
    ConnectSmsError,
    DeliveryError,
    DeliveryErrors,
    Hooks,
    Message,
    MessageStatus,
    Outcome,
    OutcomeUnknown,
    RecipientResult,
    ResultEvent,
    Retries,
    Secret,
    Segments,
    SendOptions,
    Sent,
    Settings,
    SmsClient,
    Timeout,
    WaitTimeout,
    segments,
)
from connect_sms._api.operation import Call
from connect_sms._api.operations import GET_MESSAGE, SEND_BATCH, SEND_MESSAGE
from connect_sms_api.models import MessageDetails, SendMessageRequest, SentBatch, SentMessage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from connect_sms._transport.effects import Flow


def watch(event: ResultEvent) -> None:
    assert_type(event.error, ConnectSmsError | None)


def follow(progress: BatchProgress) -> None:
    assert_type(progress.done, int)


with SmsClient(
    api_key=Secret("key"),
    sub_account_id="Acme",
    region="europe",
    timeout=Timeout(read=10),
    retries=Retries(tries=2),
    hooks=Hooks(on_result=watch),
) as sms:
    assert_type(sms, SmsClient)
    assert_type(sms.settings, Settings)
    assert_type(sms.with_options(sender="ACME"), SmsClient)
    sent = sms.send("+447700900123", "Hello", sender="ACME", scheduled=datetime.now(UTC) + timedelta(hours=1))
    assert_type(sent, Sent)
    assert_type(sent.umid, str)
    assert_type(sent.segments, Segments)
    assert_type(sms.send("+447700900123", "Hello", timeout=5, track="Outcome", extra={"a": 1}), Sent)
    status = sms.status(sent.umid)
    assert_type(status, MessageStatus)
    assert_type(status.outcome, Outcome)
    assert_type(status.error, DeliveryError | None)
    assert_type(status.price.total if status.price else None, Decimal | None)
    assert_type(sms.wait(sent.umid, until="operator"), MessageStatus)
    assert_type(sms.send_and_confirm("+447700900123", "Hello", wait_timeout=5), MessageStatus)
    batch = sms.send_batch(["+447700900123"], "Hello", on_invalid="reject", progress=follow)
    assert_type(batch, BatchResult)
    assert_type(batch.accepted, tuple[RecipientResult, ...])
    assert_type(list(batch), list[RecipientResult])
    sms.send_batch({"destination": "+447700900123", "text": "Hello"} for _ in range(2))
    sms.send_batch([Message(destination="+447700900123", text="Hello"), "+447700900124"], text="Hello")

assert_type(SmsClient.from_env(), SmsClient)
assert_type(SmsClient.from_env(region=None, timeout=5, max_connections=10), SmsClient)
assert_type(sms.with_options(sender=None, retries=Retries(tries=1), region="europe"), SmsClient)
assert_type(segments("Hello"), Segments)
assert_type(ApiCode.find(1002), ApiCode | None)

try:
    sms.close()
except OutcomeUnknown as unknown:
    assert_type(unknown.client_message_id, str | None)
    assert_type(unknown.may_have_been_sent, bool)
except WaitTimeout as late:
    assert_type(late.last, MessageStatus | None)
except ApiError as refused:
    assert_type(refused.status, int)
    assert_type(refused.error_id, str | None)


async def numbers() -> AsyncIterator[str]:
    yield "+447700900123"


async def main() -> None:
    async with AsyncSmsClient.from_env() as sms:
        assert_type(sms, AsyncSmsClient)
        assert_type(await sms.send("+447700900123", "Hello"), Sent)
        assert_type(await sms.status("umid"), MessageStatus)
        assert_type(await sms.wait("umid"), MessageStatus)
        assert_type(await sms.send_and_confirm("+447700900123", "Hello"), MessageStatus)
        assert_type(await sms.send_batch(numbers(), "Hello"), BatchResult)
        assert_type(await sms.send_batch(["+447700900123"], "Hello"), BatchResult)
        both = await asyncio.gather(sms.send("+447700900123", "Hello"), sms.status("umid"))
        assert_type(both, tuple[Sent, MessageStatus])


def notify(number: str, **options: Unpack[SendOptions]) -> Sent:
    """A function of one's own that passes options on."""
    return SmsClient.from_env().send(number, "Hello", **options)


notify("+447700900123", sender="ACME", encoding="UCS2", track=None)
SmsClient(
    api_key="key", region=None, timeout=None, transport=httpx.MockTransport(lambda _: httpx.Response(200))
)
sms.send_batch(["+447700900123"], "Hello", client_batch_id="batch", country="GB", timeout=Timeout())
table = DeliveryErrors.default()
assert_type(list(table), list[int])
assert_type(table[14], DeliveryError)
assert_type(table.get(14), DeliveryError | None)


class Subclass(SmsClient):
    """A client of one's own stays one."""


assert_type(Subclass.from_env(), Subclass)
assert_type(Subclass.from_env().with_options(sender="ACME"), Subclass)

# Operations are typed by the generated functions they bind.
assert_type(
    SEND_MESSAGE("Acme", body=SendMessageRequest(destination="+447700900123", text="Hello")),
    Call[SentMessage],
)
assert_type(GET_MESSAGE("Acme", "umid"), Call[MessageDetails])
assert_type(SEND_BATCH.read({}), SentBatch)


def flow() -> Flow[Literal[5]]:
    yield from other()
    return 5


def other() -> Flow[str]:
    got = yield from flow()
    assert_type(got, Literal[5])
    return ""


def pairs(result: BatchResult) -> Iterator[tuple[int, str | None]]:
    for row in result:
        yield row.index, row.reason
