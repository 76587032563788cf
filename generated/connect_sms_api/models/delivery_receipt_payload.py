from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.delivery_status import DeliveryStatus
    from ..models.price import Price


T = TypeVar("T", bound="DeliveryReceiptPayload")


@_attrs_define
class DeliveryReceiptPayload:
    """Which message, and how far it has come.

    Attributes:
        umid (str): The unique message id from the send's answer.
        status (DeliveryStatus): How far a message has come. Compare words without regard to case.
        batch_id (None | str | Unset): The id 8x8 gave to the batch, if there was one.
        client_message_id (None | str | Unset): Your own id for the message, if you gave one.
        client_batch_id (None | str | Unset): Your own id for the batch, if there was one.
        sub_account_id (None | str | Unset): The sub-account the message belongs to.
        source (None | str | Unset): The sender ID that was used.
        destination (None | str | Unset): The number of the recipient.
        price (None | Price | Unset): What the message cost; absent when nothing was charged.
        sms_count (int | None | Unset): Of how many parts the message consists.
    """

    umid: str
    status: DeliveryStatus
    batch_id: None | str | Unset = UNSET
    client_message_id: None | str | Unset = UNSET
    client_batch_id: None | str | Unset = UNSET
    sub_account_id: None | str | Unset = UNSET
    source: None | str | Unset = UNSET
    destination: None | str | Unset = UNSET
    price: None | Price | Unset = UNSET
    sms_count: int | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.price import Price

        umid = self.umid

        status = self.status.to_dict()

        batch_id: None | str | Unset
        if isinstance(self.batch_id, Unset):
            batch_id = UNSET
        else:
            batch_id = self.batch_id

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

        sub_account_id: None | str | Unset
        if isinstance(self.sub_account_id, Unset):
            sub_account_id = UNSET
        else:
            sub_account_id = self.sub_account_id

        source: None | str | Unset
        if isinstance(self.source, Unset):
            source = UNSET
        else:
            source = self.source

        destination: None | str | Unset
        if isinstance(self.destination, Unset):
            destination = UNSET
        else:
            destination = self.destination

        price: dict[str, Any] | None | Unset
        if isinstance(self.price, Unset):
            price = UNSET
        elif isinstance(self.price, Price):
            price = self.price.to_dict()
        else:
            price = self.price

        sms_count: int | None | Unset
        if isinstance(self.sms_count, Unset):
            sms_count = UNSET
        else:
            sms_count = self.sms_count

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "umid": umid,
                "status": status,
            }
        )
        if batch_id is not UNSET:
            field_dict["batchId"] = batch_id
        if client_message_id is not UNSET:
            field_dict["clientMessageId"] = client_message_id
        if client_batch_id is not UNSET:
            field_dict["clientBatchId"] = client_batch_id
        if sub_account_id is not UNSET:
            field_dict["subAccountId"] = sub_account_id
        if source is not UNSET:
            field_dict["source"] = source
        if destination is not UNSET:
            field_dict["destination"] = destination
        if price is not UNSET:
            field_dict["price"] = price
        if sms_count is not UNSET:
            field_dict["smsCount"] = sms_count

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.delivery_status import DeliveryStatus
        from ..models.price import Price

        d = dict(src_dict)
        umid = d.pop("umid")

        status = DeliveryStatus.from_dict(d.pop("status"))

        def _parse_batch_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        batch_id = _parse_batch_id(d.pop("batchId", UNSET))

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

        def _parse_sub_account_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        sub_account_id = _parse_sub_account_id(d.pop("subAccountId", UNSET))

        def _parse_source(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        source = _parse_source(d.pop("source", UNSET))

        def _parse_destination(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        destination = _parse_destination(d.pop("destination", UNSET))

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

        def _parse_sms_count(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        sms_count = _parse_sms_count(d.pop("smsCount", UNSET))

        delivery_receipt_payload = cls(
            umid=umid,
            status=status,
            batch_id=batch_id,
            client_message_id=client_message_id,
            client_batch_id=client_batch_id,
            sub_account_id=sub_account_id,
            source=source,
            destination=destination,
            price=price,
            sms_count=sms_count,
        )

        delivery_receipt_payload.additional_properties = d
        return delivery_receipt_payload

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
