from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="LogExportRequest")


@_attrs_define
class LogExportRequest:
    """The time range of a log, and its further limits.

    Attributes:
        from_ (datetime.datetime): The beginning of the time range. ISO 8601 with an offset from UTC.
        to (datetime.datetime): The end of the time range, after its beginning. ISO 8601 with an offset from UTC.
        phone_number (str | Unset): The phone number of the recipient: 7 to 15 digits, not beginning with 0, with or
            without a leading `+`. International
            form unless `country` says which country a national number belongs to.
        countries (list[str] | Unset): Only messages to these countries, as two letters each.
        limit (int | Unset): The most messages in the log. 0 means no limit.
    """

    from_: datetime.datetime
    to: datetime.datetime
    phone_number: str | Unset = UNSET
    countries: list[str] | Unset = UNSET
    limit: int | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from_ = self.from_.isoformat()

        to = self.to.isoformat()

        phone_number = self.phone_number

        countries: list[str] | Unset = UNSET
        if not isinstance(self.countries, Unset):
            countries = self.countries

        limit = self.limit

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "from": from_,
                "to": to,
            }
        )
        if phone_number is not UNSET:
            field_dict["phoneNumber"] = phone_number
        if countries is not UNSET:
            field_dict["countries"] = countries
        if limit is not UNSET:
            field_dict["limit"] = limit

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        from_ = datetime.datetime.fromisoformat(d.pop("from"))

        to = datetime.datetime.fromisoformat(d.pop("to"))

        phone_number = d.pop("phoneNumber", UNSET)

        countries = cast(list[str], d.pop("countries", UNSET))

        limit = d.pop("limit", UNSET)

        log_export_request = cls(
            from_=from_,
            to=to,
            phone_number=phone_number,
            countries=countries,
            limit=limit,
        )

        return log_export_request
