"""The safety table for HTTP statuses, once more and by hand."""

from __future__ import annotations

from typing import Final

from connect_sms import (
    AuthenticationFailed,
    BadRequest,
    ConnectSmsError,
    Gone,
    InsecureProtocol,
    InvalidResponse,
    NotFound,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    ServerError,
)

TRIES: Final = 3

_REFUSALS: Final[dict[int, type[ConnectSmsError]]] = {
    400: BadRequest,
    401: AuthenticationFailed,
    403: PermissionDenied,
    404: NotFound,
    410: Gone,
    422: BadRequest,
    426: InsecureProtocol,
}


def send_error(status: int) -> tuple[type[ConnectSmsError], int, bool]:
    """To a send answered with no 2xx: the error, how many requests, and whether it may have been sent."""
    if status == 429:
        return RateLimited, TRIES, False
    if status in {408, 499} or status >= 500 or status < 400:
        return OutcomeUnknown, 1, True
    return _REFUSALS.get(status, BadRequest), 1, False


def read_error(status: int) -> tuple[type[ConnectSmsError], int]:
    """For a status request: the error to a status that is no 2xx, and the requests it takes."""
    if status == 429:
        return RateLimited, TRIES
    if status in {408, 499} or status >= 500:
        return ServerError, TRIES
    if status < 400:
        return InvalidResponse, 1
    return _REFUSALS.get(status, BadRequest), 1
