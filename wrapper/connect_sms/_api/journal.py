"""The record of a send: durable before the first byte goes out, settled after the answer.

Whatever ends the process or the task in between, the messages are in the journal: being handed over, and
unknown once this process is gone or the deadline has passed.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from connect_sms.errors.base import StoreUnavailable
from connect_sms.errors.calls import OutcomeUnknown

from .interruption import note_under_way

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from connect_sms._transport.effects import Flow
    from connect_sms.config import Settings, Timeout
    from connect_sms.models.sent import SentMessage
    from connect_sms.models.store import SendJournal

    from .store import StoreCalls

T = TypeVar("T")

log: Final = logging.getLogger("connect_sms")

#: Seconds added to the longest duration of a call: for a slow body, a check before the write, a busy machine.
_MARGIN: Final = 300.0

#: How much of a call's time the journal may take when the message is sent without a record, too.
_WITHOUT: Final = 0.5

#: The most tries, and seconds until a deadline, that are counted.
_MANY: Final = 1_000
_LONGEST: Final = 30 * 86_400.0


class Record:
    """The record of the messages of one request.

    Args:
        journal: Where it is kept.
        settings: The client's settings.
        messages: The messages, with the outcome ``HANDING_OVER``.
        store: The calls to the journal that the caller's call has made so far.

    Attributes:
        messages: The same.
        in_doubt: True when the call failed, and may have sent them all the same.
    """

    def __init__(
        self,
        journal: SendJournal,
        settings: Settings,
        messages: Sequence[SentMessage],
        store: StoreCalls,
    ) -> None:
        self.in_doubt = False
        self._store = store
        self._ends: float | None = None
        self._journal = journal
        self._settings = settings
        self.messages = messages
        self._begun = False
        self._stands = False
        self._given_up = False

    def hand_over(self, timeout: Timeout, ends: float | None) -> Flow[None]:
        """Record the messages, durably, before the first try; later tries change nothing.

        Args:
            timeout: The timeout of a try.
            ends: A time of the clock at which the call ends. The journal is waited for no longer than that;
                where a send goes out without a record, half as long, so that it has time to be answered.

        Raises:
            StoreUnavailable: They could not be recorded, and must not be sent.
        """
        if self._begun:
            return
        self._begun = self._stands = True
        self._ends = ends
        share = _WITHOUT if self._settings.send_without_store else 1.0
        deadline = self._settings.clock.now() + timedelta(seconds=_longest(self._settings, timeout))
        try:
            yield from self._store.call(partial(self._write, deadline), deadline=ends, share=share)
        except StoreUnavailable as error:
            failure = error
        except BaseException:
            self._given_up = True
            raise
        else:
            return
        self._stands = False
        if not self._settings.send_without_store:
            if type(failure) is not StoreUnavailable:
                raise failure  # a journal of another kind says it itself
            told = "nothing was sent, as a send is recorded first (send_without_store=True sends without)"
            raise StoreUnavailable(reason=f"{failure.reason}; {told}")
        log.warning("receipts: %s; sending without a record", failure)

    def _write(self, deadline: datetime, *, timeout: float | None) -> None:
        self._journal.hand_over(self.messages, deadline=deadline, timeout=timeout)
        if self._given_up:
            # Nobody waited for this thread, and nothing was sent.
            self._journal.withdraw(self.messages, timeout=timeout)

    def settled(
        self, sending: Flow[T], result: Callable[[BaseException | None], Sequence[SentMessage]]
    ) -> Flow[T]:
        """Run the flow that sends the messages, and record what came of them however it ends.

        A failure to record that is logged and changes nothing: the messages then become unknown in time.

        Args:
            sending: The flow; it calls `hand_over` before its first `Send`.
            result: Returns what came of the messages, given the exception that ended the flow; empty when
                none of them was sent.
        """
        try:
            done = yield from sending
        except GeneratorExit:
            raise  # a closed flow does not continue; the record stands
        except BaseException as stop:
            try:
                yield from self._settle(result(stop))
            except BaseException as again:
                if self.in_doubt:
                    note_under_way(again, self._only_id)
                raise
            raise
        yield from self._settle(result(None))
        return done

    @property
    def _only_id(self) -> str | None:
        return self.messages[0].client_message_id if len(self.messages) == 1 else None

    def _settle(self, messages: Sequence[SentMessage]) -> Flow[None]:
        if messages:
            tell = partial(self._journal.record_sent, messages)
        elif self._stands:
            tell = partial(self._journal.withdraw, self.messages)
        else:
            return
        # Shielded: it is brief, and a cancelled task must not leave as unknown what is known.
        yield from self._store.ask(tell, otherwise=None, deadline=self._ends, shielded=True)


def why_unknown(stop: BaseException) -> str:
    """The reason to record for messages that may have been sent, after what ended the call."""
    if isinstance(stop, OutcomeUnknown):
        return stop.reason
    return f"{type(stop).__name__} while its request was under way"


def _longest(settings: Settings, timeout: Timeout) -> float:
    """Seconds after which a call has ended, with room to spare.

    A batch may try two paths; a connection is waited for in the pool and on the network; a request is written
    and its answer read.
    """
    retries = settings.retries
    pause = max(retries.max_delay, retries.max_retry_after)
    a_try = 2 * (timeout.connect + timeout.read) + pause
    return min(2 * min(retries.tries, _MANY) * a_try + _MARGIN, _LONGEST)
