"""The exception that refuses a request."""

from __future__ import annotations


class Refusal(Exception):
    """The whole request is refused.

    Attributes:
        status: The HTTP status.
        code: The API code; None when it is not the API that refuses, which is not served at that path.
        message: The error, without the value.
        headers: Further headers of the response.
    """

    def __init__(
        self, code: int | None, message: str, *, status: int = 400, headers: tuple[tuple[str, str], ...] = ()
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers
