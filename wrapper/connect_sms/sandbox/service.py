"""The operations, from a request to a reply, without any I/O.

Both the server and the in-process transports call `Service.handle`, so a fault or a rule exists once.
"""

from __future__ import annotations

import heapq
import itertools
import math
import re
import threading
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import unquote, urlsplit

from connect_sms.models.redaction import mask

from .checks import Refusal
from .clock import INSTANT
from .faults import HEADER, Fault, Operation
from .jsons import dumps, loads
from .replies import JSON, Reply, batch_body, error, fault_reply, rate_limited, single_body, status_body
from .rules import Submission, read_batch, read_single
from .spoils import spoil

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .messages import Message
    from .sandbox import Sandbox

__all__ = ["BASE_PATH", "RequestRecord", "Service"]

BASE_PATH: Final = "/api/v1/subaccounts"
_FAULT_HEADER: Final = HEADER.lower()
_is_sub_account = re.compile(r"[A-Za-z0-9\-._&]{3,50}").fullmatch
_JITTER: Final = 0.1
"""How much of its spacing a request may come too early: networks are not clocks."""

_METHODS: Final[dict[Operation, str]] = {
    "send": "POST",
    "batch": "POST",
    "status": "GET",
    "export": "POST",
    "export-status": "GET",
    "export-file": "GET",
}


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """One request the sandbox saw.

    Attributes:
        at: sandbox time in seconds since the epoch.
        operation: ``send``, ``batch``, ``status``, ``export``, ``export-status``, ``export-file``, or None
            for a path that is none of them.
        status: the HTTP status meant for the caller; 0 when none was.
        fault: the fault it met, as text.
        accepted: messages accepted at once.
        rejected: messages rejected.
        code: the API code of a refusal.
        seconds: real seconds of work.
        about: a masked line for people.
    """

    at: float
    operation: Operation | None
    status: int
    fault: str | None = None
    accepted: int = 0
    rejected: int = 0
    code: int | None = None
    seconds: float = 0.0
    about: str = ""


@dataclass(slots=True)
class _Exchange:
    """What is known of the request being handled."""

    operation: Operation | None = None
    fault: Fault | None = None
    accepted: int = 0
    rejected: int = 0
    code: int | None = None
    about: str = ""


class _Pace:
    """So many per second of sandbox time, each key for itself."""

    def __init__(self) -> None:
        self._free_at: dict[str, float] = {}

    def wait(self, key: str, per_second: float | None, now: float) -> float:
        """Seconds until another is allowed; 0 takes it."""
        if not per_second:
            return 0.0
        spacing = 1.0 / per_second
        free_at = self._free_at.get(key, 0.0)
        if now < free_at - _JITTER * spacing:
            return free_at - now
        self._free_at[key] = max(now, free_at) + spacing
        return 0.0


class Service:
    """The service's side of a request."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._lock = threading.RLock()
        self._pace = _Pace()
        self._late: list[tuple[float, int, list[Message]]] = []
        self._order = itertools.count()

    def handle(self, method: str, raw_path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer a request.

        Args:
            method: the HTTP method.
            raw_path: the path as it stood on the wire, percent-encoded, without the query.
            headers: by lower-case name.
            body: the whole body.
        """
        started = time.perf_counter()
        seen = _Exchange()
        with self._lock:
            self.settle()
            now = self._sandbox.clock.now()
            try:
                reply = self._answer(seen, method, raw_path, headers, body)
            except Refusal as refusal:
                seen.code = refusal.code
                reply = error(refusal.status, refusal.code, refusal.message, now)
        record = RequestRecord(
            now,
            seen.operation,
            reply.status,
            None if seen.fault is None else str(seen.fault),
            seen.accepted,
            seen.rejected,
            seen.code,
            time.perf_counter() - started,
            seen.about,
        )
        self._sandbox.requests.add(record)
        self._sandbox.announce(record)
        return reply

    def _answer(
        self, seen: _Exchange, method: str, raw_path: str, headers: Mapping[str, str], body: bytes
    ) -> Reply:
        sandbox = self._sandbox
        sub_account, operation, umid = self._route(method, raw_path)
        if isinstance(operation, Reply):
            return operation
        seen.operation = operation
        seen.fault = _fault_in(headers) or sandbox.faults.take(operation)
        if (reply := self._struck_before(seen.fault)) is not None:
            return reply
        if operation == "export-file":
            return self._file(seen, headers, umid)
        self._authorise(headers, sub_account)
        limited = self._limited(operation, sub_account)
        if limited is not None:
            seen.code = 429
            return limited
        if operation == "status":
            return self._status(seen, sub_account, umid)
        if operation in {"export", "export-status"}:
            return self._export(seen, sub_account, umid, headers, body)
        return self._submit(seen, operation, sub_account, headers, body)

    def _route(self, method: str, raw_path: str) -> tuple[str, Operation | Reply, str]:
        path = raw_path.removeprefix(BASE_PATH) if raw_path.startswith(f"{BASE_PATH}/") else raw_path
        segments = [unquote(segment) for segment in path.split("/")[1:]]
        now = self._sandbox.clock.now()
        settings = self._sandbox.settings
        operation: Operation
        umid = ""
        match segments:
            case [sub_account, "messages"]:
                operation = "send"
            case [sub_account, "messages", "batch"] if settings.batch_paths != "catalogue":
                operation = "batch"
            case [sub_account, "batch"] if settings.batch_paths != "live":
                operation = "batch"
            case [sub_account, "messages", "exports"]:
                operation = "export"
            case [sub_account, "messages", "exports", umid] if umid:
                operation = "export-status"
            case [sub_account, "messages", "download", umid] if umid:
                operation = "export-file"
            case [sub_account, "messages", umid] if umid:
                operation = "status"
            case _:
                closed = segments[1:] == ["batch"] and settings.closed_batch_path_status
                return "", error(closed or 404, None, "There is nothing at this path", now), ""
        if method != _METHODS[operation]:
            status = (umid == "batch" and settings.closed_batch_path_status) or 405
            allow = (("Allow", _METHODS[operation]),)
            return "", error(status, None, "This method is not served here", now, headers=allow), ""
        return sub_account, operation, umid

    def _struck_before(self, fault: Fault | None) -> Reply | None:
        if fault is None or fault.moment != "before":
            return None
        return fault_reply(fault, self._sandbox.clock.now(), self._sandbox.settings)

    def _authorise(self, headers: Mapping[str, str], sub_account: str) -> None:
        scheme, _, key = headers.get("authorization", "").partition(" ")
        settings = self._sandbox.settings
        owned = settings.sub_accounts_of(key.strip()) if scheme.lower() == "bearer" else None
        if owned is None:
            raise Refusal(1200, "The API key is missing or unknown", status=401)
        if not _is_sub_account(sub_account) or not settings.knows(sub_account):
            raise Refusal(1001, "There is no such sub-account", status=403)
        if sub_account not in owned:
            raise Refusal(1201, "The API key may not use this sub-account", status=403)

    def _limited(self, operation: Operation, sub_account: str) -> Reply | None:
        settings, now = self._sandbox.settings, self._sandbox.clock.now()
        if operation in {"export", "export-status"}:
            return None  # no limit is documented
        reading = operation == "status"
        allowed = settings.status_per_second if reading else settings.sends_per_second
        wait = self._pace.wait(f"{'read' if reading else 'send'} {sub_account}", allowed, now)
        return rate_limited(math.ceil(wait), now) if wait else None

    def _status(self, seen: _Exchange, sub_account: str, umid: str) -> Reply:
        sandbox = self._sandbox
        now = sandbox.clock.now()
        message = sandbox.store.find(umid)
        if message is None or message.terms.sub_account != sub_account:
            raise Refusal(1300, "There is no such message", status=404)
        content = status_body(message, sandbox.settings, now)
        seen.about = f"{message.masked} {content['status']['state']}"
        return self._finish(seen.fault, content)

    def _export(
        self, seen: _Exchange, sub_account: str, job_id: str, headers: Mapping[str, str], body: bytes
    ) -> Reply:
        exports = self._sandbox.exports
        if seen.operation == "export-status":
            content = exports.state(sub_account, job_id, self._root(headers))
            seen.about = content["status"]
            return self._finish(seen.fault, content)
        content = exports.start(sub_account, _json_in(headers, body) if body else {})
        reply = self._finish(seen.fault, content)
        return replace(reply, status=202) if reply.status == 200 else reply  # noqa: PLR2004 - HTTP's Accepted

    def _file(self, seen: _Exchange, headers: Mapping[str, str], token: str) -> Reply:
        # The link leads to another service, which shall not be shown the key.
        if "authorization" in headers:
            raise Refusal(1000, "A link to a file is fetched without Authorization")
        content = self._sandbox.exports.file(token)
        reply = self._finish(seen.fault, {})
        if reply.status != 200 or reply.content_type != JSON or not reply.body:  # noqa: PLR2004 - HTTP's OK
            return reply
        return replace(reply, body=content, content_type="text/csv; charset=utf-8")

    def _root(self, headers: Mapping[str, str]) -> str:
        host = headers.get("host")
        at = urlsplit(self._sandbox.base_url)
        return f"{at.scheme if at.netloc == host else 'http'}://{host or at.netloc}{BASE_PATH}"

    def _submit(
        self, seen: _Exchange, operation: Operation, sub_account: str, headers: Mapping[str, str], body: bytes
    ) -> Reply:
        sandbox = self._sandbox
        read = read_single if operation == "send" else read_batch
        submission = read(_json_in(headers, body), sandbox.store, sandbox.settings, sub_account)
        if seen.fault is None:
            seen.fault = self._fault_of(operation, submission)
            if (reply := self._struck_before(seen.fault)) is not None:
                return reply
        seen.accepted, seen.rejected = self._accept(submission, seen.fault)
        seen.about = _about(submission)
        if operation == "send":
            content = single_body(submission.messages[0], submission.written[0], submission.encodings[0])
        else:
            content = batch_body(submission)
        return self._finish(seen.fault, content)

    def _fault_of(self, operation: Operation, submission: Submission) -> Fault | None:
        scripted = self._sandbox.faults.take_for(
            operation, (message.digits for message in submission.messages)
        )
        if scripted is not None:
            return scripted
        written = submission.messages[0].journey.fault
        # A batch of a thousand shall not fail for one number that happens to be in a table.
        return Fault.parse(written) if written is not None and operation == "send" else None

    def _accept(self, submission: Submission, fault: Fault | None) -> tuple[int, int]:
        messages = submission.messages
        moment = "after" if fault is None else fault.moment
        if fault is not None and moment == "late":
            due = self._sandbox.clock.now() + fault.delay
            heapq.heappush(self._late, (due, next(self._order), messages))
            return 0, 0
        if fault is not None and moment == "halfway":
            messages = messages[: math.ceil(len(messages) * fault.share)]
        return self._take_in(messages)

    def _take_in(self, messages: list[Message]) -> tuple[int, int]:
        self._sandbox.store.extend(messages)
        receipts = self._sandbox.receipts
        default = self._sandbox.settings.receipt_url
        rejected = 0
        for message in messages:
            if message.rejection is not None:
                rejected += 1
            elif default is not None or message.terms.callback is not None:
                receipts.expect(message)
        return len(messages) - rejected, rejected

    def settle(self) -> None:
        """Accept what was to be accepted late and is due by now."""
        with self._lock:
            while self._late and self._late[0][0] <= self._sandbox.clock.now() + INSTANT:
                due, _, messages = heapq.heappop(self._late)
                for message in messages:
                    message.terms.created = due
                self._take_in(messages)

    def next_due(self) -> float | None:
        """When the next late acceptance is due."""
        with self._lock:
            return self._late[0][0] if self._late else None

    def run_due(self) -> int:
        """Accept what is due; how many requests."""
        with self._lock:
            before = len(self._late)
            self.settle()
            return before - len(self._late)

    def wake(self) -> None:
        """Nothing waits here: what is late is accepted when somebody looks."""

    def _finish(self, fault: Fault | None, content: dict[str, Any]) -> Reply:
        sandbox = self._sandbox
        if fault is not None and fault.answer in {"error", "reset", "close", "stall"}:
            return fault_reply(fault, sandbox.clock.now(), sandbox.settings)
        reply = Reply(200, dumps(content))
        return reply if fault is None else spoil(reply, fault, content, sandbox.settings)


def _fault_in(headers: Mapping[str, str]) -> Fault | None:
    written = headers.get(_FAULT_HEADER)
    if written is None:
        return None
    try:
        return Fault.parse(written)
    except ValueError as problem:
        raise Refusal(1000, f"{HEADER}: {problem}") from None


def _json_in(headers: Mapping[str, str], body: bytes) -> object:
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not kind.endswith("+json"):
        raise Refusal(1000, "The Content-Type is not application/json")
    try:
        return cast("object", loads(body))
    except (ValueError, RecursionError):
        raise Refusal(1000, "The body is not JSON") from None


def _about(submission: Submission) -> str:
    first = submission.messages[0]
    content = first.content
    size = "no text" if content is None else f"{content.parts} x {content.encoding}"
    if submission.batch_id is not None:
        return f"{len(submission.messages)} messages, first {mask(first.destination)} {size}"
    outcome = "QUEUED" if first.rejection is None else f"REJECTED {first.rejection}"
    return f"{mask(first.destination)} {size} {outcome}"
