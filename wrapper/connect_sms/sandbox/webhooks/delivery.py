"""Deliveries to a receiver, and a record of each attempt."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from connect_sms.sandbox.messages import SandboxMessage
    from connect_sms.sandbox.scenarios import StateChange


@dataclass(frozen=True, slots=True)
class DeliveryAttempt:
    """One attempt to post a receipt or an inbound message.

    Attributes:
        at: Sandbox time in seconds since the epoch.
        umid: The UMID of the message.
        what: The state that a receipt reports, or ``inbound``.
        attempt: 1 for the first.
        result: An HTTP status, ``error`` (no connection, or no response in time) or ``refused`` (the host is
            not loopback).
    """

    at: float
    umid: str
    what: str
    attempt: int
    result: int | Literal["error", "refused"]

    @property
    def ok(self) -> bool:
        """Whether the receiver accepted it."""
        return isinstance(self.result, int) and HTTPStatus.OK <= self.result < HTTPStatus.BAD_REQUEST


@dataclass(slots=True)
class Delivery:
    """A receipt or an inbound message to post.

    Attributes:
        url: The receiver's URL.
        message: The message of a receipt; None for an inbound message.
        at: When its state changed, in seconds since the epoch.
        change: The change of state that a receipt reports.
        following: The index of the message's next change, to be scheduled when this one is posted.
        payload: The payload of an inbound message. A receipt's is made when posted, to save memory.
        attempt: 1 for the first.
    """

    url: str
    message: SandboxMessage | None = None
    at: float = 0.0
    change: StateChange | None = None
    following: int | None = None
    payload: dict[str, Any] | None = None
    attempt: int = 1

    @property
    def what(self) -> str:
        """The state that a receipt reports, or ``inbound``."""
        return "inbound" if self.change is None else self.change.state

    @property
    def umid(self) -> str:
        """The UMID of the message."""
        return str((self.payload or {}).get("umid")) if self.message is None else self.message.umid
