"""A message store in memory, for what a client tells a store and asks of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connect_sms.models.providers import PROVIDER
from tests.support.callers import SUB_ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from connect_sms.models.sent import SentMessage
    from connect_sms.models.status import MessageStatus


class Store:
    """Keeps what it is told, and says what it is given to say.

    Attributes:
        timeouts: What each call was told to wait at most, in turn.

    Args:
        said: What `status` gives, in turn; None after that.
        slot: Seconds until a status request may be made.
        trouble: Raised by every method, or by those that are failing.
        failing: Their names; all when empty.
    """

    def __init__(
        self,
        *said: MessageStatus | None,
        slot: float = 0.0,
        trouble: BaseException | None = None,
        failing: tuple[str, ...] = (),
    ) -> None:
        self.handed_over: list[SentMessage] = []
        self.deadlines: list[datetime] = []
        self.withdrawn: list[SentMessage] = []
        self.sent: list[SentMessage] = []
        self.statuses: list[MessageStatus] = []
        self.asked: list[tuple[str, str]] = []
        self.timeouts: list[float | None] = []
        self._said = list(said)
        self._slot = slot
        self._trouble = trouble
        self._failing = failing
        self._standing: dict[tuple[str, datetime], SentMessage] = {}

    @property
    def standing(self) -> list[SentMessage]:
        """The messages that were handed over, and neither settled nor withdrawn."""
        return list(self._standing.values())

    def _end(self, messages: Sequence[SentMessage]) -> None:
        for message in messages:
            self._standing.pop((message.client_message_id, message.sent_at), None)

    def _maybe_fail(self, name: str) -> None:
        if self._trouble is not None and (not self._failing or name in self._failing):
            raise self._trouble

    def hand_over(
        self, messages: Sequence[SentMessage], /, *, deadline: datetime, timeout: float | None
    ) -> None:
        self.timeouts.append(timeout)
        self._maybe_fail("hand_over")
        self._standing |= {(message.client_message_id, message.sent_at): message for message in messages}
        self.handed_over += messages
        self.deadlines.append(deadline)

    def withdraw(self, messages: Sequence[SentMessage], /, *, timeout: float | None) -> None:
        self.timeouts.append(timeout)
        self._maybe_fail("withdraw")
        self.withdrawn += messages
        self._end(messages)

    def record_sent(self, messages: Sequence[SentMessage], /, *, timeout: float | None) -> None:
        self.timeouts.append(timeout)
        self._maybe_fail("record_sent")
        self.sent += messages
        self._end(messages)

    def record(self, statuses: Sequence[MessageStatus], /, *, timeout: float | None) -> None:
        self.timeouts.append(timeout)
        self._maybe_fail("record")
        self.statuses += statuses

    def status(
        self, umid: str, /, *, provider: str = PROVIDER, timeout: float | None = None
    ) -> MessageStatus | None:
        self.timeouts.append(timeout)
        self._maybe_fail("status")
        self.asked.append((provider, umid))
        return self._said.pop(0) if self._said else None

    def reserve_status_slot(self, sub_account_id: str, interval: float, /, *, timeout: float | None) -> float:
        self.timeouts.append(timeout)
        self._maybe_fail("reserve_status_slot")
        assert (sub_account_id, interval) == (SUB_ACCOUNT, 1.0)
        return self._slot
