"""``sandbox``: the stand-in for 8x8, in the foreground."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING, Any

import attrs

from connect_sms.errors.base import InvalidArgument

from .exits import Exit
from .interrupts import Interrupts

if TYPE_CHECKING:
    from .voice import Voice


@attrs.frozen
class Stage:
    """How to run the sandbox: where it listens, and how fast its clock goes."""

    host: str
    port: int
    speed: float
    receipt_url: str | None
    sub_account: str | None


def run(voice: Voice, stage: Stage) -> int:
    """Run it until Ctrl-C."""
    from connect_sms import sandbox  # noqa: PLC0415  a wing of its own, with an extra of its own

    options: dict[str, Any] = {"factor": stage.speed, "receipt_url": stage.receipt_url}
    if stage.sub_account is not None:
        options["sub_account_id"] = stage.sub_account
    try:
        if voice.json:
            return _in_json(voice, stage, options)
        sandbox.serve(stage.host, stage.port, sandbox=sandbox.Sandbox(**options), echo=voice.say)
    except KeyboardInterrupt:  # a second one, or the server passing on the first
        pass
    except OSError as fault:
        why = fault.strerror or type(fault).__name__
        raise InvalidArgument(
            f"cannot listen on {stage.host} port {stage.port}: {why}. --port 0 takes a free one",
            argument="port",
        ) from None
    except ValueError as wrong:
        raise InvalidArgument(str(wrong), argument="sandbox") from None
    return Exit.DONE


def _in_json(voice: Voice, stage: Stage, options: dict[str, Any]) -> int:
    from dataclasses import asdict  # noqa: PLC0415

    from connect_sms.sandbox import SandboxServer  # noqa: PLC0415  as above

    # The server runs in a thread here: only this one may be interrupted, and only it writes the last line.
    with Interrupts() as stop, SandboxServer(host=stage.host, port=stage.port, **options) as server:
        settings = server.settings
        voice.emit(
            {
                "type": "listening",
                "url": server.url,
                "base_url": server.base_url,
                "sub_account_id": settings.sub_account_id,
                "api_key": settings.api_key,
            }
        )
        server.listen(lambda event: voice.emit({"type": type(event).__name__, **asdict(event)}))
        try:
            with stop.allowed():
                Event().wait()
        except KeyboardInterrupt:
            pass
    return voice.end(Exit.DONE, type="stopped")
