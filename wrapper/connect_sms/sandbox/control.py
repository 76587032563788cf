"""Control over HTTP, under ``/_sandbox/``: for tests in other languages, other processes, and the page."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, cast, get_args

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .faults import KINDS, Fault, Operation
from .journeys import TABLE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from .messages import Message
    from .sandbox import Sandbox

__all__ = ["routes"]

_PAGE: Final = 200
_SCAN: Final = 20_000
"""How far back a list looks: a page that asks every second must not walk a million messages."""


class _BadControl(Exception):
    """A control request that cannot be carried out."""


def _guarded(call: Callable[[Request], Awaitable[Any]]) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            return JSONResponse(await call(request))
        except _BadControl as problem:
            return JSONResponse({"error": str(problem)}, status_code=400)
        except LookupError:
            return JSONResponse({"error": "There is no such message"}, status_code=404)

    return answer


async def _json(request: Request) -> dict[str, Any]:
    # A page on another site can post without asking first, but not with this type.
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise _BadControl("The Content-Type is not application/json")
    try:
        body: object = json.loads(await request.body())
    except ValueError:
        raise _BadControl("The body is not JSON") from None
    if not isinstance(body, dict):
        raise _BadControl("The body is not a JSON object")
    return cast("dict[str, Any]", body)


_number = re.compile(r"-?[0-9]{1,12}").fullmatch


def _count(request: Request, name: str, default: int) -> int:
    value = request.query_params.get(name, str(default))
    if not _number(value):
        raise _BadControl(f"{name} is not a whole number")
    return int(value)


def summary_of(message: Message, *, reveal: bool) -> dict[str, Any]:
    """A message for a list: masked unless ``reveal``."""
    now = message.terms.store.clock.now()
    since, stop = message.stop_at(now)
    return {
        "place": message.index,
        "umid": message.umid,
        "destination": message.destination if reveal else message.masked,
        "text": message.text if reveal else None,
        "characters": len(message.text),
        "source": message.source,
        "clientMessageId": message.client_message_id,
        "batchId": message.terms.batch_id,
        "encoding": message.content.encoding if message.content else None,
        "parts": message.parts,
        "cut": message.was_cut,
        "created": message.terms.created,
        "state": stop.state if message.accepted else "rejected",
        "detail": stop.detail,
        "errorCode": stop.code,
        "since": since,
        "rejection": message.rejection,
        "journey": message.journey.title,
    }


class _Control:
    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    async def index(self, request: Request) -> object:
        del request
        return {"endpoints": [f"{'|'.join(methods)} /_sandbox{path}" for path, methods, _ in self.table()]}

    async def health(self, request: Request) -> object:
        del request
        sandbox = self.sandbox
        clock = sandbox.clock
        return {
            "instance": sandbox.store.salt,
            "messages": len(sandbox.messages),
            "accepted": len(sandbox.accepted),
            "requests": len(sandbox.requests),
            "receiptsWaiting": len(sandbox.receipts),
            "faultsWaiting": sandbox.faults.pending(),
            "clock": {"now": clock.now(), "factor": clock.factor},
        }

    async def messages(self, request: Request) -> object:
        store = self.sandbox.messages
        limit = max(1, min(_count(request, "limit", _PAGE), 10_000))
        before = _count(request, "before", len(store))
        state = request.query_params.get("state")
        reveal = request.query_params.get("reveal") == "1"
        start = min(before, len(store)) - 1
        newest_first = (store[place] for place in range(start, max(start - _SCAN, -1), -1))
        found = (m for m in newest_first if state is None or (m.state if m.accepted else "rejected") == state)
        return {
            "total": len(store),
            "messages": [summary_of(message, reveal=reveal) for message in islice(found, limit)],
        }

    async def message(self, request: Request) -> object:
        found = self.sandbox.messages.find(request.path_params["umid"])
        if found is None:
            raise LookupError
        reveal = request.query_params.get("reveal") == "1"
        timeline = [{"at": event.at, "what": event.what} for event in found.timeline]
        return {**summary_of(found, reveal=reveal), "timeline": timeline}

    async def accepted(self, request: Request) -> object:
        del request
        log = self.sandbox.accepted
        return {
            "total": len(log),
            "byClientMessageId": log.by_client_message_id(),
            "byDestination": log.by_destination(),
            "twice": log.twice(),
        }

    async def requests(self, request: Request) -> object:
        del request
        log = self.sandbox.requests
        counts = Counter({operation: log.count(operation) for operation in get_args(Operation)})
        recent = [
            {
                "at": record.at,
                "operation": record.operation,
                "status": record.status,
                "fault": record.fault,
                "accepted": record.accepted,
                "rejected": record.rejected,
                "code": record.code,
                "about": record.about,
            }
            for record in list(log)[-_PAGE:]
        ]
        return {"total": len(log), "byOperation": counts, "recent": recent}

    async def receipts(self, request: Request) -> object:
        del request
        posted = list(self.sandbox.receipts.log)[-_PAGE:]
        return [
            {"at": p.at, "umid": p.umid, "what": p.what, "attempt": p.attempt, "result": p.result}
            for p in posted
        ]

    async def kinds(self, request: Request) -> object:
        del request
        return {
            "faults": KINDS,
            "destinations": {ending: journey.title for ending, journey in TABLE.items()},
            "waiting": self.sandbox.faults.pending(),
        }

    async def fail(self, request: Request) -> object:
        body = await _json(request)
        rest = {name: body.pop(name) for name in ("times", "operation", "destination") if name in body}
        try:
            if "fault" in body:
                body = {"kind": body.pop("fault"), **body}
            fault = Fault.parse(str(body.pop("kind", "")))
            self.sandbox.fail_next(fault, **rest, **body)
        except (ValueError, TypeError, AttributeError) as problem:
            raise _BadControl(f"No such fault: {problem}") from None
        return {"waiting": self.sandbox.faults.pending()}

    async def heal(self, request: Request) -> object:
        del request
        self.sandbox.heal()
        return {"waiting": []}

    async def clock(self, request: Request) -> object:
        clock = self.sandbox.clock
        if request.method == "POST":
            body = await _json(request)
            try:
                if "factor" in body:
                    clock.run(float(body["factor"]))
                if "advance" in body:
                    # Posts receipts on the way, and their receiver may be anything: not in the event loop.
                    await asyncio.to_thread(clock.advance, float(body["advance"]))
            except (ValueError, TypeError) as problem:
                raise _BadControl(f"factor and advance are numbers of seconds: {problem}") from None
        return {"now": clock.now(), "factor": clock.factor}

    async def inbound(self, request: Request) -> object:
        body = await _json(request)
        source, text, to = body.get("from"), body.get("text"), body.get("to")
        if not isinstance(source, str) or not isinstance(text, str) or not isinstance(to, str | None):
            raise _BadControl("from and text are strings, and so is to when it is given")
        try:
            return {"umid": await asyncio.to_thread(self.sandbox.receive, source, text, to=to)}
        except ValueError as problem:
            raise _BadControl(str(problem)) from None

    async def reset(self, request: Request) -> object:
        await _json(request)
        self.sandbox.reset()
        return {"messages": 0}

    def table(self) -> list[tuple[str, list[str], Callable[[Request], Awaitable[Any]]]]:
        return [
            ("/", ["GET"], self.index),
            ("/health", ["GET"], self.health),
            ("/messages", ["GET"], self.messages),
            ("/messages/{umid}", ["GET"], self.message),
            ("/accepted", ["GET"], self.accepted),
            ("/requests", ["GET"], self.requests),
            ("/receipts", ["GET"], self.receipts),
            ("/faults", ["GET"], self.kinds),
            ("/faults", ["POST"], self.fail),
            ("/faults", ["DELETE"], self.heal),
            ("/clock", ["GET", "POST"], self.clock),
            ("/inbound", ["POST"], self.inbound),
            ("/reset", ["POST"], self.reset),
        ]


def routes(sandbox: Sandbox) -> list[Route]:
    """The control routes, to be mounted under ``/_sandbox``."""
    return [Route(path, _guarded(call), methods=methods) for path, methods, call in _Control(sandbox).table()]
