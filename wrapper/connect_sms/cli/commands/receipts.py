"""``receipts``: receives delivery receipts, and lists what was received."""

from __future__ import annotations

import warnings
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from connect_sms import receipts as wing
from connect_sms.cli.exit_codes import Exit
from connect_sms.cli.paths import RunPath, check_paths, check_store_exists, store_paths
from connect_sms.cli.receipt_secrets import AUTHORIZATION, PATH_SECRET
from connect_sms.cli.serving import cannot_listen, wait_in_json
from connect_sms.cli.signals import Interrupts
from connect_sms.errors.base import ConfigurationError
from connect_sms.models.outcomes import Outcome
from connect_sms.models.redaction import scrub

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from connect_sms.cli.output import Output
    from connect_sms.models.status import MessageStatus
    from connect_sms.receipts import ReceiptStore, Receiver, WebhookAuth


def serve(
    out: Output,
    where: str,
    *,
    host: str,
    port: int,
    authorization_file: Path | None,
    path_secret_file: Path | None,
    networks: tuple[str, ...],
    trusted_proxies: int,
) -> int:
    """Receive until Ctrl-C or SIGTERM.

    Args:
        out: The output of the command.
        where: The store that keeps the receipts.
        host: The address to listen on.
        port: The port to listen on.
        authorization_file: A file with the Authorization values to accept; None for the environment.
        path_secret_file: A file with the secrets to accept at the end of a path; None for the environment.
        networks: The networks to accept receipts from; empty for all.
        trusted_proxies: The number of own proxies in front.

    Raises:
        InvalidArgument: It cannot listen there.
    """
    given = {"--authorization-file": authorization_file, "--path-secret-file": path_secret_file}
    reads = [RunPath(option, str(path)) for option, path in given.items() if path is not None]
    check_paths(reads, store_paths(where))
    registered = AUTHORIZATION.read(authorization_file)
    auth = _auth(out, registered, PATH_SECRET.read(path_secret_file), networks, trusted_proxies)
    out.keep()  # a server does not end because nobody reads what it says
    with wing.open_store(where) as store:
        receiver = wing.Receiver(store, auth)
        try:
            if out.json:
                return _in_json(out, host, port, receiver)
            wing.serve(receiver, host, port, echo=out.say)
        except KeyboardInterrupt:  # a second one
            pass
        except OSError as fault:
            raise cannot_listen(host, port, fault) from None
    return out.end(Exit.DONE)


def _in_json(out: Output, host: str, port: int, receiver: Receiver) -> int:
    with Interrupts() as stop, wing.in_thread(receiver, host, port) as server:
        out.emit({"type": "listening", "url": server.url})
        return wait_in_json(out, stop)


def _auth(
    out: Output,
    registered: tuple[str, ...],
    path_secrets: tuple[str, ...],
    networks: tuple[str, ...],
    trusted_proxies: int,
) -> WebhookAuth:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        found = wing.WebhookAuth(
            registered, networks, trusted_proxies=trusted_proxies, path_secret=path_secrets
        )
    for warning in said:
        out.note(f"CAUTION: {warning.message}")
    return found


def messages(out: Output, where: str, *, open_only: bool, since: datetime | None, limit: int) -> int:
    """List messages with their status."""
    with _existing(where) as store:
        statuses = store.statuses(sent_after=since, open_only=open_only)
        shown = 0
        for status in islice(statuses, limit or None):
            shown += 1
            if out.json:
                out.emit({"type": "message", **status.to_dict(show_numbers=out.show_numbers)})
            else:
                out.say(_line(out, status))
        more = next(statuses, None) is not None
    if more:
        out.note(f"there are more than {limit}: --limit 0 shows all")
    if not shown:
        out.note("there are none")
    return out.end(Exit.DONE, type="summary", messages=shown, more=more)


def quarantine(out: Output, where: str, save: Path | None) -> int:
    """List the bodies that could not be read. They may hold personal data: only `save` writes them."""
    count = 0
    with _existing(where) as store:
        if save is not None:
            _make(save)
        for count, entry in enumerate(store.quarantined(), 1):
            event, at = entry.event, entry.received_at.isoformat(timespec="seconds")
            file = None if save is None else save / f"{count:06}.body"
            if file is not None:
                file.touch(mode=0o600)
                file.write_bytes(event.raw)
            if out.json:
                found = {"received_at": at, "reason": event.reason, "bytes": len(event.raw)}
                kind = event.content_type
                out.emit({"type": "body", **found, "content_type": kind, "file": file and str(file)})
            else:
                out.say(f"{at}  {len(event.raw):>6} bytes  {event.reason}{f'  {file}' if file else ''}")
    if not count:
        out.note("there is nothing in quarantine")
    return out.end(Exit.DONE, type="summary", bodies=count)


def outages(out: Output, where: str) -> int:
    """List the periods without a running receiver."""
    with _existing(where) as store:
        found = store.outages()
    for began, ended in found:
        seconds = (ended - began).total_seconds()
        began_text, ended_text = (moment.isoformat(timespec="seconds") for moment in (began, ended))
        out.say(f"{began_text} to {ended_text}  ({seconds:,.0f} s)")
    if not found:
        out.note("there was none since the receiver was first started")
    documents = [
        {"from": began.isoformat(), "to": ended.isoformat(), "seconds": (ended - began).total_seconds()}
        for began, ended in found
    ]
    return out.end(Exit.DONE, outages=documents)


def _existing(where: str) -> ReceiptStore:
    """Open a store that exists."""
    check_store_exists(where)
    return wing.open_store(where)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700)
    except OSError as fault:
        raise ConfigurationError(f"the folder {folder} cannot be made: {fault.strerror}") from None


def _line(out: Output, status: MessageStatus) -> str:
    when = "" if status.observed_at is None else status.observed_at.isoformat(timespec="seconds")
    why = "" if status.error is None else f"  {status.error.code}: {status.error.reason}"
    if status.outcome is Outcome.UNKNOWN and status.reason:
        why = f"  {scrub(status.reason)}"
    name = status.umid or f"({status.client_message_id}: no UMID)"
    number = out.number(status.destination) or "-"
    return f"{name:<36}  {status.outcome:<21}  {number:<15}  {when:<25}{why}".rstrip()
