"""Transports that ask a mock for a certain answer, and otherwise leave everything as the client has it."""

import json
from typing import Any, Final
from urllib.parse import unquote

import httpx

#: Each way the client can reach a real socket.
WIRES: Final = ("blocking", "asyncio", "aiohttp")


class Prefer(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Adds a header with a wish to each request, and keeps what went out and came back.

    An example cannot know the ids of a request, nor can what Prism makes up: an answer is made to be about
    the message of its request.

    Prism says in `sl-violations` what is wrong with a request, whatever it answers.
    """

    def __init__(self, wire: str, header: str = "prefer") -> None:
        self.wants = ""
        self._header = header
        self.answers: list[httpx.Response] = []
        self._blocking = httpx.HTTPTransport() if wire == "blocking" else None
        self._async: httpx.AsyncBaseTransport | None = None
        if wire == "asyncio":
            self._async = httpx.AsyncHTTPTransport()
        elif wire == "aiohttp":
            from httpx_aiohttp import AiohttpTransport

            self._async = AiohttpTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send it on, blocking."""
        assert self._blocking is not None
        response = self._blocking.handle_request(self._ask(request))
        response.read()
        response.close()
        return self._note(request, response)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send it on, not blocking."""
        assert self._async is not None
        response = await self._async.handle_async_request(self._ask(request))
        await response.aread()
        await response.aclose()
        return self._note(request, response)

    def close(self) -> None:
        """Close the connections."""
        if self._blocking is not None:
            self._blocking.close()

    async def aclose(self) -> None:
        """Close the connections."""
        if self._async is not None:
            await self._async.aclose()

    def taken(self) -> list[httpx.Response]:
        """The answers since the last time somebody asked."""
        taken, self.answers = self.answers, []
        return taken

    def violations(self) -> list[Any]:
        """What Prism had against the requests since the last time somebody asked."""
        return [
            answer.headers["sl-violations"] for answer in self.taken() if "sl-violations" in answer.headers
        ]

    def _ask(self, request: httpx.Request) -> httpx.Request:
        if self.wants:
            request.headers[self._header] = self.wants
        return request

    def _note(self, request: httpx.Request, response: httpx.Response) -> httpx.Response:
        response = _about(request, response)
        response.request = request
        self.answers.append(response)
        return response


def _about(request: httpx.Request, response: httpx.Response) -> httpx.Response:
    """The same answer, with the ids of the request in place of others."""
    try:
        answer = json.loads(response.content)
        asked = json.loads(request.content) if request.content else {"umid": _last_segment(request)}
        own = {
            name: asked[name] for name in ("umid", "clientMessageId") if answer.get(name) and asked.get(name)
        }
    except (ValueError, AttributeError):
        return response
    if not own or not response.is_success:
        return response
    kept = [
        (name, value)
        for name, value in response.headers.raw
        if name.lower() not in {b"content-length", b"content-encoding", b"transfer-encoding"}
    ]
    return httpx.Response(response.status_code, headers=kept, content=json.dumps({**answer, **own}).encode())


def _last_segment(request: httpx.Request) -> str:
    return unquote(request.url.raw_path.decode("ascii").partition("?")[0].rpartition("/")[2])
