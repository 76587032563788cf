"""The operations of the service: from a request to a response, without any I/O.

The server and the in-process transports both call `Service.handle`, so each rule and each fault exists once.
"""

from __future__ import annotations

import math
import re
import threading
import time
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from connect_sms.models.redaction import mask
from connect_sms.sandbox.faults.kinds import Fault
from connect_sms.sandbox.faults.responses import failure, with_fault
from connect_sms.sandbox.json import dumps
from connect_sms.sandbox.messages import SharedFields
from connect_sms.sandbox.request_log import RequestRecord

from .acceptance import Acceptance
from .bodies import batch_body, single_body, status_body
from .exchange import Exchange
from .log_export_bodies import file_response
from .log_exports import LogExports
from .rate_limit import RateLimit
from .refusals import Refusal
from .responses import CODES, JSON, Response, error_response, rate_limited
from .routing import BASE_PATH, IN_PROCESS_HOST, Route, route
from .submissions import Submission, read_batch, read_single

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connect_sms.sandbox.state import SandboxState
    from connect_sms.sandbox.webhooks.sender import WebhookSender

_is_sub_account = re.compile(r"[A-Za-z0-9\-._&]{3,50}").fullmatch


class Service:
    """Answers requests.

    Args:
        state: Of the sandbox.
        receipts: Posts the receipts of accepted messages.
    """

    def __init__(self, state: SandboxState, receipts: WebhookSender) -> None:
        self._state = state
        self._lock = threading.RLock()
        self._limits = RateLimit()
        self._exports = LogExports(state)
        self._acceptance = Acceptance(state, receipts)
        state.clock.register(self._acceptance)

    def handle(self, method: str, raw_path: str, headers: Mapping[str, str], body: bytes) -> Response:
        """Answer a request.

        Args:
            method: The HTTP method.
            raw_path: The path as it was on the wire, percent-encoded, without the query.
            headers: Headers by lower-case name.
            body: The whole body.
        """
        started = time.perf_counter()
        seen = Exchange(headers, body)
        with self._lock:
            self.accept_late()
            now = self._state.clock.now()
            try:
                response = self._respond(seen, method, raw_path)
            except Refusal as refusal:
                seen.code = refusal.code
                response = error_response(
                    refusal.status, refusal.code, refusal.message, now, headers=refusal.headers
                )
        record = RequestRecord(
            now,
            None if seen.route is None else seen.route.operation,
            response.status,
            None if seen.fault is None else str(seen.fault),
            seen.accepted,
            seen.rejected,
            seen.code,
            time.perf_counter() - started,
            seen.about,
        )
        self._state.requests.add(record)
        self._state.notify(record)
        return response

    def accept_late(self) -> None:
        """Accept the delayed messages that are due."""
        self._acceptance.run_due()

    def reset(self) -> None:
        """Delete every request and its effects."""
        with self._lock:
            self._acceptance.clear()
            self._limits.clear()
            self._exports.clear()
            self._state.reset()

    def _respond(self, seen: Exchange, method: str, raw_path: str) -> Response:
        found = seen.route = route(method, raw_path, self._state.settings)
        operation = found.operation
        seen.fault = seen.fault_in_header() or self._state.faults.take(operation)
        if (response := self._failure_before(seen.fault)) is not None:
            return response
        if operation == "export-file":
            return self._file(seen, found)
        self._authorise(seen, found)
        if (response := self._limited(seen, found)) is not None:
            return response
        match operation:
            case "status":
                return self._status(seen, found)
            case "export":
                return self._create_export(seen, found)
            case "export-status":
                return self._export_status(seen, found)
            case _:
                return self._submit(seen, found)

    def _failure_before(self, fault: Fault | None) -> Response | None:
        if fault is None or fault.moment != "before":
            return None
        return failure(fault, self._state.clock.now(), self._state.settings)

    def _authorise(self, seen: Exchange, found: Route) -> None:
        scheme, _, key = seen.headers.get("authorization", "").partition(" ")
        settings, sub_account = self._state.settings, found.sub_account
        owned = settings.sub_accounts_of(key.strip()) if scheme.lower() == "bearer" else None
        if owned is None:
            raise Refusal(1200, "The API key is missing or unknown", status=401)
        if not _is_sub_account(sub_account) or not settings.knows(sub_account):
            raise Refusal(1001, "There is no such sub-account", status=403)
        if sub_account not in owned:
            raise Refusal(1201, "The API key may not use this sub-account", status=403)

    def _limited(self, seen: Exchange, found: Route) -> Response | None:
        settings, now = self._state.settings, self._state.clock.now()
        if found.operation in {"export", "export-status"}:
            return None  # no limit is documented
        reading = found.operation == "status"
        allowed = settings.status_per_second if reading else settings.sends_per_second
        wait = self._limits.wait(f"{'read' if reading else 'send'} {found.sub_account}", allowed, now)
        if not wait:
            return None
        seen.code = 429
        return rate_limited(math.ceil(wait), now)

    def _status(self, seen: Exchange, found: Route) -> Response:
        message = self._state.messages.find(found.item)
        if message is None or message.shared.sub_account != found.sub_account:
            raise Refusal(1300, "There is no such message", status=404)
        content = status_body(message, self._state.settings, self._state.clock.now())
        seen.about = f"{message.masked} {content['status']['state']}"
        return self._finish(seen, content)

    def _create_export(self, seen: Exchange, found: Route) -> Response:
        content = self._exports.create(found.sub_account, seen.json() if seen.body else {})
        response = self._finish(seen, content)
        return replace(response, status=202) if response.status == HTTPStatus.OK else response

    def _export_status(self, seen: Exchange, found: Route) -> Response:
        host = seen.headers.get("host", IN_PROCESS_HOST)
        root = f"{'https' if host == IN_PROCESS_HOST else 'http'}://{host}{BASE_PATH}"
        content = self._exports.status(found.sub_account, found.item, root)
        seen.about = content["status"]
        return self._finish(seen, content)

    def _file(self, seen: Exchange, found: Route) -> Response:
        settings = self._state.settings
        wanted, has_key = settings.export_link_wants_key, "authorization" in seen.headers
        # On the live service the link may lead to another host, which must not get the key.
        if wanted is None and has_key:
            raise Refusal(1000, "A link to a file is fetched without Authorization")
        if wanted is not None:
            if not has_key:
                raise Refusal(CODES[wanted], "This link is fetched with the API key", status=wanted)
            self._authorise(seen, found)
        file = file_response(self._exports.file(found.item), settings.export_body)
        response = self._finish(seen, {})
        if response.status != HTTPStatus.OK or response.content_type != JSON or not response.body:
            return response
        return replace(response, body=file.body, headers=file.headers, content_type=file.content_type)

    def _submit(self, seen: Exchange, found: Route) -> Response:
        state = self._state
        single = found.operation == "send"
        read = read_single if single else read_batch
        request = SharedFields(state.messages.context, found.sub_account, created=state.clock.now())
        submission = read(seen.json(), request, state.settings)
        if seen.fault is None:
            seen.fault = self._fault_for(submission, found)
            if (response := self._failure_before(seen.fault)) is not None:
                return response
        seen.accepted, seen.rejected = self._acceptance.accept(submission.messages, seen.fault)
        seen.about = _about(submission)
        if single:
            return self._finish(
                seen, single_body(submission.messages[0], submission.written[0], submission.encodings[0])
            )
        return self._finish(seen, batch_body(submission))

    def _fault_for(self, submission: Submission, found: Route) -> Fault | None:
        messages = submission.messages
        waiting = self._state.faults.take_for(found.operation, (message.digits for message in messages))
        if waiting is not None:
            return waiting
        kind = messages[0].scenario.fault
        # A batch of a thousand must not fail for one number in the table.
        return Fault.parse(kind) if kind is not None and found.operation == "send" else None

    def _finish(self, seen: Exchange, content: dict[str, Any]) -> Response:
        response = Response(200, dumps(content))
        if seen.fault is None:
            return response
        return with_fault(seen.fault, response, content, self._state.clock.now(), self._state.settings)


def _about(submission: Submission) -> str:
    first = submission.messages[0]
    segments = first.segments
    size = "no text" if segments is None else f"{segments.parts} x {segments.encoding}"
    if submission.batch_id is not None:
        return f"{len(submission.messages)} messages, first {mask(first.destination)} {size}"
    outcome = "QUEUED" if first.rejection is None else f"REJECTED {first.rejection}"
    return f"{mask(first.destination)} {size} {outcome}"
