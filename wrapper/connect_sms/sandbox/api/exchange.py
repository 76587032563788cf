"""A request being answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from connect_sms.sandbox.faults.kinds import HEADER, Fault
from connect_sms.sandbox.json import loads

from .refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .routing import Route

_FAULT_HEADER: Final = HEADER.lower()


@dataclass(slots=True)
class Exchange:
    """A request, and its state while it is answered."""

    headers: Mapping[str, str]
    body: bytes
    route: Route | None = None
    fault: Fault | None = None
    accepted: int = 0
    rejected: int = 0
    code: int | None = None
    about: str = ""

    def json(self) -> object:
        """The JSON value of the body.

        Raises:
            Refusal: It is not JSON, or not declared as JSON.
        """
        media_type = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != "application/json" and not media_type.endswith("+json"):
            raise Refusal(1000, "The Content-Type is not application/json")
        try:
            return cast("object", loads(self.body))
        except (ValueError, RecursionError):
            raise Refusal(1000, "The body is not JSON") from None

    def fault_in_header(self) -> Fault | None:
        """The fault named in the request's header.

        Raises:
            Refusal: There is no such fault.
        """
        text = self.headers.get(_FAULT_HEADER)
        if text is None:
            return None
        try:
            return Fault.parse(text)
        except ValueError as problem:
            raise Refusal(1000, f"{HEADER}: {problem}") from None
