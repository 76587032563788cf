"""The control endpoints under ``/_sandbox/``: for tests in other languages, and for the page."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import asdict
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, cast, get_args

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connect_sms.sandbox.faults.kinds import KINDS, Fault, OperationName
from connect_sms.sandbox.scenarios import SCENARIOS

from .views import message_view, request_view, shown_state

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from connect_sms.sandbox.sandbox import Sandbox

    Handler = Callable[[Request], Awaitable[object]]

_PAGE: Final = 200
_MAX_PAGE: Final = 10_000
_SCAN: Final = 20_000
"""Maximum items that a list scans: a page that polls every second must not read a million messages."""


class _BadRequest(Exception):
    """An invalid control request."""


def _guarded(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def respond(request: Request) -> Response:
        try:
            return JSONResponse(await handler(request))
        except _BadRequest as problem:
            return JSONResponse({"error": str(problem)}, status_code=400)
        except LookupError:
            return JSONResponse({"error": "There is no such message"}, status_code=404)

    return respond


async def _json(request: Request) -> dict[str, Any]:
    # Pages of other sites can post without a preflight request, but not with this type.
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise _BadRequest("The Content-Type is not application/json")
    try:
        body: object = json.loads(await request.body())
    except ValueError:
        raise _BadRequest("The body is not JSON") from None
    if not isinstance(body, dict):
        raise _BadRequest("The body is not a JSON object")
    return cast("dict[str, Any]", body)


_is_number = re.compile(r"-?[0-9]{1,12}").fullmatch


def _number(request: Request, name: str, default: int) -> int:
    value = request.query_params.get(name, str(default))
    if not _is_number(value):
        raise _BadRequest(f"{name} is not a whole number")
    return int(value)


def _reveal(request: Request) -> bool:
    return request.query_params.get("reveal") == "1"


class _Control:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.table: list[tuple[str, list[str], Handler]] = [
            ("/", ["GET"], self._index),
            ("/health", ["GET"], self._health),
            ("/messages", ["GET"], self._messages),
            ("/messages/{umid}", ["GET"], self._message),
            ("/accepted", ["GET"], self._accepted),
            ("/requests", ["GET"], self._requests),
            ("/receipts", ["GET"], self._receipts),
            ("/faults", ["GET"], self._faults),
            ("/faults", ["POST"], self._fail),
            ("/faults", ["DELETE"], self._heal),
            ("/clock", ["GET", "POST"], self._clock),
            ("/inbound", ["POST"], self._inbound),
            ("/reset", ["POST"], self._reset),
        ]

    async def _index(self, _: Request) -> object:
        return {"endpoints": [f"{'|'.join(methods)} /_sandbox{path}" for path, methods, _ in self.table]}

    async def _health(self, _: Request) -> object:
        sandbox, clock = self._sandbox, self._sandbox.clock
        return {
            "instance": sandbox.messages.context.umids.salt,
            "messages": len(sandbox.messages),
            "accepted": len(sandbox.accepted),
            "requests": len(sandbox.requests),
            "receiptsWaiting": len(sandbox.receipts),
            "faultsWaiting": sandbox.faults.pending(),
            "clock": {"now": clock.now(), "factor": clock.factor},
        }

    async def _messages(self, request: Request) -> object:
        messages = self._sandbox.messages
        limit = max(1, min(_number(request, "limit", _PAGE), _MAX_PAGE))
        start = min(_number(request, "before", len(messages)), len(messages)) - 1
        state, reveal = request.query_params.get("state"), _reveal(request)
        last = max(start - _SCAN, -1)
        newest_first = (messages[index] for index in range(start, last, -1))
        found = (message for message in newest_first if state is None or shown_state(message) == state)
        listed = [message_view(message, reveal=reveal) for message in islice(found, limit)]
        more = next(found, None) is not None or last >= 0
        return {"total": len(messages), "more": more, "messages": listed}

    async def _message(self, request: Request) -> object:
        found = self._sandbox.messages.find(request.path_params["umid"])
        if found is None:
            raise LookupError
        timeline = [event._asdict() for event in found.timeline]
        return {**message_view(found, reveal=_reveal(request)), "timeline": timeline}

    async def _accepted(self, _: Request) -> object:
        log = self._sandbox.accepted
        return {
            "total": len(log),
            "byClientMessageId": log.by_client_message_id(),
            "byDestination": log.by_destination(),
            "twice": log.twice(),
        }

    async def _requests(self, _: Request) -> object:
        log = self._sandbox.requests
        counts = {operation: log.count(operation) for operation in get_args(OperationName)}
        recent = [request_view(record) for record in list(log)[-_PAGE:]]
        return {"total": len(log), "byOperation": counts, "recent": recent}

    async def _receipts(self, _: Request) -> object:
        return [asdict(attempt) for attempt in list(self._sandbox.receipts.log)[-_PAGE:]]

    async def _faults(self, _: Request) -> object:
        return {
            "faults": KINDS,
            "destinations": {ending: scenario.title for ending, scenario in SCENARIOS.items()},
            "waiting": self._sandbox.faults.pending(),
        }

    async def _fail(self, request: Request) -> object:
        body = await _json(request)
        rest = {name: body.pop(name) for name in ("times", "operation", "destination") if name in body}
        try:
            if "fault" in body:
                body = {"kind": body.pop("fault"), **body}
            fault = Fault.parse(str(body.pop("kind", "")))
            self._sandbox.fail_next(fault, **rest, **body)
        except (ValueError, TypeError, AttributeError) as problem:
            raise _BadRequest(f"No such fault: {problem}") from None
        return {"waiting": self._sandbox.faults.pending()}

    async def _heal(self, _: Request) -> object:
        self._sandbox.heal()
        return {"waiting": []}

    async def _clock(self, request: Request) -> object:
        clock = self._sandbox.clock
        if request.method == "POST":
            body = await _json(request)
            try:
                if "factor" in body:
                    clock.run(float(body["factor"]))
                if "advance" in body:
                    # It posts receipts, and a receiver may be slow: not in the event loop.
                    await asyncio.to_thread(clock.advance, float(body["advance"]))
            except (ValueError, TypeError) as problem:
                raise _BadRequest(f"factor and advance are numbers of seconds: {problem}") from None
        return {"now": clock.now(), "factor": clock.factor}

    async def _inbound(self, request: Request) -> object:
        body = await _json(request)
        source, text, to = body.get("from"), body.get("text"), body.get("to")
        if not isinstance(source, str) or not isinstance(text, str) or not isinstance(to, str | None):
            raise _BadRequest("from and text are strings, and so is to when it is given")
        try:
            return {"umid": await asyncio.to_thread(self._sandbox.receive, source, text, to=to)}
        except ValueError as problem:
            raise _BadRequest(str(problem)) from None

    async def _reset(self, request: Request) -> object:
        await _json(request)
        self._sandbox.reset()
        return {"messages": 0}


def routes(sandbox: Sandbox) -> list[Route]:
    """The control routes, to be mounted under ``/_sandbox``."""
    return [
        Route(path, _guarded(handler), methods=methods) for path, methods, handler in _Control(sandbox).table
    ]
