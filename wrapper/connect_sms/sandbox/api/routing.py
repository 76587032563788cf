"""The paths of the service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote

from .refusals import Refusal

if TYPE_CHECKING:
    from connect_sms.sandbox.faults.kinds import OperationName
    from connect_sms.sandbox.settings import SandboxSettings

BASE_PATH: Final = "/api/v1/subaccounts"
IN_PROCESS_HOST: Final = "sandbox.invalid"
"""The host name of a sandbox without a socket, under https."""

_METHODS: Final[dict[OperationName, str]] = {
    "send": "POST",
    "batch": "POST",
    "status": "GET",
    "export": "POST",
    "export-status": "GET",
    "export-file": "GET",
}


class Route(NamedTuple):
    """The target of a request.

    Attributes:
        operation: The operation.
        sub_account: The sub-account of the path.
        item: The UMID, job id or token of the path, or an empty text.
    """

    operation: OperationName
    sub_account: str
    item: str = ""


def route(method: str, raw_path: str, settings: SandboxSettings) -> Route:
    """The operation behind a path, under the live base path or at the root."""
    path = raw_path.removeprefix(BASE_PATH) if raw_path.startswith(f"{BASE_PATH}/") else raw_path
    segments = [unquote(segment) for segment in path.split("/")[1:]]
    match segments:
        case [sub_account, "messages"]:
            found = Route("send", sub_account)
        case [sub_account, "messages", "batch"] if settings.batch_paths != "catalogue":
            found = Route("batch", sub_account)
        case [sub_account, "batch"] if settings.batch_paths != "live":
            found = Route("batch", sub_account)
        case [sub_account, "messages", "exports"]:
            found = Route("export", sub_account)
        case [sub_account, "messages", "exports", job_id] if job_id:
            found = Route("export-status", sub_account, job_id)
        case [sub_account, "messages", "download", token] if token:
            found = Route("export-file", sub_account, token)
        case [sub_account, "messages", umid] if umid:
            found = Route("status", sub_account, umid)
        case _:
            closed = settings.closed_batch_path_status if segments[1:] == ["batch"] else None
            raise Refusal(None, "There is nothing at this path", status=closed or 404)
    if method != _METHODS[found.operation]:
        closed = settings.closed_batch_path_status if found.item == "batch" else None
        allow = (("Allow", _METHODS[found.operation]),)
        raise Refusal(None, "This method is not served here", status=closed or 405, headers=allow)
    return found
