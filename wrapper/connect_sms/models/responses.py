"""A raw HTTP response."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import attrs


@attrs.frozen
class RawResponse:
    """An HTTP response as it came.

    Attributes:
        status: The HTTP status.
        headers: The headers, their names in lower case.
        body: The bytes of the body, decompressed.
        followed_by_data: True when more lay on the connection behind it. So it may not be the answer to this
            request: a server that sends one response too many is one response behind.
    """

    status: int
    headers: Mapping[str, str] = attrs.field(repr=False)
    body: bytes = attrs.field(repr=lambda body: f"<{len(body)} bytes>")
    followed_by_data: bool = attrs.field(default=False, repr=False)

    def json(self) -> Any:  # noqa: ANN401  JSON is anything
        """The body as JSON.

        Raises:
            ValueError: It is not JSON.
        """
        return json.loads(self.body)

    def redacted(self) -> RawResponse:
        """The status alone: a body may name a recipient."""
        return RawResponse(self.status, {}, b"")
