from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.answer_encoding import AnswerEncoding
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.submit_status import SubmitStatus


T = TypeVar("T", bound="SentMessage")


@_attrs_define
class SentMessage:
    """What was done with one message.

    Attributes:
        umid (str): The unique message id given by 8x8. Opaque. Ask `getMessage` with it.
        status (SubmitStatus): Whether a message was accepted.
        client_message_id (None | str | Unset): Your own id for the message, if you gave one.
        destination (None | str | Unset): The number as 8x8 understood it, mostly without `+`.
        encoding (AnswerEncoding | None | str | Unset): The alphabet chosen for the text.
    """

    umid: str
    status: SubmitStatus
    client_message_id: None | str | Unset = UNSET
    destination: None | str | Unset = UNSET
    encoding: AnswerEncoding | None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        umid = self.umid

        status = self.status.to_dict()

        client_message_id: None | str | Unset
        if isinstance(self.client_message_id, Unset):
            client_message_id = UNSET
        else:
            client_message_id = self.client_message_id

        destination: None | str | Unset
        if isinstance(self.destination, Unset):
            destination = UNSET
        else:
            destination = self.destination

        encoding: None | str | Unset
        if isinstance(self.encoding, Unset):
            encoding = UNSET
        elif isinstance(self.encoding, AnswerEncoding):
            encoding = self.encoding.value
        else:
            encoding = self.encoding

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "umid": umid,
                "status": status,
            }
        )
        if client_message_id is not UNSET:
            field_dict["clientMessageId"] = client_message_id
        if destination is not UNSET:
            field_dict["destination"] = destination
        if encoding is not UNSET:
            field_dict["encoding"] = encoding

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.submit_status import SubmitStatus

        d = dict(src_dict)
        umid = d.pop("umid")

        status = SubmitStatus.from_dict(d.pop("status"))

        def _parse_client_message_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        client_message_id = _parse_client_message_id(d.pop("clientMessageId", UNSET))

        def _parse_destination(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        destination = _parse_destination(d.pop("destination", UNSET))

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

        sent_message = cls(
            umid=umid,
            status=status,
            client_message_id=client_message_id,
            destination=destination,
            encoding=encoding,
        )

        sent_message.additional_properties = d
        return sent_message

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
