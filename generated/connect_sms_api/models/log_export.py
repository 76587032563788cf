from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.log_export_status import LogExportStatus
from ..types import UNSET, Unset

T = TypeVar("T", bound="LogExport")


@_attrs_define
class LogExport:
    """How far a log export has come.

    Attributes:
        status (LogExportStatus | str): How far the job has come, in one word. Treat a word that is not listed as not
            done yet.
        data (list[str] | None | Unset): Where the files can be fetched; only once it has succeeded.
        expires (None | str | Unset): Until when they can be fetched. ISO 8601 with 0, 2 or 7 digits after the second.
    """

    status: LogExportStatus | str
    data: list[str] | None | Unset = UNSET
    expires: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        status: str
        if isinstance(self.status, LogExportStatus):
            status = self.status.value
        else:
            status = self.status

        data: list[str] | None | Unset
        if isinstance(self.data, Unset):
            data = UNSET
        elif isinstance(self.data, list):
            data = self.data

        else:
            data = self.data

        expires: None | str | Unset
        if isinstance(self.expires, Unset):
            expires = UNSET
        else:
            expires = self.expires

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "status": status,
            }
        )
        if data is not UNSET:
            field_dict["data"] = data
        if expires is not UNSET:
            field_dict["expires"] = expires

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)

        def _parse_status(data: object) -> LogExportStatus | str:
            try:
                if not isinstance(data, str):
                    raise TypeError()
                status_type_0 = LogExportStatus(data)

                return status_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(LogExportStatus | str, data)

        status = _parse_status(d.pop("status"))

        def _parse_data(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                data_type_0 = cast(list[str], data)

                return data_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        data = _parse_data(d.pop("data", UNSET))

        def _parse_expires(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        expires = _parse_expires(d.pop("expires", UNSET))

        log_export = cls(
            status=status,
            data=data,
            expires=expires,
        )

        log_export.additional_properties = d
        return log_export

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
