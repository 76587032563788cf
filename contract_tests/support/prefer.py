"""Transports that ask a mock for a certain answer, and otherwise leave everything as the client has it."""

from typing import Any, Final

import httpx

#: Each way the client can reach a real socket.
WIRES: Final = ("blocking", "asyncio", "aiohttp")


class Prefer(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Adds a header with a wish to each request, and keeps what went out and came back.

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
        return self._note(request, self._blocking.handle_request(self._ask(request)))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send it on, not blocking."""
        assert self._async is not None
        return self._note(request, await self._async.handle_async_request(self._ask(request)))

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
        response.request = request
        self.answers.append(response)
        return response
