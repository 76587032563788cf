"""A receiver of delivery receipts on this machine."""

from __future__ import annotations

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from typing import TYPE_CHECKING

from connect_sms import receipts
from connect_sms.receipts import DeliveryReceipt

if TYPE_CHECKING:
    from collections.abc import Generator

    from connect_sms.receipts import Event


class ReceiptReceiver:
    """Keeps what is posted to its URL."""

    def __init__(self, url: str, events: Queue[Event]) -> None:
        self.url = url
        self._events = events

    def take(self, client_message_id: str) -> Generator[DeliveryReceipt]:
        """The receipts of a message as they come, until one of them is final."""
        with contextlib.suppress(Empty):
            while True:
                event = self._events.get(timeout=10)
                if isinstance(event, DeliveryReceipt) and event.status.client_message_id == client_message_id:
                    yield event
                    if event.status.outcome.is_final:
                        return


@contextlib.contextmanager
def receiving() -> Generator[ReceiptReceiver]:
    """Listen on a free port of this machine."""
    events: Queue[Event] = Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            events.put(receipts.parse(body, dict(self.headers)))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its name there
            """Write no log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield ReceiptReceiver(f"http://127.0.0.1:{server.server_port}/receipts", events)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
