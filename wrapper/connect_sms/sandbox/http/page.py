"""The page at ``/``, which shows messages and requests live."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse

if TYPE_CHECKING:
    from starlette.requests import Request

_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@cache
def _html() -> str:
    return resources.files("connect_sms.sandbox.http").joinpath("page.html").read_text(encoding="utf-8")


async def page(request: Request) -> HTMLResponse:
    """Serve the page. It loads nothing but this sandbox's own control endpoints."""
    del request
    return HTMLResponse(_html(), headers={"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"})
