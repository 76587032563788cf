"""Rows: messages of a batch, checked and ready for the wire.

There may be a million rows, so a row is small, and common values are stored once.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final, cast

import attrs

from connect_sms._api.bodies import MESSAGE_FIELDS, row_fields
from connect_sms._api.request import json_bytes
from connect_sms._transport.json import dumps
from connect_sms._validation.options import OPTION_NAMES, check_extra, check_id, check_options, new_id
from connect_sms._validation.phone_numbers import check_destination
from connect_sms.errors.base import InvalidArgument, InvalidText
from connect_sms.models.batch_results import RecipientResult
from connect_sms.models.messages import Message
from connect_sms.text.checking import check_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from connect_sms.config import Settings
    from connect_sms.text.counting import Encoding


_FIELDS: Final = tuple(field.name for field in attrs.fields(Message))
_FIELD_NAMES: Final = frozenset(_FIELDS)
_OPTION_NAMES: Final = frozenset(OPTION_NAMES)

#: Bytes of a message on the wire around its number, text and id, the quotes of number and id included.
_FRAME: Final = len(b'{"destination":"","text":,"clientMessageId":""},')

#: Number of cached option sets, so that a thousand alternating senders are checked once each.
_REMEMBERED: Final = 1024


def added_size(document: Mapping[str, Any] | None) -> int:
    """Bytes that fields add to a JSON object with other fields.

    Raises:
        InvalidArgument: They hold something JSON cannot encode.
    """
    return len(json_bytes(document)) - len(b"{}") + len(b",") if document else 0


@attrs.frozen(eq=False, repr=False)
class Common:
    """The options of messages besides number, text and id; usually the same for a whole batch."""

    country: str | None
    encoding: Encoding
    wire: dict[str, Any]
    size: int

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Common:
        """These options, checked, as the generated class writes them."""
        wire = row_fields(options)
        return cls(options.get("country"), options.get("encoding", "AUTO"), wire, added_size(wire))


@attrs.define(eq=False, repr=False, weakref_slot=False)
class Row:
    """A checked message, ready to go into a request.

    Attributes:
        index: Its position in the batch.
        destination: The number.
        client_message_id: The caller's own id, or a generated one.
        text: The text.
        common: The other options.
        size: Its encoded size in bytes, without its text.
        extra: Further fields.
    """

    index: int
    destination: str
    client_message_id: str
    text: str
    common: Common
    size: int
    extra: Mapping[str, Any] | None = None

    def document(self) -> dict[str, Any]:
        """The encoded message, as the generated class writes it but many times faster."""
        document = {
            "destination": self.destination,
            "text": self.text,
            "clientMessageId": self.client_message_id,
            **self.common.wire,
        }
        if self.extra is not None:
            document.update(self.extra)
        return document

    def result(self, umid: str | None = None, reason: str | None = None) -> RecipientResult:
        """The result of the message."""
        return RecipientResult(self.index, self.destination, self.client_message_id, umid, reason)


class Checker:
    """Converts a caller's recipient to a row."""

    def __init__(
        self, settings: Settings, text: str | None, max_parts: int | None, options: Mapping[str, Any]
    ) -> None:
        self._settings = settings
        self._text = text
        self._max_parts = settings.max_parts if max_parts is None else max_parts
        self._options = options
        self._common = self._checked(options)
        self._seen: dict[tuple[object, ...], Common] = {}
        self._prefix = new_id()
        self._callers_ids: set[str] = set()
        if text is not None:
            self._check_text(text, self._common)

    def row(self, index: int, item: object) -> Row:
        """Check a message.

        Raises:
            InvalidArgument: The message is invalid.
        """
        if not isinstance(item, str):
            return self._full(index, _given(item))
        text, common = self._text, self._common
        if text is None:
            raise _no_text()
        to = check_destination(item, country=common.country)
        own_id = f"{self._prefix}-{index}"
        return Row(index, to, own_id, text, common, _FRAME + len(to) + len(own_id) + common.size)

    def forget(self, results: Iterable[RecipientResult]) -> None:
        """Drop the callers' ids of these messages; later messages may reuse them."""
        if self._callers_ids:
            self._callers_ids.difference_update(result.client_message_id for result in results)

    def _full(self, index: int, given: Mapping[str, Any]) -> Row:
        common = self._common_of(given)
        own_text: str | None = given.get("text")
        text = self._text if own_text is None else own_text
        if text is None:
            raise _no_text()
        if text is not self._text or common is not self._common:
            self._check_text(text, common)
        to = check_destination(given.get("destination"), country=common.country)
        size = _FRAME + len(to) + common.size
        extra = check_extra(given.get("extra"), MESSAGE_FIELDS)
        if extra is not None:
            # Encoded now: found later, a JSON error would stop a batch half-way.
            size += added_size(extra)
            # A copy, as the caller may reuse the mapping.
            extra = deepcopy(dict(extra))
        callers_id: str | None = given.get("client_message_id")
        if callers_id is None:
            own_id = f"{self._prefix}-{index}"
            size += len(own_id)
        else:
            own_id = self._callers_id(callers_id)
            size += len(dumps(own_id)) - len('""')
        return Row(index, to, own_id, text, common, size, extra)

    def _checked(self, options: Mapping[str, Any]) -> Common:
        settings = self._settings
        return Common.of(check_options(options, defaults=settings.message_defaults, now=settings.clock.now))

    def _check_text(self, text: str, common: Common) -> None:
        check_text(text, common.encoding, max_parts=self._max_parts)

    def _callers_id(self, client_message_id: str) -> str:
        own_id = check_id(client_message_id)
        if own_id in self._callers_ids:
            msg = (
                "another message of this batch has the same client_message_id; "
                "their results would be mixed up"
            )
            raise InvalidArgument(msg, argument="client_message_id")
        self._callers_ids.add(own_id)
        return own_id

    def _common_of(self, given: Mapping[str, Any]) -> Common:
        if _OPTION_NAMES.isdisjoint(given):
            return self._common
        own = {name: value for name in OPTION_NAMES if (value := given.get(name)) is not None}
        if not own:
            return self._common
        key = (*own, *own.values())
        try:
            known = self._seen.get(key)
        except TypeError:  # unhashable; the check below refuses it with a better message
            known = None
        if known is None:
            known = self._checked({**self._options, **own})
            if len(self._seen) >= _REMEMBERED:
                self._seen.clear()
            self._seen[key] = known
        return known


def unchecked_result(index: int, item: object, reason: str) -> RecipientResult:
    """The result of a recipient that never became a row."""
    number: object = item
    own_id: object = None
    if isinstance(item, Message):
        number, own_id = item.destination, item.client_message_id
    elif isinstance(item, Mapping):
        mapping = cast("Mapping[object, object]", item)
        # A caller's own mapping class may raise anything, and the result is still needed.
        with suppress(Exception):
            number, own_id = mapping.get("destination"), mapping.get("client_message_id")
    return RecipientResult(
        index,
        number if isinstance(number, str) else "",
        own_id if isinstance(own_id, str) else "",
        None,
        reason,
    )


def _no_text() -> InvalidText:
    return InvalidText("it has no text; give each message its own, or one text for all", argument="text")


def _given(item: object) -> Mapping[str, Any]:
    """The fields of a message, by the names of `Message`."""
    if isinstance(item, Message):
        return {name: value for name in _FIELDS if (value := getattr(item, name)) is not None}
    if not isinstance(item, Mapping):
        msg = f"it must be a number, a mapping or a Message, not {type(item).__name__}"
        raise InvalidArgument(msg, argument="messages")
    mapping = cast("Mapping[str, Any]", item)
    if "destination" in mapping and _FIELD_NAMES.issuperset(mapping):
        return mapping
    # Column names may be shown; anything else may be a value in the wrong place.
    unknown = [
        name if isinstance(name, str) and name.isidentifier() else "?"
        for name in mapping
        if name not in _FIELD_NAMES
    ]
    wrong = f"unknown: {', '.join(unknown[:5])}" if unknown else "destination is missing"
    raise InvalidArgument(f"a mapping takes the keys {', '.join(_FIELDS)}; {wrong}", argument="messages")
