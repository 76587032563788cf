# mypy: ignore-errors
# type: ignore
# ruff: noqa: B018, PGH003, T201
# The lines above keep the project's own checks quiet; the test takes them away.
"""Mistakes that a type checker must find: every line marked WRONG, and no other. Never run."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Unpack

import httpx

from connect_sms import (
    AsyncSmsClient,
    Hooks,
    Message,
    RequestEvent,
    ResultEvent,
    Retries,
    SendOptions,
    SmsClient,
    Timeout,
    segments,
)
from connect_sms._api.operations import GET_MESSAGE, SEND_MESSAGE
from connect_sms_api.models import SendMessageRequest


def watch(event: ResultEvent) -> None:
    print(event.error.may_have_been_sent)  # WRONG: there may be none


def watch_requests(event: RequestEvent) -> None:
    print(event.attempt)


async def numbers() -> AsyncIterator[str]:
    yield "+447700900123"


def notify(number: str, **options: Unpack[SendOptions]) -> None:
    sms.send(number, "Hello", **options)


sms = SmsClient(api_key="key", sub_account_id="Acme")
SmsClient("key", "Acme")  # WRONG: by keyword alone
SmsClient(api_key=5)  # WRONG: no str
SmsClient(region="mars")  # WRONG: no region
SmsClient(api_kee="key")  # WRONG: no such argument
SmsClient(hooks=Hooks(on_result=watch_requests))  # WRONG: a hook for another event
SmsClient(timeout="5")  # WRONG: no number
Timeout(read=None)  # WRONG: there is no waiting for ever
Retries(tries="3")  # WRONG: no number
SmsClient.from_env(sendr="ACME")  # WRONG: misspelt
SmsClient.from_env(timeout="5")  # WRONG: no number
sms.with_options(sendr="ACME")  # WRONG: misspelt
sms.with_options(timeout=None)  # WRONG: there is no waiting for ever
sms.with_options(proxy="http://127.0.0.1:3128")  # WRONG: connections stay as they are
sms.send("+447700900123")  # WRONG: no text
sms.send(447700900123, "Hello")  # WRONG: a number is no phone number
sms.send("+447700900123", "Hello", "ACME")  # WRONG: by keyword alone
sms.send("+447700900123", "Hello", sendr="ACME")  # WRONG: misspelt
sms.send("+447700900123", "Hello", scheduled="2026-01-01")  # WRONG: no datetime
sms.send("+447700900123", "Hello", track="Everything")  # WRONG: no such word
sms.send("+447700900123", b"Hello")  # WRONG: bytes
sms.send("+447700900123", "Hello", encoding="GSM8")  # WRONG: no such encoding
sms.send("+447700900123", "Hello", client_batch_id="x")  # WRONG: an option of a batch
sms.send_batch(["+447700900123"], "Hello", client_message_id="x")  # WRONG: an option of one message
sms.send_and_confirm("+447700900123", "Hello", until="soon")  # WRONG: no such word
segments("Hello", "GSM-7")  # WRONG: no such encoding
notify("+447700900123", sendr="ACME")  # WRONG: misspelt
notify("+447700900123", max_parts="3")  # WRONG: no number
SmsClient(transport=httpx.AsyncHTTPTransport())  # WRONG: the other client's
AsyncSmsClient(transport=httpx.HTTPTransport())  # WRONG: the other client's
sms.send("+447700900123", "Hello").umids  # WRONG: no such attribute
sms.send("+447700900123", "Hello").umid = "x"  # WRONG: results are frozen
sms.wait("umid", until="forever")  # WRONG: no such word
sms.wait("umid", timeout="60")  # WRONG: no number
sms.status()  # WRONG: of which message?
sms.status("umid").price.total  # WRONG: there may be none
sms.send_batch([5])  # WRONG: no number, mapping or message
sms.send_batch(numbers())  # WRONG: needs the asynchronous client
sms.send_batch(["+447700900123"], "Hello", on_invalid="ignore")  # WRONG: no such word
sms.settings.max_parts = 3  # WRONG: settings are frozen
Message(text="Hello")  # WRONG: to whom?
Message("+447700900123", "Hello")  # WRONG: by keyword alone
SEND_MESSAGE("Acme")  # WRONG: no body
SEND_MESSAGE("Acme", body=SendMessageRequest("+447700900123"))  # WRONG: no text
SEND_MESSAGE("Acme", body="Hello")  # WRONG: no body of its kind
GET_MESSAGE("Acme", "umid", now=True)  # WRONG: no such argument
GET_MESSAGE("Acme")  # WRONG: of which message?
GET_MESSAGE("Acme", 5)  # WRONG: no str


async def main(client: AsyncSmsClient) -> None:
    client.send("+447700900123", "Hello").umid  # WRONG: not awaited
    (await client.send("+447700900123", "Hello")).umids  # WRONG: no such attribute
    async with SmsClient.from_env():  # WRONG: the other client
        pass
    with client:  # WRONG: the other client
        pass
