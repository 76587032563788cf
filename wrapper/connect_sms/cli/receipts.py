"""``receipts``: receive what 8x8 posts, and look at what has come in."""

from __future__ import annotations

import os
import warnings
from itertools import islice
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, Final

import attrs

from connect_sms.errors.base import ConfigurationError, InvalidArgument

from .exits import Exit
from .interrupts import Interrupts

if TYPE_CHECKING:
    from datetime import datetime

    from connect_sms.models.status import MessageStatus
    from connect_sms.receipts import ReceiptStore, Receiver, WebhookAuth

    from .voice import Voice

AUTHORIZATION: Final = "CONNECT_SMS_RECEIPT_AUTHORIZATION"
_MOST_VALUES: Final = 2


@attrs.frozen
class Post:
    """Where receipts come in, and which are believed.

    Attributes:
        store: Where to keep them.
        host: Where to listen.
        port: At which port.
        authorization_file: Holds the registered value, one or two lines; the environment does when None.
        networks: Where receipts may come from.
        trusted_proxies: How many proxies of one's own stand in front.
    """

    store: str
    host: str
    port: int
    authorization_file: Path | None
    networks: tuple[str, ...]
    trusted_proxies: int


def serve(voice: Voice, post: Post) -> int:
    """Receive until Ctrl-C or SIGTERM."""
    from connect_sms import receipts  # noqa: PLC0415  a wing of its own, with an extra of its own

    auth = _auth(voice, post)
    with receipts.open_store(post.store) as store:
        receiver = receipts.Receiver(store, auth)
        try:
            if voice.json:
                return _in_json(voice, post, receiver)
            receipts.serve(receiver, post.host, post.port, echo=voice.say)
        except KeyboardInterrupt:  # a second one
            pass
        except OSError as fault:
            why = fault.strerror or type(fault).__name__
            raise InvalidArgument(
                f"cannot listen on {post.host} port {post.port}: {why}. --port 0 takes a free one",
                argument="port",
            ) from None
    return Exit.DONE


def _in_json(voice: Voice, post: Post, receiver: Receiver) -> int:
    from connect_sms import receipts  # noqa: PLC0415  as above

    # The server runs in a thread here: only this one may be interrupted, and only it writes the last line.
    with Interrupts() as stop, receipts.in_thread(receiver, post.host, post.port) as server:
        voice.emit({"type": "listening", "url": server.url})
        try:
            with stop.allowed():
                Event().wait()
        except KeyboardInterrupt:
            pass
    return voice.end(Exit.DONE, type="stopped")


def _auth(voice: Voice, post: Post) -> WebhookAuth:
    from connect_sms.receipts import WebhookAuth  # noqa: PLC0415  as above

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        found = WebhookAuth(
            _registered(post.authorization_file), post.networks, trusted_proxies=post.trusted_proxies
        )
    for warning in said:
        voice.note(f"CAUTION: {warning.message}")
    return found


def _registered(file: Path | None) -> tuple[str, ...]:
    """The registered values, a line each.

    Raises:
        ConfigurationError: They cannot be read, or are none or too many.
    """
    if file is None:
        said, source = os.environ.get(AUTHORIZATION), AUTHORIZATION
        if said is None:
            return ()
    else:
        source = str(file)
        try:
            said = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as fault:
            why = getattr(fault, "strerror", None) or type(fault).__name__
            raise ConfigurationError(f"the authorization file {source} cannot be read: {why}") from None
    values = tuple(line.strip() for line in said.splitlines() if line.strip())
    if not 1 <= len(values) <= _MOST_VALUES:
        raise ConfigurationError(
            f"{source} must hold the Authorization value that is registered with 8x8, and at most one more "
            f"on a second line; it holds {len(values)}"
        )
    return values


def messages(voice: Voice, where: str, *, open_only: bool, since: datetime | None, limit: int) -> int:
    """List messages with where they stand."""
    with _existing(where) as store:
        statuses = store.statuses(sent_after=since, open_only=open_only)
        shown = 0
        for status in islice(statuses, limit or None):
            shown += 1
            if voice.json:
                voice.emit({"type": "message", **_document(voice, status)})
            else:
                voice.say(_line(voice, status))
        more = next(statuses, None) is not None
    if more:
        voice.note(f"there are more than {limit}: --limit 0 shows all")
    if not shown:
        voice.note("there are none")
    return voice.end(Exit.DONE, type="summary", messages=shown, more=more)


def quarantine(voice: Voice, where: str, save: Path | None) -> int:
    """List what could not be read. What a body holds may be personal, so it is saved only when asked for."""
    count = 0
    if save is not None:
        _make(save)
    with _existing(where) as store:
        for count, entry in enumerate(store.quarantined(), 1):
            event, at = entry.event, entry.received_at.isoformat(timespec="seconds")
            file = None if save is None else save / f"{count:06}.body"
            if file is not None:
                file.touch(mode=0o600)
                file.write_bytes(event.raw)
            if voice.json:
                found = {"received_at": at, "reason": event.reason, "bytes": len(event.raw)}
                kind = event.content_type
                voice.emit({"type": "body", **found, "content_type": kind, "file": file and str(file)})
            else:
                voice.say(f"{at}  {len(event.raw):>6} bytes  {event.reason}{f'  {file}' if file else ''}")
    if not count:
        voice.note("there is nothing in quarantine")
    return voice.end(Exit.DONE, type="summary", bodies=count)


def outages(voice: Voice, where: str) -> int:
    """List the times in which no receiver was up."""
    with _existing(where) as store:
        found = store.outages()
    for began, ended in found:
        seconds = (ended - began).total_seconds()
        began_text, ended_text = (moment.isoformat(timespec="seconds") for moment in (began, ended))
        voice.say(f"{began_text} to {ended_text}  ({seconds:,.0f} s)")
    if not found:
        voice.note("there was none since the receiver was first started")
    documents = [
        {"from": began.isoformat(), "to": ended.isoformat(), "seconds": (ended - began).total_seconds()}
        for began, ended in found
    ]
    return voice.end(Exit.DONE, outages=documents)


def _existing(where: str) -> ReceiptStore:
    """A store that is there: looking at one must not make one, or a misspelt name would look empty."""
    from connect_sms.receipts import open_store  # noqa: PLC0415  as above

    path = where.removeprefix("sqlite:///")
    if "://" not in path and not Path(path).is_file():
        raise ConfigurationError(f"there is no store at {path}")
    return open_store(where)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700)
    except OSError as fault:
        raise ConfigurationError(f"the folder {folder} cannot be made: {fault.strerror}") from None


def _line(voice: Voice, status: MessageStatus) -> str:
    when = "" if status.observed_at is None else status.observed_at.isoformat(timespec="seconds")
    why = "" if status.error is None else f"  {status.error.code}: {status.error.reason}"
    name = status.umid or f"({status.client_message_id}: no UMID)"
    number = voice.number(status.destination) or "-"
    return f"{name:<36}  {status.outcome:<21}  {number:<15}  {when:<25}{why}".rstrip()


def _document(voice: Voice, status: MessageStatus) -> dict[str, Any]:
    error = status.error
    return {
        "umid": status.umid or None,
        "client_message_id": status.client_message_id,
        "destination": voice.number(status.destination),
        "outcome": status.outcome.value,
        "is_final": status.is_final,
        "observed_at": status.observed_at and status.observed_at.isoformat(),
        "sent_at": status.sent_at and status.sent_at.isoformat(),
        "source": status.source,
        "failure": error
        and {
            "code": error.code,
            "reason": error.reason,
            "category": error.category.value,
            "advice": error.advice,
        },
    }
