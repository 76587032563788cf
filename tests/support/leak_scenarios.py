"""Calls that fail, with a key, a number and a text that must not show in what prints their variables.

Each takes a `Caller` and raises. No frame of this file has one of the three in a variable.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NoReturn

import httpx

from connect_sms import (
    DeliveryErrors,
    Hooks,
    Message,
    Retries,
    Settings,
    SmsClient,
    StoreUnavailable,
    Timeout,
    segments,
    split,
    transliterate,
)
from connect_sms.reconcile import read_log
from connect_sms.sandbox import Sandbox
from tests.support import (
    UMID,
    Answerer,
    Caller,
    Script,
    answer,
    arguments_of,
    canaries,
    queued,
    rejected,
    state,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.script import Reply

Scenario = Callable[["Caller"], object]
Download = Callable[["Caller", "Path"], object]


def client(caller: Caller, *replies: Reply, **settings: Any) -> Any:
    """A client with the key, whose requests are answered in turn."""
    return caller.client(Script(*replies), api_key=canaries.KEY, retries=Retries(tries=2), **settings)


def raising(kind: type[BaseException]) -> Answerer:
    """A transport that raises."""

    def fail(_: httpx.Request) -> NoReturn:
        raise kind("it failed")

    return fail


def sending(*replies: Reply, settings: dict[str, Any] | None = None, **options: Any) -> Scenario:
    """A send that fails."""
    return lambda caller: caller(
        client(caller, *replies, **(settings or {})).send(canaries.NUMBER, canaries.TEXT, **options)
    )


def sending_wrong(**wrong: Any) -> Scenario:
    """A send whose arguments are wrong."""

    def send(caller: Caller) -> object:
        arguments = {"destination": canaries.NUMBER, "text": canaries.TEXT, **wrong}
        made = client(caller, answer(500)).send(**arguments)
        del arguments
        return caller(made)

    return send


def batch(*replies: Reply, messages: Any = None, settings: dict[str, Any] | None = None) -> Scenario:
    """A batch that fails."""
    return lambda caller: caller(
        client(caller, *replies, **(settings or {})).send_batch(
            _recipients() if messages is None else messages(), canaries.TEXT
        )
    )


def iterated(*replies: Reply, messages: Any = None) -> Scenario:
    """The same, request by request."""
    return lambda caller: caller(
        client(caller, *replies).iter_batch(_recipients() if messages is None else messages(), canaries.TEXT)
    )


def _recipients() -> list[Any]:
    return [
        canaries.NUMBER,
        {"destination": canaries.NUMBER, "text": canaries.TEXT, "extra": {"note": canaries.TEXT}},
        Message(destination=canaries.NUMBER, text=canaries.TEXT),
    ]


def _then_wrong() -> list[Any]:
    return [*_recipients(), {"destination": [canaries.NUMBER], "text": canaries.TEXT}]


def _breaking() -> Iterator[Any]:
    yield from reversed(_recipients())  # a bare number last
    raise RuntimeError("the caller's own source broke")


class _Stubborn(dict[str, Any]):
    def get(self, *_: Any) -> NoReturn:
        raise RuntimeError("the caller's own mapping broke")

    def __repr__(self) -> str:
        return "a mapping of the caller's own"


def _stubborn() -> list[Any]:
    return [*_recipients(), _Stubborn(destination=canaries.NUMBER, text=canaries.TEXT)]


def stopped(what: Callable[[Reply], Scenario]) -> Scenario:
    """A task that is cancelled while its request is under way; Ctrl-C for the blocking client."""
    return lambda caller: what(_stopping(caller))(caller)


def _stopping(caller: Caller) -> Answerer:
    return raising(KeyboardInterrupt if caller.colour == "sync" else asyncio.CancelledError)


class _Store:
    """A store that does not work."""

    def hand_over(self, *_: object, **__: object) -> NoReturn:
        raise StoreUnavailable(reason="the disk is full")

    record_sent = withdraw = record = status = reserve_status_slot = hand_over


class _Unreachable(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport that makes no connection, and is believed when it says so."""

    connect_errors_mean_not_sent = True

    def handle_request(self, request: httpx.Request) -> NoReturn:
        raise httpx.ConnectError("no", request=request)

    async def handle_async_request(self, request: httpx.Request) -> NoReturn:
        raise httpx.ConnectError("no", request=request)


def _blocked(caller: Caller) -> object:
    """A check before the write that fails."""

    def check(_: object) -> NoReturn:
        raise RuntimeError("no")

    made = client(caller, queued)
    made._context.before_write = check
    return caller(made.send(canaries.NUMBER, canaries.TEXT))


def _interrupting(_: object) -> NoReturn:
    raise KeyboardInterrupt


#: The settings that a key is no value of. A sub-account's id is, unless it is that of the client; and what is
#: given as `allow_http` counts as true.
SETTINGS: Final = tuple(name for name in arguments_of(SmsClient) if name not in {"api_key", "allow_http"})
CHANGES: Final = frozenset(arguments_of(SmsClient.with_options)) - {"sub_account_id"}


def _with_key_as(name: str) -> Scenario:
    wrong: dict[str, Any] = {"api_key": canaries.KEY, name: canaries.KEY}
    return lambda caller: caller.client(None, **wrong)


def _changed_to_key(name: str) -> Scenario:
    return lambda caller: caller.client().with_options(**{name: canaries.KEY})


_SINCE: Final = datetime(2026, 1, 1, tzinfo=UTC)
_EXPORT: Final = answer(202, {"jobId": "job-1"})
_READY: Final = answer(200, {"status": "succeeded", "data": [canaries.LINK]})


def _download(*replies: Reply) -> Download:
    def download(caller: Caller, folder: Path) -> object:
        made = client(caller, _EXPORT, _READY, *replies)
        return caller(made.download_log(folder / "log.csv", since=_SINCE, timeout=9))

    return download


DOWNLOADS: Final[dict[str, Download]] = {
    "a download that is refused": _download(answer(403)),
    "a download that failed": lambda caller, folder: caller(
        client(caller, _EXPORT, answer(200, {"status": "failed"})).download_log(
            folder / "log.csv", since=_SINCE
        )
    ),
    "a download that breaks": _download(raising(httpx.ReadError)),
    "a download that is stopped": lambda caller, folder: _download(_stopping(caller))(caller, folder),
    "a download into no folder": lambda caller, folder: _download(answer(200))(caller, folder / "missing"),
}

SCENARIOS: Final[dict[str, Scenario]] = {
    "a key with a space": lambda caller: caller.client(api_key=f"{canaries.KEY} "),
    "a key that is no str": lambda caller: caller.client(api_key=[canaries.KEY]),
    "another key with a line break": lambda caller: client(caller, queued).with_options(
        api_key=f"{canaries.KEY}\n"
    ),
    "another setting that is wrong": lambda caller: client(caller, queued, timeout=-1),
    "a proxy that is no URL": lambda caller: caller.client(
        api_key=canaries.KEY, proxy=f"no-scheme://user:{canaries.PASSWORD}@proxy"
    ),
    "a proxy that is no str": lambda caller: caller.client(api_key=canaries.KEY, proxy=[canaries.PASSWORD]),
    **{f"a key as {name}": _with_key_as(name) for name in SETTINGS},
    **{f"another key as {name}": _changed_to_key(name) for name in SETTINGS if name in CHANGES},
    "a password in the base URL": lambda caller: caller.client(
        base_url=f"https://user:{canaries.PASSWORD}@sms.example.com"
    ),
    "a password in another base URL": lambda caller: caller.client().with_options(
        base_url=f"https://user:{canaries.PASSWORD}@sms.example.com"
    ),
    "a password in the receipt URL": lambda caller: caller.client(
        receipt_url=f"https://user:{canaries.PASSWORD}@example.com"
    ),
    "a wrong key in settings made by hand": lambda _: Settings(
        api_key=f"{canaries.KEY} ",
        sub_account_id="acme",
        base_url="https://sms.example.com",
    ),
    "a key in a timeout": lambda _: Timeout(read=canaries.KEY),  # type: ignore[arg-type]
    "a key in retries": lambda _: Retries(tries=canaries.KEY),  # type: ignore[arg-type]
    "a key in hooks": lambda _: Hooks(on_retry=canaries.KEY),  # type: ignore[arg-type]
    "a key as a category of errors": lambda _: DeliveryErrors.default().with_overrides({1: canaries.KEY}),
    "a number with a space": sending_wrong(destination=f"{canaries.NUMBER} "),
    "a number in a list": sending_wrong(destination=[canaries.NUMBER]),
    "a text in a list": sending_wrong(text=[canaries.TEXT]),
    "a text that is too long": sending_wrong(text=canaries.TEXT * 100),
    "a text with half a character": sending_wrong(text=f"{canaries.TEXT}\ud800"),
    "a text as sender": sending_wrong(sender=canaries.TEXT),
    "a text as encoding": sending_wrong(encoding=canaries.TEXT),
    "a text as id": sending_wrong(client_message_id=f"{canaries.TEXT}\n"),
    "a text as time": sending_wrong(scheduled=canaries.TEXT),
    "a text as timeout": sending_wrong(timeout=canaries.TEXT),
    "a text as an option of another name": sending_wrong(txt=canaries.TEXT),
    "further fields that are no mapping": sending_wrong(extra=canaries.TEXT),
    "further fields that are no JSON": sending_wrong(extra={"note": {canaries.TEXT}}),
    "further fields that are known": sending_wrong(extra={"text": canaries.TEXT}),
    "a send that is refused": sending(answer(401)),
    "a send that is malformed": sending(answer(400)),
    "a send that is not permitted": sending(answer(403)),
    "a send to nowhere": sending(answer(404)),
    "a send to what was": sending(answer(410)),
    "a send over old TLS": sending(answer(426)),
    "a send that a check blocks": _blocked,
    "a send that is rejected": sending(rejected()),
    "a send at the limit": sending(answer(429)),
    "a send without a connection": sending(raising(httpx.ConnectError)),
    "a send without an answer": sending(raising(httpx.ReadTimeout)),
    "a send with a broken answer": sending(answer(200, [canaries.NUMBER])),
    "a send that is stopped": stopped(sending),
    "a send that a hook interrupts": sending(queued, settings={"hooks": Hooks(on_result=_interrupting)}),
    "a send with a store that is full": sending(raising(httpx.ReadTimeout), settings={"receipts": _Store()}),
    "a status that is not found": lambda caller: caller(client(caller, answer(404)).status(UMID)),
    "a status of a broken server": lambda caller: caller(client(caller, answer(500)).status(UMID)),
    "a status without an answer": lambda caller: caller(
        client(caller, raising(httpx.ReadTimeout)).status(UMID)
    ),
    "a status with a broken answer": lambda caller: caller(
        client(caller, answer(200, [canaries.NUMBER])).status(UMID)
    ),
    "a send over a transport that is believed": lambda caller: caller(
        client(caller, transport=_Unreachable()).send(canaries.NUMBER, canaries.TEXT)
    ),
    "a wait that is too short": lambda caller: caller(
        client(caller, state("queued", body=canaries.TEXT)).wait(UMID, timeout=2)
    ),
    "a confirmation that fails": lambda caller: caller(
        client(caller, queued, answer(401)).send_and_confirm(canaries.NUMBER, canaries.TEXT)
    ),
    "a confirmation of a wrong number": lambda caller: caller(
        client(caller, queued).send_and_confirm(f"{canaries.NUMBER} ", canaries.TEXT)
    ),
    "a batch that is refused": batch(answer(401)),
    "a batch that is not found": batch(answer(404)),
    "a batch that stops": batch(raising(httpx.ReadTimeout), settings={"batch_size": 1}),
    "a batch that is stopped": stopped(batch),
    "a batch with a wrong message": batch(answer(200), messages=_then_wrong),
    "a batch whose source breaks": batch(answer(401), messages=_breaking),
    "a batch whose mapping breaks": batch(answer(401), messages=_stubborn),
    "a batch of one text": batch(answer(200), messages=lambda: canaries.TEXT),
    "a batch that is iterated and refused": iterated(answer(401)),
    "a batch that is iterated and stopped": stopped(iterated),
    "a batch that is iterated and whose source breaks": iterated(answer(401), messages=_breaking),
    "a log that is none": lambda _: next(read_log([f"{canaries.NUMBER},{canaries.TEXT}"])),
    "a log that is no CSV": lambda _: list(
        read_log(["umid,msisdn,body", f"u-1,{canaries.NUMBER},{canaries.TEXT}", f"u-2,{'x' * 200_000}"])
    ),
    "a sandbox without a URL": lambda _: Sandbox().receive(canaries.NUMBER, canaries.TEXT),
    "a sandbox that is asked wrongly": lambda _: Sandbox().accepted.times(
        destination=canaries.NUMBER, client_message_id="id"
    ),
    "a text that cannot be counted": lambda _: segments(f"{canaries.TEXT}\ud800"),
    "a text that cannot be split": lambda _: split(f"{canaries.TEXT}\ud800"),
    "a text that cannot be transliterated": lambda _: transliterate(f"{canaries.TEXT}\ud800"),
}
