"""The effects of faults on responses."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from connect_sms.sandbox.api.responses import (
    CODES,
    HTML,
    INTERNAL,
    Response,
    error_response,
    rate_limited,
)
from connect_sms.sandbox.json import dumps

from .corruption import CORRUPTIONS

if TYPE_CHECKING:
    from connect_sms.sandbox.settings import SandboxSettings

    from .kinds import Fault

_GATEWAY_PAGE: Final = (
    b"<!DOCTYPE html><html><head><title>Gateway</title></head><body><h1>It did not work</h1></body></html>"
)
_WRONG_BY: Final = 10
"""Bytes by which a wrong Content-Length differs."""


def failure(fault: Fault, now: float, settings: SandboxSettings) -> Response:
    """The response of a fault that replaces the correct one.

    Args:
        fault: A fault before acceptance, or an ``error``, ``reset``, ``close`` or ``stall``.
        now: Sandbox time.
        settings: Its ``max_stall`` limits the wait.
    """
    match fault.effect:
        case "error":
            if fault.body == "json":
                code = CODES.get(fault.status, INTERNAL) if fault.code is None else fault.code
                return error_response(fault.status, code, "A fault that was asked for", now)
            body = _GATEWAY_PAGE if fault.body == "html" else b""
            return Response(fault.status, body, content_type=HTML)
        case "reset":
            return Response(0, ending="none", reset=True)
        case "close":
            return Response(0, ending="none")
        case "stall":
            return Response(0, ending="none", hold=_seconds(fault, 30.0, settings))
        case "rate-limit":
            wait = 1.0 if fault.seconds is None else fault.seconds
            return rate_limited(wait, now, form=fault.form or "seconds")
        case "old-tls":
            upgrade = (("Upgrade", "TLS/1.3"),)
            return error_response(426, 1014, "This TLS version is too old", now, headers=upgrade)
        case _:
            return Response(0, ending="none", reset=True, refused=True)


def with_fault(
    fault: Fault, response: Response, content: dict[str, Any], now: float, settings: SandboxSettings
) -> Response:
    """A correct response, changed by the fault.

    Args:
        fault: The fault.
        response: The correct response.
        content: The JSON value of its body.
        now: Sandbox time.
        settings: Its ``max_stall`` limits the wait.
    """
    match fault.effect:
        case "error" | "reset" | "close" | "stall":
            return failure(fault, now, settings)
        case "slow":
            return replace(response, hold=_seconds(fault, 1.0, settings))
        case "reset-answer" | "truncated-answer" as kind:
            return replace(response, ending="part", reset=kind == "reset-answer")
        case "wrong-length":
            off = -_WRONG_BY if fault.form == "short" else _WRONG_BY
            return replace(response, declared=len(response.body) + off)
        case "not-json":
            return Response(response.status, _GATEWAY_PAGE, content_type=HTML)
        case "empty-answer":
            return Response(response.status)
        case kind:
            corrupt = CORRUPTIONS.get(kind)
            return response if corrupt is None else replace(response, body=dumps(corrupt(content)))


def _seconds(fault: Fault, default: float, settings: SandboxSettings) -> float:
    """Real seconds for which a fault delays a response."""
    return min(default if fault.seconds is None else fault.seconds, settings.max_stall)
