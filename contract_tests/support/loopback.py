"""A receiver of receipts on this machine."""

import json
import queue
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver:
    """Takes whatever is posted to it."""

    def __init__(self, url: str, posts: "queue.Queue[Any]") -> None:
        self.url = url
        self._posts = posts

    def next(self, seconds: float = 30.0) -> Any:
        """The JSON of the next post.

        Raises:
            queue.Empty: None came.
        """
        return self._posts.get(timeout=seconds)


@contextmanager
def receiving() -> Generator[Receiver]:
    """Listen on a free port of this machine."""
    posts: queue.Queue[Any] = queue.Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()
            posts.put(json.loads(body))

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the name it has there
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Receiver(f"http://127.0.0.1:{server.server_port}/receipts", posts)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
