"""``send``, ``status`` and ``wait``: one message."""

from __future__ import annotations

import json
import secrets
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

import attrs

from connect_sms.errors.base import ConnectSmsError, InvalidArgument, InvalidText
from connect_sms.models.outcomes import Outcome

from .exits import Exit
from .interrupts import Interrupts
from .times import parse_time

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from connect_sms.client import SmsClient
    from connect_sms.models.messages import Sent
    from connect_sms.models.status import MessageStatus
    from connect_sms.text.counting import Segments

    from .account import Account
    from .paper import Draft
    from .voice import Voice

Until = Literal["final", "operator", "sent"]

_LONGEST_WAIT = 30 * 86_400.0
_BAD = frozenset({Outcome.FAILED, Outcome.EXPIRED, Outcome.REJECTED})


@attrs.frozen
class Options:
    """Options of a send, of one message or many, as typed."""

    sender: str | None = None
    encoding: str | None = None
    scheduled: str | None = None
    expiry: str | None = None
    receipt_url: str | None = None
    country: str | None = None
    client_ip: str | None = None
    track: str | None = None
    max_parts: int | None = None

    def arguments(self) -> dict[str, Any]:
        """As arguments of `SmsClient.send` and `send_batch`.

        Raises:
            InvalidSchedule: A time cannot be read.
        """
        given = attrs.asdict(self)
        for name in ("scheduled", "expiry"):
            if given[name] is not None:
                given[name] = parse_time(given[name], f"--{name}")
        return given


@attrs.frozen
class Patience:
    """How long to wait for what: seconds, and how far the message is to come.

    Raises:
        InvalidArgument: No such time can be waited.
    """

    timeout: float
    until: Until

    def __attrs_post_init__(self) -> None:
        # The library checks this too, but only once the message has been sent.
        if not 0 < self.timeout <= _LONGEST_WAIT:
            raise InvalidArgument(
                "--wait-timeout must be a number of seconds above 0, and at most 30 days",
                argument="wait_timeout",
            )


def text_or_stdin(text: str | None) -> str:
    """The text as typed, or standard input for ``-``; its last line break is the shell's and not the text's.

    Raises:
        InvalidText: Standard input is not UTF-8.
    """
    if text != "-":
        return text or ""
    try:
        found = sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        found = None
    if found is None:
        raise InvalidText("the text on standard input is not UTF-8", argument="text")
    return found.removesuffix("\n").removesuffix("\r")


def send(
    account: Account,
    voice: Voice,
    destination: str,
    text: str,
    options: Options,
    *,
    client_message_id: str | None,
    wait: Patience | None,
    dry_run: bool,
) -> int:
    """Send one message; with `wait`, follow it until its outcome is known."""
    text = text_or_stdin(text)
    arguments = options.arguments()
    arguments["client_message_id"] = secrets.token_hex(16) if client_message_id is None else client_message_id
    if dry_run:
        return _draft(account, voice, destination, text, arguments)
    with account.client() as sms, Interrupts() as stop:
        try:
            with stop.allowed():
                sent = sms.send(destination, text, **arguments)
        except KeyboardInterrupt as interrupt:
            return _interrupted(voice, stop, interrupt, arguments["client_message_id"])
        except ConnectSmsError as error:
            return voice.fail(error, client_message_id=arguments["client_message_id"])
        message = sent_document(sent, voice)
        voice.say(f"accepted  {message['destination']}  {_size(sent.segments)}  umid {sent.umid}")
        if wait is None:
            return voice.end(Exit.DONE, message=message)
        return _follow(sms, voice, stop, sent.umid, wait, message=message)


def status(account: Account, voice: Voice, umid: str) -> int:
    """Ask once where a message stands."""
    with account.client() as sms:
        found = sms.status(umid)
    return _report(voice, found)


def wait(account: Account, voice: Voice, umid: str, patience: Patience) -> int:
    """Ask until nothing more is to be expected of a message."""
    with account.client() as sms, Interrupts() as stop:
        return _follow(sms, voice, stop, umid, patience)


def _follow(
    sms: SmsClient, voice: Voice, stop: Interrupts, umid: str, patience: Patience, **content: Any
) -> int:
    try:
        with stop.allowed(), _spinner(voice, f"waiting for the outcome, at most {patience.timeout:g} s"):
            found = sms.wait(umid, timeout=patience.timeout, until=patience.until)
    except KeyboardInterrupt:
        voice.note(f"Stopped waiting. It was sent; ask again: connect-sms wait {umid}")
        error = {
            "type": "Interrupted",
            "message": "stopped waiting",
            "may_have_been_sent": True,
            "umid": umid,
        }
        return voice.end(stop.exit_code, error=error, **content)
    except ConnectSmsError as error:
        error.may_have_been_sent = True
        if content:
            voice.note(f"It was sent, under the umid {umid}: do not send it again. Only asking failed.")
        last = getattr(error, "last", None)
        return voice.fail(error, **content, status=None if last is None else status_document(last, voice))
    return _report(voice, found, **content)


def _report(voice: Voice, found: MessageStatus, **content: Any) -> int:
    document = status_document(found, voice)
    for line in _status_lines(found, document):
        voice.say(line)
    code = Exit.FAILED if found.outcome in _BAD else Exit.DONE
    return voice.end(code, **content, status=document)


def _interrupted(voice: Voice, stop: Interrupts, interrupt: KeyboardInterrupt, own_id: str) -> int:
    # The library notes on it when a request was on its way; without a note nothing had left.
    under_way = bool(getattr(interrupt, "__notes__", None))
    said = (
        f"interrupted while the request was under way: it may have been sent (clientMessageId {own_id}). "
        "Do not send it again before looking for its receipt, or in 8x8's log export."
        if under_way
        else "interrupted; nothing was sent"
    )
    voice.note(f"connect-sms send: {said}")
    error = {"type": "Interrupted", "message": said, "may_have_been_sent": under_way}
    return voice.end(stop.exit_code, error=error, client_message_id=own_id)


@contextmanager
def _spinner(voice: Voice, text: str) -> Generator[None]:
    if voice.json or not sys.stderr.isatty():
        yield
        return
    with voice.console(stderr=True).status(text):
        yield


def _size(found: Segments) -> str:
    return f"{found.parts} part{'' if found.parts == 1 else 's'} ({found.encoding})"


def sent_document(sent: Sent, voice: Voice) -> dict[str, Any]:
    """An accepted message as JSON."""
    return {
        "umid": sent.umid,
        "client_message_id": sent.client_message_id,
        "destination": voice.number(sent.destination),
        "code": sent.code,
        "encoding": sent.segments.encoding,
        "parts": sent.segments.parts,
        "units": sent.segments.units,
    }


def status_document(found: MessageStatus, voice: Voice) -> dict[str, Any]:
    """A status as JSON; the text of the message is not in it."""
    price, error = found.price, found.error
    return {
        "umid": found.umid,
        "outcome": str(found.outcome),
        "is_final": found.is_final,
        "delivered": found.delivered,
        "state": found.state,
        "detail": found.detail,
        "observed_at": None if found.observed_at is None else found.observed_at.isoformat(),
        "created_at": None if found.created_at is None else found.created_at.isoformat(),
        "destination": _as_8x8_masks(found.destination, voice),
        "country": found.country,
        "sender": found.sender,
        "encoding": found.encoding,
        "parts": found.parts,
        "price": None
        if price is None
        else {
            "total": None if price.total is None else str(price.total),
            "per_part": None if price.per_part is None else str(price.per_part),
            "currency": price.currency,
        },
        "client_message_id": found.client_message_id,
        "client_batch_id": found.client_batch_id,
        "batch_id": found.batch_id,
        "failure": None
        if error is None
        else {
            "code": error.code,
            "reason": error.reason,
            "category": str(error.category),
            "advice": error.advice,
        },
    }


def _as_8x8_masks(number: str | None, voice: Voice) -> str | None:
    """8x8 masks numbers itself, with ``x`` or ``*``, unless the account is cleared for more."""
    masked = number is not None and any(sign in number for sign in "xX*")
    return number if masked else voice.number(number)


def _status_lines(found: MessageStatus, document: dict[str, Any]) -> Iterator[str]:
    final = "final" if found.is_final else "not final yet"
    yield f"{found.outcome}  ({final})  umid {found.umid}"
    if found.error is not None:
        yield f"  why       {found.error.reason} (delivery error {found.error.code}, {found.error.category})"
        yield f"  advice    {found.error.advice}"
    if found.observed_at is not None:
        yield f"  seen      {found.observed_at:%Y-%m-%d %H:%M:%S} UTC"
    where = "  ".join(str(document[name]) for name in ("destination", "country") if document[name])
    if where:
        yield f"  to        {where}"
    if found.sender:
        yield f"  from      {found.sender}"
    price = found.price
    cost = f", {price.total} {price.currency}" if price is not None and price.total is not None else ""
    if found.parts is not None:
        yield f"  parts     {found.parts} ({found.encoding}){cost}"
    if found.client_message_id:
        yield f"  your id   {found.client_message_id}"


def _draft(account: Account, voice: Voice, destination: str, text: str, arguments: dict[str, Any]) -> int:
    from connect_sms.cli import wording  # noqa: PLC0415  only a dry run draws

    from .paper import Paper  # noqa: PLC0415  loads httpx

    paper = Paper()
    with account.dry_client(paper) as sms:
        sent = sms.send(destination, text, **arguments)
    missing = account.missing(account.key())
    draft = paper.first
    assert draft is not None  # noqa: S101  it was answered, so it was made
    shown = request_document(draft, voice)
    wording_of = wording.document(sent.segments)
    if not voice.json:
        wording.show(voice, sent.segments)
        for line in request_lines(shown):
            voice.say(line)
        voice.say("Dry run: nothing was sent.")
    for problem in missing:
        voice.note(f"To send it for real: {problem}")
    return voice.end(Exit.DONE, dry_run=True, segments=wording_of, request=shown, missing=missing)


def request_document(draft: Draft, voice: Voice) -> dict[str, Any]:
    """A request that would go out, its numbers masked."""

    def masked(message: dict[str, Any]) -> dict[str, Any]:
        return {**message, "destination": voice.number(message["destination"])}

    body = masked(draft.body) if "destination" in draft.body else dict(draft.body)
    if "messages" in body:
        body["messages"] = [masked(message) for message in draft.messages]
    return {"method": draft.method, "url": draft.url, "headers": draft.headers, "body": body}


def request_lines(shown: dict[str, Any]) -> Iterator[str]:
    """The same as text: request line, headers, body."""
    yield f"{shown['method']} {shown['url']}"
    for name, value in shown["headers"].items():
        yield f"{name.title()}: {value}"
    yield ""
    yield json.dumps(shown["body"], ensure_ascii=False, indent=2)
