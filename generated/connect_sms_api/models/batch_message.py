from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

from ..models.request_encoding import RequestEncoding
from ..models.tracking import Tracking
from ..types import UNSET, Unset

T = TypeVar("T", bound="BatchMessage")


@_attrs_define
class BatchMessage:
    """One message of a batch. What it leaves out comes from the batch's template.

    Attributes:
        destination (str): The phone number of the recipient: 7 to 15 digits, not beginning with 0, with or without a
            leading `+`. International
            form unless `country` says which country a national number belongs to.
        text (str | Unset): What the recipient reads. In the GSM-7 alphabet 160 units fit one part, and 153 each part of
            a longer text; in UCS-2
            70, then 67. At most 10 parts are sent: **the rest is cut off without an error**.
        country (str | Unset): The country of a national number, as two letters of ISO 3166-1. Not needed for
            international numbers.
        source (str | Unset): Who the message comes from: a name of at most 11 ASCII letters, digits and spaces, or a
            number (short codes and long
            codes too), at most 16 characters with its optional `+`. Many countries want senders to be registered first; a
            registered name may have other signs, such as `H&M`.
        client_message_id (str | Unset): Your own id for the message. It comes back in answers, receipts and exports,
            and is the one way to find out what
            became of a send whose answer was lost.
        encoding (RequestEncoding | Unset): The alphabet to send in. Left out, it is `AUTO`: GSM-7 if every character
            fits, else UCS-2 with less than half the
            room.
        scheduled (datetime.datetime | Unset): When to send, at most 7 days ahead. ISO 8601 with an offset from UTC.
        expiry (datetime.datetime | Unset): When to give up. A message that has not been sent by then is dropped. ISO
            8601 with an offset from UTC.
        dlr_callback_url (str | Unset): Where receipts for the message are posted. It goes before the default address of
            the account.
        client_ip (str | Unset): The IP address of the person on whose behalf you send. 8x8 can limit messages per
            address, against abuse of public
            forms. Behind a proxy, give the address of the person and not that of the proxy.
        track (Tracking | Unset): Whether the message counts in the conversion rate (`Outcome`) or not (`None`). Left
            out, the setting of the
            sub-account holds.
    """

    destination: str
    text: str | Unset = UNSET
    country: str | Unset = UNSET
    source: str | Unset = UNSET
    client_message_id: str | Unset = UNSET
    encoding: RequestEncoding | Unset = UNSET
    scheduled: datetime.datetime | Unset = UNSET
    expiry: datetime.datetime | Unset = UNSET
    dlr_callback_url: str | Unset = UNSET
    client_ip: str | Unset = UNSET
    track: Tracking | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        destination = self.destination

        text = self.text

        country = self.country

        source = self.source

        client_message_id = self.client_message_id

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

        client_ip = self.client_ip

        track: str | Unset = UNSET
        if not isinstance(self.track, Unset):
            track = self.track.value

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "destination": destination,
            }
        )
        if text is not UNSET:
            field_dict["text"] = text
        if country is not UNSET:
            field_dict["country"] = country
        if source is not UNSET:
            field_dict["source"] = source
        if client_message_id is not UNSET:
            field_dict["clientMessageId"] = client_message_id
        if encoding is not UNSET:
            field_dict["encoding"] = encoding
        if scheduled is not UNSET:
            field_dict["scheduled"] = scheduled
        if expiry is not UNSET:
            field_dict["expiry"] = expiry
        if dlr_callback_url is not UNSET:
            field_dict["dlrCallbackUrl"] = dlr_callback_url
        if client_ip is not UNSET:
            field_dict["clientIp"] = client_ip
        if track is not UNSET:
            field_dict["track"] = track

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        destination = d.pop("destination")

        text = d.pop("text", UNSET)

        country = d.pop("country", UNSET)

        source = d.pop("source", UNSET)

        client_message_id = d.pop("clientMessageId", UNSET)

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

        client_ip = d.pop("clientIp", UNSET)

        _track = d.pop("track", UNSET)
        track: Tracking | Unset
        if isinstance(_track, Unset):
            track = UNSET
        else:
            track = Tracking(_track)

        batch_message = cls(
            destination=destination,
            text=text,
            country=country,
            source=source,
            client_message_id=client_message_id,
            encoding=encoding,
            scheduled=scheduled,
            expiry=expiry,
            dlr_callback_url=dlr_callback_url,
            client_ip=client_ip,
            track=track,
        )

        return batch_message
