from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.sent_message import SentMessage


T = TypeVar("T", bound="SentBatch")


@_attrs_define
class SentBatch:
    """What was done with a batch.

    Attributes:
        batch_id (str): The unique id of the batch given by 8x8. Opaque.
        accepted_count (int): How many messages were accepted.
        rejected_count (int): How many messages were turned down.
        client_batch_id (None | str | Unset): Your own id for the batch, if you gave one.
        messages (list[SentMessage] | None | Unset): One entry per message, if `includeMessagesInResponse` was true;
            else absent or null. Match entries by
            `clientMessageId`: a `umid` has been seen to stand in several.
    """

    batch_id: str
    accepted_count: int
    rejected_count: int
    client_batch_id: None | str | Unset = UNSET
    messages: list[SentMessage] | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        batch_id = self.batch_id

        accepted_count = self.accepted_count

        rejected_count = self.rejected_count

        client_batch_id: None | str | Unset
        if isinstance(self.client_batch_id, Unset):
            client_batch_id = UNSET
        else:
            client_batch_id = self.client_batch_id

        messages: list[dict[str, Any]] | None | Unset
        if isinstance(self.messages, Unset):
            messages = UNSET
        elif isinstance(self.messages, list):
            messages = []
            for messages_type_0_item_data in self.messages:
                messages_type_0_item = messages_type_0_item_data.to_dict()
                messages.append(messages_type_0_item)

        else:
            messages = self.messages

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "batchId": batch_id,
                "acceptedCount": accepted_count,
                "rejectedCount": rejected_count,
            }
        )
        if client_batch_id is not UNSET:
            field_dict["clientBatchId"] = client_batch_id
        if messages is not UNSET:
            field_dict["messages"] = messages

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.sent_message import SentMessage

        d = dict(src_dict)
        batch_id = d.pop("batchId")

        accepted_count = d.pop("acceptedCount")

        rejected_count = d.pop("rejectedCount")

        def _parse_client_batch_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        client_batch_id = _parse_client_batch_id(d.pop("clientBatchId", UNSET))

        def _parse_messages(data: object) -> list[SentMessage] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                messages_type_0 = []
                _messages_type_0 = data
                for messages_type_0_item_data in _messages_type_0:
                    messages_type_0_item = SentMessage.from_dict(
                        messages_type_0_item_data
                    )

                    messages_type_0.append(messages_type_0_item)

                return messages_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[SentMessage] | None | Unset, data)

        messages = _parse_messages(d.pop("messages", UNSET))

        sent_batch = cls(
            batch_id=batch_id,
            accepted_count=accepted_count,
            rejected_count=rejected_count,
            client_batch_id=client_batch_id,
            messages=messages,
        )

        sent_batch.additional_properties = d
        return sent_batch

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
