"""From whatever a caller gives for a recipient to a checked row of a batch request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

import attrs

from connect_sms_api.models import BatchMessage

from ._prepare import (
    MESSAGE_FIELDS,
    check_body,
    check_extra,
    check_id,
    check_options,
    checked_destination,
    new_id,
)
from .errors import InvalidArgument, InvalidText
from .messages import Message, RecipientResult

if TYPE_CHECKING:
    from .config import Settings

_MESSAGE_FIELDS: Final = tuple(field.name for field in attrs.fields(Message))
_OPTIONS: Final = (
    "sender",
    "encoding",
    "scheduled",
    "expiry",
    "receipt_url",
    "country",
    "client_ip",
    "track",
)


@attrs.frozen
class Row:
    """A checked message, ready to go into a request."""

    index: int
    destination: str
    client_message_id: str
    text: str
    model: BatchMessage
    extra: Mapping[str, Any] | None

    def result(self, umid: str | None = None, reason: str | None = None) -> RecipientResult:
        """What became of it."""
        return RecipientResult(self.index, self.destination, self.client_message_id, umid, reason)


class Checker:
    """Turns whatever a caller gives for a recipient into a row."""

    def __init__(
        self,
        settings: Settings,
        text: str | None,
        max_parts: int | None,
        options: Mapping[str, Any],
        *,
        reject: bool,
    ) -> None:
        self._settings = settings
        self._text = text
        self._max_parts = max_parts
        self._options = options
        self._reject = reject
        self._fields = check_options(self._settings, **options)
        self._prefix = new_id()
        self._own_ids: set[str] = set()
        if text is not None:
            check_body(self._settings, text, self._fields, max_parts)

    def rows(
        self, items: Iterable[object], first_index: int
    ) -> tuple[list[Row], list[RecipientResult], list[InvalidArgument]]:
        """Check messages; wrong ones become rejections or problems, as the caller chose."""
        good: list[Row] = []
        rejected: list[RecipientResult] = []
        problems: list[InvalidArgument] = []
        for index, item in enumerate(items, first_index):
            try:
                good.append(self._plain(index, item) if isinstance(item, str) else self._full(index, item))
            except InvalidArgument as wrong:
                if self._reject:
                    rejected.append(_refused_here(index, item, str(wrong)))
                else:
                    problems.append(wrong.at(index))
        return good, rejected, problems

    def _plain(self, index: int, destination: str) -> Row:
        if self._text is None:
            raise _no_text()
        to = checked_destination(destination, self._fields)
        own_id = f"{self._prefix}-{index}"
        model = BatchMessage(to, self._text, client_message_id=own_id, **self._fields)
        return Row(index, to, own_id, self._text, model, None)

    def _full(self, index: int, item: object) -> Row:
        message = item if isinstance(item, Message) else _message_from(item)
        own = {name: value for name in _OPTIONS if (value := getattr(message, name)) is not None}
        fields = check_options(self._settings, **{**self._options, **own}) if own else self._fields
        text = self._text if message.text is None else message.text
        if text is None:
            raise _no_text()
        if message.text is not None or own:
            check_body(self._settings, text, fields, self._max_parts)
        to = checked_destination(message.destination, fields)
        own_id = f"{self._prefix}-{index}"
        if message.client_message_id is not None:
            own_id = check_id(message.client_message_id)
            if own_id in self._own_ids:
                msg = "another message of this batch has the same client_message_id; their results would be mixed up"
                raise InvalidArgument(msg, argument="client_message_id")
            self._own_ids.add(own_id)
        model = BatchMessage(to, text, client_message_id=own_id, **fields)
        extra = check_extra(message.extra, MESSAGE_FIELDS)
        return Row(index, to, own_id, text, model, extra)


def _no_text() -> InvalidText:
    return InvalidText("it has no text; give each message one, or text= for all", argument="text")


def _message_from(item: object) -> Message:
    if not isinstance(item, Mapping):
        msg = f"it must be a number, a mapping or a Message, not {type(item).__name__}"
        raise InvalidArgument(msg, argument="messages")
    unknown = [name for name in item if name not in _MESSAGE_FIELDS]
    if unknown or "destination" not in item:
        # Names of columns may be shown; anything that is no plain name may be a value in the wrong place.
        shown = ", ".join(
            name if isinstance(name, str) and name.isidentifier() else "?" for name in unknown[:5]
        )
        wrong = f"unknown: {shown}" if unknown else "destination is missing"
        msg = f"a mapping takes the keys {', '.join(_MESSAGE_FIELDS)}; {wrong}"
        raise InvalidArgument(msg, argument="messages")
    return Message(**item)


def _refused_here(index: int, item: object, reason: str) -> RecipientResult:
    if isinstance(item, Message):
        item = item.destination
    elif isinstance(item, Mapping):
        item = item.get("destination")
    return RecipientResult(index, item if isinstance(item, str) else "", "", None, f"not sent: {reason}")
