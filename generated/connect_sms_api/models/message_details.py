from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.answer_encoding import AnswerEncoding
from ..models.direction import Direction
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.delivery_status import DeliveryStatus
    from ..models.price import Price


T = TypeVar("T", bound="MessageDetails")


@_attrs_define
class MessageDetails:
    """What is known of one message.

    Attributes:
        umid (str): The unique message id given by 8x8. Opaque.
        status (DeliveryStatus): How far a message has come. Compare words without regard to case.
        sub_account_id (None | str | Unset): The sub-account the message belongs to.
        direction (Direction | None | str | Unset): Sent by you, or sent to you.
        country (None | str | Unset): The country of the number, as two letters.
        msisdn (None | str | Unset): The number of the recipient, masked unless the account is set up otherwise.
        source (None | str | Unset): The sender ID that was used.
        body (None | str | Unset): The text, masked unless the account is set up otherwise.
        encoding (AnswerEncoding | None | str | Unset): The alphabet that was used.
        created_at (None | str | Unset): When the message was handed over. ISO 8601 with 0, 2 or 7 digits after the
            second.
        sms_count (int | None | Unset): Of how many parts the message consists.
        price (None | Price | Unset): What the message cost; null or absent when nothing was charged.
        client_message_id (None | str | Unset): Your own id for the message, if you gave one.
        client_batch_id (None | str | Unset): Your own id for the batch, if there was one.
        batch_id (None | str | Unset): The id 8x8 gave to the batch, if there was one.
    """

    umid: str
    status: DeliveryStatus
    sub_account_id: None | str | Unset = UNSET
    direction: Direction | None | str | Unset = UNSET
    country: None | str | Unset = UNSET
    msisdn: None | str | Unset = UNSET
    source: None | str | Unset = UNSET
    body: None | str | Unset = UNSET
    encoding: AnswerEncoding | None | str | Unset = UNSET
    created_at: None | str | Unset = UNSET
    sms_count: int | None | Unset = UNSET
    price: None | Price | Unset = UNSET
    client_message_id: None | str | Unset = UNSET
    client_batch_id: None | str | Unset = UNSET
    batch_id: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.price import Price

        umid = self.umid

        status = self.status.to_dict()

        sub_account_id: None | str | Unset
        if isinstance(self.sub_account_id, Unset):
            sub_account_id = UNSET
        else:
            sub_account_id = self.sub_account_id

        direction: None | str | Unset
        if isinstance(self.direction, Unset):
            direction = UNSET
        elif isinstance(self.direction, Direction):
            direction = self.direction.value
        else:
            direction = self.direction

        country: None | str | Unset
        if isinstance(self.country, Unset):
            country = UNSET
        else:
            country = self.country

        msisdn: None | str | Unset
        if isinstance(self.msisdn, Unset):
            msisdn = UNSET
        else:
            msisdn = self.msisdn

        source: None | str | Unset
        if isinstance(self.source, Unset):
            source = UNSET
        else:
            source = self.source

        body: None | str | Unset
        if isinstance(self.body, Unset):
            body = UNSET
        else:
            body = self.body

        encoding: None | str | Unset
        if isinstance(self.encoding, Unset):
            encoding = UNSET
        elif isinstance(self.encoding, AnswerEncoding):
            encoding = self.encoding.value
        else:
            encoding = self.encoding

        created_at: None | str | Unset
        if isinstance(self.created_at, Unset):
            created_at = UNSET
        else:
            created_at = self.created_at

        sms_count: int | None | Unset
        if isinstance(self.sms_count, Unset):
            sms_count = UNSET
        else:
            sms_count = self.sms_count

        price: dict[str, Any] | None | Unset
        if isinstance(self.price, Unset):
            price = UNSET
        elif isinstance(self.price, Price):
            price = self.price.to_dict()
        else:
            price = self.price

        client_message_id: None | str | Unset
        if isinstance(self.client_message_id, Unset):
            client_message_id = UNSET
        else:
            client_message_id = self.client_message_id

        client_batch_id: None | str | Unset
        if isinstance(self.client_batch_id, Unset):
            client_batch_id = UNSET
        else:
            client_batch_id = self.client_batch_id

        batch_id: None | str | Unset
        if isinstance(self.batch_id, Unset):
            batch_id = UNSET
        else:
            batch_id = self.batch_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "umid": umid,
                "status": status,
            }
        )
        if sub_account_id is not UNSET:
            field_dict["subAccountId"] = sub_account_id
        if direction is not UNSET:
            field_dict["direction"] = direction
        if country is not UNSET:
            field_dict["country"] = country
        if msisdn is not UNSET:
            field_dict["msisdn"] = msisdn
        if source is not UNSET:
            field_dict["source"] = source
        if body is not UNSET:
            field_dict["body"] = body
        if encoding is not UNSET:
            field_dict["encoding"] = encoding
        if created_at is not UNSET:
            field_dict["createdAt"] = created_at
        if sms_count is not UNSET:
            field_dict["smsCount"] = sms_count
        if price is not UNSET:
            field_dict["price"] = price
        if client_message_id is not UNSET:
            field_dict["clientMessageId"] = client_message_id
        if client_batch_id is not UNSET:
            field_dict["clientBatchId"] = client_batch_id
        if batch_id is not UNSET:
            field_dict["batchId"] = batch_id

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.delivery_status import DeliveryStatus
        from ..models.price import Price

        d = dict(src_dict)
        umid = d.pop("umid")

        status = DeliveryStatus.from_dict(d.pop("status"))

        def _parse_sub_account_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        sub_account_id = _parse_sub_account_id(d.pop("subAccountId", UNSET))

        def _parse_direction(data: object) -> Direction | None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                direction_type_0 = Direction(data)

                return direction_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Direction | None | str | Unset, data)

        direction = _parse_direction(d.pop("direction", UNSET))

        def _parse_country(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        country = _parse_country(d.pop("country", UNSET))

        def _parse_msisdn(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        msisdn = _parse_msisdn(d.pop("msisdn", UNSET))

        def _parse_source(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        source = _parse_source(d.pop("source", UNSET))

        def _parse_body(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        body = _parse_body(d.pop("body", UNSET))

        def _parse_encoding(data: object) -> AnswerEncoding | None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                encoding_type_0 = AnswerEncoding(data)

                return encoding_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(AnswerEncoding | None | str | Unset, data)

        encoding = _parse_encoding(d.pop("encoding", UNSET))

        def _parse_created_at(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        created_at = _parse_created_at(d.pop("createdAt", UNSET))

        def _parse_sms_count(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        sms_count = _parse_sms_count(d.pop("smsCount", UNSET))

        def _parse_price(data: object) -> None | Price | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                price_type_0 = Price.from_dict(data)

                return price_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Price | Unset, data)

        price = _parse_price(d.pop("price", UNSET))

        def _parse_client_message_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        client_message_id = _parse_client_message_id(d.pop("clientMessageId", UNSET))

        def _parse_client_batch_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        client_batch_id = _parse_client_batch_id(d.pop("clientBatchId", UNSET))

        def _parse_batch_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        batch_id = _parse_batch_id(d.pop("batchId", UNSET))

        message_details = cls(
            umid=umid,
            status=status,
            sub_account_id=sub_account_id,
            direction=direction,
            country=country,
            msisdn=msisdn,
            source=source,
            body=body,
            encoding=encoding,
            created_at=created_at,
            sms_count=sms_count,
            price=price,
            client_message_id=client_message_id,
            client_batch_id=client_batch_id,
            batch_id=batch_id,
        )

        message_details.additional_properties = d
        return message_details

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
