"""The ASGI application: the operations, the control endpoints and the page."""

# ruff: noqa: TC001  at run time too, so that `typing.get_type_hints` finds every name

from __future__ import annotations

from starlette.applications import Starlette
from starlette.routing import Mount, Route

from connect_sms.sandbox.sandbox import Sandbox

from .control import routes
from .page import page
from .raw_responses import Receive, Scope, Send, send_response


class SandboxApp:
    """The sandbox as an ASGI application.

    Args:
        sandbox: The sandbox that answers.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self._tools = Starlette(routes=[Route("/", page), Mount("/_sandbox", routes=routes(sandbox))])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection scope."""
        path = scope.get("path", "/")
        if scope["type"] != "http" or path in {"/", "/_sandbox"} or path.startswith("/_sandbox/"):
            await self._tools(scope, receive, send)
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
