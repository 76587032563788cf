"""What the demo stands on: where it writes, and where its receipts arrive."""

from __future__ import annotations

import contextlib
import os
import textwrap
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from typing import TYPE_CHECKING, Final, TextIO

from connect_sms import receipts

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from connect_sms.models.status import MessageStatus
    from connect_sms.receipts import Event

__all__ = ["Mailbox", "Paper", "mailbox"]

_WIDTH: Final = 78
_PATIENCE: Final = 10.0
_BOLD, _FAINT, _USUAL = "\x1b[1m", "\x1b[2m", "\x1b[0m"


class Paper:
    """Where the demo writes.

    Args:
        out: The stream; colours are for terminals.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._colours = out.isatty() and "NO_COLOR" not in os.environ
        self._chapters = 0

    def line(self, text: str = "") -> None:
        """A line."""
        self._out.write(f"{text}\n")
        self._out.flush()

    def chapter(self, title: str, code: str) -> None:
        """A heading, and what is called."""
        self._chapters += 1
        head = f"-- {self._chapters}  {title} "
        self.line("\n" + self._in(_BOLD, head.ljust(_WIDTH, "-")))
        self.code(code)

    def code(self, code: str) -> None:
        """What is called."""
        for line in code.splitlines():
            self.line(self._in(_FAINT, f"    {line}"))
        self.line()

    def row(self, name: str, value: object) -> None:
        """A name, and what there is to say of it."""
        indent = " " * 15
        for number, line in enumerate(textwrap.wrap(str(value), _WIDTH - len(indent)) or [""]):
            self.line(f"  {name:<13}{line}" if number == 0 else indent + line)

    def rows(self, name: str, values: Iterable[object]) -> None:
        """A name, and several things to say of it, each on a line."""
        for number, value in enumerate(values):
            self.row("" if number else name, value)

    def _in(self, style: str, text: str) -> str:
        return f"{style}{text}{_USUAL}" if self._colours else text


class Mailbox:
    """A receiver of receipts on this machine: takes whatever is posted to it."""

    def __init__(self, url: str, posts: Queue[Event]) -> None:
        self.url = url
        self._posts = posts

    def take(self, client_message_id: str) -> Generator[MessageStatus]:
        """The receipts of a message as they come, until one of them is final."""
        with contextlib.suppress(Empty):
            while True:
                event = self._posts.get(timeout=_PATIENCE)
                if (
                    not isinstance(event, receipts.DeliveryReceipt)
                    or event.status.client_message_id != client_message_id
                ):
                    continue
                yield event.status
                if event.status.is_final:
                    return


@contextlib.contextmanager
def mailbox() -> Generator[Mailbox]:
    """Listen on a free port of this machine."""
    posts: Queue[Event] = Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            posts.put(receipts.parse(body, dict(self.headers)))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its name there
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Mailbox(f"http://127.0.0.1:{server.server_port}/receipts", posts)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
