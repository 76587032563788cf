from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

from ..models.request_encoding import RequestEncoding
from ..types import UNSET, Unset

T = TypeVar("T", bound="BatchTemplate")


@_attrs_define
class BatchTemplate:
    """What the messages of a batch have in common. A message's own value goes before the template's.

    Attributes:
        text (str): What the recipient reads. In the GSM-7 alphabet 160 units fit one part, and 153 each part of a
            longer text; in UCS-2
            70, then 67. At most 10 parts are sent: **the rest is cut off without an error**.
        source (str | Unset): Who the message comes from: a name of at most 11 ASCII letters, digits and spaces, or a
            number (short codes and long
            codes too), at most 16 characters with its optional `+`. Many countries want senders to be registered first; a
            registered name may have other signs, such as `H&M`.
        encoding (RequestEncoding | Unset): The alphabet to send in. Left out, it is `AUTO`: GSM-7 if every character
            fits, else UCS-2 with less than half the
            room.
        scheduled (datetime.datetime | Unset): When to send, at most 7 days ahead. ISO 8601 with an offset from UTC.
        expiry (datetime.datetime | Unset): When to give up. A message that has not been sent by then is dropped. ISO
            8601 with an offset from UTC.
        dlr_callback_url (str | Unset): Where receipts for the message are posted. It goes before the default address of
            the account.
    """

    text: str
    source: str | Unset = UNSET
    encoding: RequestEncoding | Unset = UNSET
    scheduled: datetime.datetime | Unset = UNSET
    expiry: datetime.datetime | Unset = UNSET
    dlr_callback_url: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        text = self.text

        source = self.source

        encoding: str | Unset = UNSET
        if not isinstance(self.encoding, Unset):
            encoding = self.encoding.value

        scheduled: str | Unset = UNSET
        if not isinstance(self.scheduled, Unset):
            scheduled = self.scheduled.isoformat()

        expiry: str | Unset = UNSET
        if not isinstance(self.expiry, Unset):
            expiry = self.expiry.isoformat()

        dlr_callback_url = self.dlr_callback_url

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "text": text,
            }
        )
        if source is not UNSET:
            field_dict["source"] = source
        if encoding is not UNSET:
            field_dict["encoding"] = encoding
        if scheduled is not UNSET:
            field_dict["scheduled"] = scheduled
        if expiry is not UNSET:
            field_dict["expiry"] = expiry
        if dlr_callback_url is not UNSET:
            field_dict["dlrCallbackUrl"] = dlr_callback_url

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        text = d.pop("text")

        source = d.pop("source", UNSET)

        _encoding = d.pop("encoding", UNSET)
        encoding: RequestEncoding | Unset
        if isinstance(_encoding, Unset):
            encoding = UNSET
        else:
            encoding = RequestEncoding(_encoding)

        _scheduled = d.pop("scheduled", UNSET)
        scheduled: datetime.datetime | Unset
        if isinstance(_scheduled, Unset):
            scheduled = UNSET
        else:
            scheduled = datetime.datetime.fromisoformat(_scheduled)

        _expiry = d.pop("expiry", UNSET)
        expiry: datetime.datetime | Unset
        if isinstance(_expiry, Unset):
            expiry = UNSET
        else:
            expiry = datetime.datetime.fromisoformat(_expiry)

        dlr_callback_url = d.pop("dlrCallbackUrl", UNSET)

        batch_template = cls(
            text=text,
            source=source,
            encoding=encoding,
            scheduled=scheduled,
            expiry=expiry,
            dlr_callback_url=dlr_callback_url,
        )

        return batch_template
