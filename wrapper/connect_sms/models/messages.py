"""Messages to send, and results of sends.

Values read from generated models end up here: no generated object and no "unset" marker is exposed.
Reprs show no phone number and no text.
"""

# ruff: noqa: TC001  at run time too, so that `typing.get_type_hints` finds every name

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import attrs

from connect_sms.models.private import PrivateStr
from connect_sms.models.reprs import NOTHING, length_only, masked, shown_number
from connect_sms.models.responses import RawResponse
from connect_sms.text.counting import Encoding, Segments

Track = Literal["None", "Outcome"]
"""Whether a message counts in the conversion rate (``Outcome``) or not (``"None"``)."""


class UncheckedSender(PrivateStr):
    """A sender ID that goes out as it is, such as ``UncheckedSender("H&M")``.

    8x8's documentation allows letters, digits and spaces, its schema any 16 characters, and some senders with
    other signs are registered. Use it wherever a sender ID is taken, for one that 8x8 has confirmed. Its repr
    does not show it.
    """

    __slots__ = ()


@attrs.frozen(kw_only=True)
class Message:
    """One message of a batch. Omitted fields are taken from the batch's arguments.

    The attributes are the arguments of `SmsClient.send`, where each is described.
    """

    destination: str = attrs.field(repr=masked)
    text: str | None = attrs.field(default=None, repr=length_only)
    sender: str | None = None
    encoding: Encoding | None = None
    scheduled: datetime | None = None
    expiry: datetime | None = None
    receipt_url: str | None = attrs.field(default=None, repr=False)
    client_message_id: str | None = None
    country: str | None = None
    client_ip: str | None = attrs.field(default=None, repr=False)
    track: Track | None = None
    extra: Mapping[str, Any] | None = attrs.field(default=None, repr=False, hash=False)


@attrs.frozen(kw_only=True)
class Sent:
    """A message 8x8 has accepted.

    Attributes:
        umid: 8x8's id of the message, for `status` and `wait`.
        client_message_id: The id the message carried.
        destination: The number, as 8x8 returned it, or else as the caller wrote it.
        encoding: The encoding 8x8 chose; None when it gave none.
        code: 8x8's value: ``QUEUED``, or an unknown one.
        description: 8x8's description of it.
        segments: Encoding, units and parts, computed here before sending.
        extra: Unknown fields of the answer.
        response: The raw answer.
    """

    umid: str
    client_message_id: str
    destination: str = attrs.field(repr=masked)
    encoding: str | None
    code: str | None
    description: str | None = attrs.field(repr=False)
    segments: Segments = attrs.field(repr=False)
    extra: Mapping[str, Any] = attrs.field(default=NOTHING, repr=False, hash=False)
    response: RawResponse = attrs.field(repr=False, eq=False)

    def to_dict(self, *, show_numbers: bool = False) -> dict[str, Any]:
        """The result, ready for JSON. 8x8's description, unknown fields and the raw answer are not in it.

        ``encoding`` is the one 8x8 chose, or when it did not say the one worked out here; ``parts`` and
        ``units`` are always worked out here.

        Args:
            show_numbers: Write the phone number whole, not masked.
        """
        return {
            "umid": self.umid,
            "client_message_id": self.client_message_id,
            "destination": shown_number(self.destination, show_numbers=show_numbers),
            "code": self.code,
            "encoding": self.segments.encoding if self.encoding is None else self.encoding,
            "parts": self.segments.parts,
            "units": self.segments.units,
        }
