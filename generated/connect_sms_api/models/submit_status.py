from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.submit_code import SubmitCode
from ..types import UNSET, Unset

T = TypeVar("T", bound="SubmitStatus")


@_attrs_define
class SubmitStatus:
    """Whether a message was accepted.

    Attributes:
        code (str | SubmitCode): `QUEUED` or `REJECTED`. Treat any other word as not known.
        description (None | str | Unset): The reason in words. Seen with `REJECTED`: no text, text too long, sender too
            long, expiry already reached, not an
            E.164 number, internal error.
    """

    code: str | SubmitCode
    description: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        code: str
        if isinstance(self.code, SubmitCode):
            code = self.code.value
        else:
            code = self.code

        description: None | str | Unset
        if isinstance(self.description, Unset):
            description = UNSET
        else:
            description = self.description

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "code": code,
            }
        )
        if description is not UNSET:
            field_dict["description"] = description

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)

        def _parse_code(data: object) -> str | SubmitCode:
            try:
                if not isinstance(data, str):
                    raise TypeError()
                code_type_0 = SubmitCode(data)

                return code_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(str | SubmitCode, data)

        code = _parse_code(d.pop("code"))

        def _parse_description(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        description = _parse_description(d.pop("description", UNSET))

        submit_status = cls(
            code=code,
            description=description,
        )

        submit_status.additional_properties = d
        return submit_status

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
