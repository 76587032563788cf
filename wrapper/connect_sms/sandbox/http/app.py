"""The ASGI application: the operations, the control endpoints and the page."""

# ruff: noqa: TC001  at run time too, so that `typing.get_type_hints` finds every name

from __future__ import annotations

from collections.abc import Collection

from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from connect_sms.sandbox.sandbox import Sandbox

from .access import wrong_host, wrong_origin
from .control import routes
from .page import page
from .raw_responses import Receive, Scope, Send, send_response


class SandboxApp:
    """The sandbox as an ASGI application.

    Args:
        sandbox: The sandbox that answers.
        hosts: Names that it answers to on loopback, besides those of this machine and of the settings.
    """

    def __init__(self, sandbox: Sandbox, hosts: Collection[str] = ()) -> None:
        self.sandbox = sandbox
        self._hosts = hosts
        self._tools = Starlette(routes=[Route("/", page), Mount("/_sandbox", routes=routes(sandbox))])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection scope."""
        path = scope.get("path", "/")
        if scope["type"] != "http":
            await self._tools(scope, receive, send)
            return
        if problem := wrong_host(scope, {*self._hosts, *self.sandbox.settings.hosts}):
            await JSONResponse({"message": problem}, 421)(scope, receive, send)
            return
        if path in {"/", "/_sandbox"} or path.startswith("/_sandbox/"):
            problem = wrong_origin(scope)
            answer = self._tools if problem is None else JSONResponse({"error": problem}, 403)
            await answer(scope, receive, send)
            return
        chunks: list[bytes] = []
        more = True
        while more:
            event = await receive()
            if event["type"] == "http.disconnect":
                return  # an incomplete request is not a request
            chunks.append(event.get("body", b""))
            more = event.get("more_body", False)
        # Only the raw path distinguishes an encoded slash from a real one.
        raw_path = (scope.get("raw_path") or path.encode()).decode("latin-1")
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        response = self.sandbox.service.handle(scope["method"], raw_path, headers, b"".join(chunks))
        await send_response(response, scope, receive, send)
