"""Coverage-guided fuzzing of the receiver, with atheris: ``make fuzz``.

Each input is posted to a receiver with a real SQLite store. It must be answered 200 and its body be kept,
as an event or in quarantine, and whatever the store then knows must be readable.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

# Not by an import statement: it is in no environment but its own, and has no types.
atheris: Any = import_module("atheris")

with atheris.instrument_imports(
    include=[
        "connect_sms.receipts",
        "connect_sms.models.decoding",
        "connect_sms.models.readers",
        "connect_sms.models.outcomes",
    ]
):
    from connect_sms.receipts import ReceiptStore, Receiver, WebhookAuth, open_store, parse_all

SECRET = "Basic cmVjZWlwdHM6b25seQ=="
CONTENT_TYPES = (b"application/json; charset=utf-8", b"application/xml", b"text/plain", b"\xff")
STATUS = {
    "state": "undelivered",
    "detail": "rejected_by_operator",
    "errorCode": 15,
    "timestamp": "2026-07-01T12:00:00Z",
}
PAYLOAD: dict[str, Any] = {
    "umid": "u-1",
    "clientMessageId": "c-1",
    "subAccountId": "acme",
    "source": "ACME",
    "destination": "447700900123",
    "smsCount": 1,
    "price": {"total": 0.04, "perSms": 0.04, "currency": "EUR"},
    "status": STATUS,
}
ENVELOPE = {"namespace": "SMS", "eventType": "outbound_message_status_changed", "payload": PAYLOAD}
XML = (
    '<?xml version="1.0" encoding="utf-8"?><WebHook><Namespace>SMS</Namespace><namespace>SMS</namespace>'
    "<eventType>outbound_message_status_changed</eventType><payload><umid>u-1</umid><status><state>sent</state>"
    "<errorCode>15</errorCode><timestamp>2026-07-01T12:00:00Z</timestamp></status></payload></WebHook>"
)
WORDS = (
    *ENVELOPE,
    *PAYLOAD,
    *STATUS,
    *("delivered", "sent", "inbound_message_received", "body", "<!DOCTYPE", "&#0;", "[["),
)


def _value(data: Any, depth: int = 2) -> Any:
    match data.ConsumeIntInRange(0, 7 if depth else 5):
        case 0:
            return None
        case 1:
            return data.ConsumeBool()
        case 2:
            return data.ConsumeInt(8)
        case 3:
            return data.ConsumeFloat()
        case 4:
            return data.ConsumeUnicode(20)
        case 5:
            return data.PickValueInList(list(WORDS))
        case 6:
            return [_value(data, depth - 1) for _ in range(data.ConsumeIntInRange(0, 3))]
        case _:
            return {data.PickValueInList(list(WORDS)): _value(data, depth - 1) for _ in range(3)}


def _changed(data: Any) -> bytes:
    """A receipt in which some values are something else."""
    document = json.loads(json.dumps(ENVELOPE))
    for _ in range(data.ConsumeIntInRange(1, 4)):
        holder = data.PickValueInList([document, PAYLOAD, STATUS])
        if holder is not document:
            inner = document.get("payload")
            holder = inner if holder is PAYLOAD else isinstance(inner, dict) and inner.get("status")
        if isinstance(holder, dict):
            holder[data.PickValueInList([*holder, "body"])] = _value(data)
    return json.dumps(document).encode("utf-8", "surrogatepass")


class Target:
    """A receiver, and what is asked of it."""

    def __init__(self, store: ReceiptStore) -> None:
        self._store = store
        self._app = Receiver(store, WebhookAuth(SECRET))
        self._loop = asyncio.new_event_loop()

    def __call__(self, given: bytes) -> None:
        data = atheris.FuzzedDataProvider(given)
        content_type = data.PickValueInList(list(CONTENT_TYPES))
        body = _changed(data) if data.ConsumeBool() else data.ConsumeBytes(sys.maxsize)
        answered = self._loop.run_until_complete(self._post(body, content_type))
        if answered != 200:
            raise AssertionError(f"answered {answered}")
        for status in self._store.statuses():
            repr(status)
        for waiting in self._store.pending_callbacks():
            repr(waiting)
        held = self._store._durable.writer.call(self._take)
        events = parse_all(body)
        if not held or (len(events) == 1 and held != [body]):
            raise AssertionError("the body was not kept")

    def _take(self, session: Any) -> list[bytes]:
        rows = session.fetch("SELECT raw FROM events UNION ALL SELECT raw FROM quarantine")
        for empty in ("DELETE FROM events", "DELETE FROM quarantine", "DELETE FROM messages"):
            session.execute(empty)
        return [bytes(raw) for (raw,) in rows]

    async def _post(self, body: bytes, content_type: bytes) -> int:
        said: list[int] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": body}

        async def send(message: Any) -> None:
            said.append(message.get("status", 0))

        headers = [(b"authorization", SECRET.encode()), (b"content-type", content_type)]
        scope = {"type": "http", "method": "POST", "path": "/", "headers": headers, "client": None}
        await self._app(scope, receive, send)
        return said[0]


def main() -> None:
    """Fuzz; the arguments are libFuzzer's."""
    # In memory where there is such a place: what is sought is not in the disk.
    memory = Path("/dev/shm")  # noqa: S108  a folder of our own is made in it
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        seeds = Path(folder) / "seeds"
        seeds.mkdir()
        for number, seed in enumerate(
            (json.dumps(ENVELOPE).encode(), json.dumps([ENVELOPE] * 2).encode(), XML.encode())
        ):
            # FuzzedDataProvider takes the choices from the end.
            (seeds / str(number)).write_bytes(seed + b"\0\0")
        words = Path(folder) / "words"
        words.write_text("".join(f'"{word}"\n' for word in WORDS if "&" not in word))
        arguments = [sys.argv[0], str(seeds), f"-dict={words}", *sys.argv[1:]]
        atheris.Setup(arguments, Target(open_store(Path(folder) / "receipts.db")))
        atheris.Fuzz()


if __name__ == "__main__":
    main()
