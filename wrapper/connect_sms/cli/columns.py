"""Which column holds which field, from the options that say so."""

from __future__ import annotations

from connect_sms.errors.base import InvalidArgument

from .inputs import FIELDS


def columns_of(destination: str | None, text: str | None, others: list[str] | None) -> dict[str, str]:
    """Columns by field.

    Args:
        destination: The column of the numbers.
        text: The column of the texts.
        others: ``FIELD=NAME`` each.

    Raises:
        InvalidArgument: Not of that form, an unknown field, or a field named twice.
    """
    found = {
        field: name for field, name in (("destination", destination), ("text", text)) if name is not None
    }
    for pair in others or []:
        field, equals, name = pair.partition("=")
        field = field.strip().lower().replace("-", "_")
        if not equals or field not in FIELDS or not name.strip():
            raise InvalidArgument(
                f"--column takes FIELD=NAME, where FIELD is one of {', '.join(FIELDS)}", argument="column"
            )
        if field in found:
            raise InvalidArgument(f"the column for {field} is named twice", argument="column")
        found[field] = name.strip()
    return found
