"""A server whose every word is hostile: what the sandbox says, with control characters in each string."""

from __future__ import annotations

import http.client
import json
import re
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from connect_sms.text.printable import UNSAFE

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from connect_sms.sandbox import SandboxServer

#: ESC, OSC, C1, controls of direction, lines and paragraphs, half of a surrogate pair, and a formula.
HOSTILE: Final = (
    "=cmd|' /C calc'!A0;=1"
    "\x1b[31m\x1b]0;pwned\x07\x9b2J\x85\r\n\t\x7f\u061c\u200f\u202e\u2028\u2029\u2066\ud800"
)
_unsafe: Final = re.compile(f"(?![\n])[{UNSAFE}]")
_drawn: Final = re.compile("\x1b\\[[0-9;]*m")

#: What a client compares with what it asked for.
IDS: Final = ("clientMessageId", "umid", "jobId")


def raw_controls(text: str, *, drawn: bool = False) -> list[str]:
    """The control characters in what was printed; those of colours are not counted where it was drawn."""
    return _unsafe.findall(_drawn.sub("", text) if drawn else text)


def hostile(value: Any, *, but: tuple[str, ...] = ()) -> Any:
    """A JSON value with each string replaced, but those of some names."""
    if isinstance(value, dict):
        return {name: one if name in but else hostile(one, but=but) for name, one in value.items()}
    if isinstance(value, list):
        return [hostile(one, but=but) for one in value]
    return HOSTILE if isinstance(value, str) else value


@contextmanager
def corrupting(sandbox: SandboxServer, change: Callable[[Any], Any]) -> Generator[str]:
    """Put a server in front of a sandbox that changes its answers. Yields its base URL."""
    there = urlsplit(sandbox.base_url)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            upstream = http.client.HTTPConnection(str(there.hostname), there.port or 80, timeout=60)
            upstream.request(self.command, self.path, body, dict(self.headers))
            answer = upstream.getresponse()
            content = answer.read()
            upstream.close()
            try:
                content = json.dumps(change(json.loads(content))).encode()
            except ValueError:
                content = content.replace(b"delivered", json.dumps(HOSTILE).encode())
            self.send_response(answer.status)
            self.send_header("content-type", answer.headers.get("content-type", "text/plain"))
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST  # noqa: N815  the name that `http.server` looks for

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name of the base
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}{there.path}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
