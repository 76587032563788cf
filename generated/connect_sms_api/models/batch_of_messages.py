from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.batch_message import BatchMessage
    from ..models.batch_template import BatchTemplate


T = TypeVar("T", bound="BatchOfMessages")


@_attrs_define
class BatchOfMessages:
    """A batch in which every message is listed; a template may supply what the messages share.

    Attributes:
        messages (list[BatchMessage]): The messages, 1 to 10,000.
        template (BatchTemplate | Unset): What the messages of a batch have in common. A message's own value goes before
            the template's.
        client_batch_id (str | Unset): Your own id for the batch, at most 20 characters (so a UUID does not fit).
        include_messages_in_response (bool | Unset): Whether the answer lists every message. Without it there are only
            two counts, and no way to match them.
        client_ip (str | Unset): The IP address of the person on whose behalf you send. 8x8 can limit messages per
            address, against abuse of public
            forms. Behind a proxy, give the address of the person and not that of the proxy.
    """

    messages: list[BatchMessage]
    template: BatchTemplate | Unset = UNSET
    client_batch_id: str | Unset = UNSET
    include_messages_in_response: bool | Unset = UNSET
    client_ip: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        messages = []
        for messages_item_data in self.messages:
            messages_item = messages_item_data.to_dict()
            messages.append(messages_item)

        template: dict[str, Any] | Unset = UNSET
        if not isinstance(self.template, Unset):
            template = self.template.to_dict()

        client_batch_id = self.client_batch_id

        include_messages_in_response = self.include_messages_in_response

        client_ip = self.client_ip

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "messages": messages,
            }
        )
        if template is not UNSET:
            field_dict["template"] = template
        if client_batch_id is not UNSET:
            field_dict["clientBatchId"] = client_batch_id
        if include_messages_in_response is not UNSET:
            field_dict["includeMessagesInResponse"] = include_messages_in_response
        if client_ip is not UNSET:
            field_dict["clientIp"] = client_ip

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.batch_message import BatchMessage
        from ..models.batch_template import BatchTemplate

        d = dict(src_dict)
        messages = []
        _messages = d.pop("messages")
        for messages_item_data in _messages:
            messages_item = BatchMessage.from_dict(messages_item_data)

            messages.append(messages_item)

        _template = d.pop("template", UNSET)
        template: BatchTemplate | Unset
        if isinstance(_template, Unset):
            template = UNSET
        else:
            template = BatchTemplate.from_dict(_template)

        client_batch_id = d.pop("clientBatchId", UNSET)

        include_messages_in_response = d.pop("includeMessagesInResponse", UNSET)

        client_ip = d.pop("clientIp", UNSET)

        batch_of_messages = cls(
            messages=messages,
            template=template,
            client_batch_id=client_batch_id,
            include_messages_in_response=include_messages_in_response,
            client_ip=client_ip,
        )

        return batch_of_messages
