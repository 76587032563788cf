"""``sandbox``: runs the sandbox in the foreground."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from connect_sms import sandbox as wing
from connect_sms.cli.exit_codes import Exit
from connect_sms.cli.receipt_secrets import AUTHORIZATION
from connect_sms.cli.serving import cannot_listen, wait_in_json
from connect_sms.cli.signals import Interrupts
from connect_sms.errors.base import InvalidArgument

if TYPE_CHECKING:
    from pathlib import Path

    from connect_sms.cli.output import Output


def sandbox(
    out: Output,
    *,
    host: str,
    port: int,
    speed: float,
    receipt_url: str | None,
    authorization_file: Path | None,
    sub_account: str | None,
    allow_hosts: list[str] | None,
) -> int:
    """Run the sandbox until Ctrl-C. Of two Authorization values it posts with the first, the new one.

    Raises:
        ConfigurationError: The Authorization value cannot be read.
        InvalidArgument: It cannot listen there, or an option is invalid.
    """
    registered = AUTHORIZATION.read(authorization_file)
    options: dict[str, Any] = {
        "factor": speed,
        "receipt_url": receipt_url,
        "receipt_authorization": registered[0] if registered else None,
    }
    if allow_hosts:
        options["hosts"] = frozenset(allow_hosts)
    if sub_account is not None:
        options["sub_account_id"] = sub_account
    out.keep()  # a server does not end because nobody reads what it says
    try:
        if out.json:
            return _in_json(out, host, port, options)
        wing.serve(host, port, sandbox=wing.Sandbox(**options), echo=out.say)
    except KeyboardInterrupt:  # a second one, or the server passing on the first
        pass
    except OSError as fault:
        raise cannot_listen(host, port, fault) from None
    except ValueError as wrong:
        raise InvalidArgument(str(wrong), argument="sandbox") from None
    return out.end(Exit.DONE)


def _in_json(out: Output, host: str, port: int, options: dict[str, Any]) -> int:
    with Interrupts() as stop, wing.SandboxServer(host=host, port=port, **options) as server:
        where = {"url": server.url, "base_url": server.base_url}
        account = {name: getattr(server.settings, name) for name in ("sub_account_id", "api_key")}
        out.emit({"type": "listening", **where, **account})
        server.listen(lambda event: out.emit({"type": type(event).__name__, **asdict(event)}))
        return wait_in_json(out, stop)
