"""Delivery errors: the meaning of 8x8's codes, and advice."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

import attrs

from connect_sms._lazy import LazyModule
from connect_sms.errors.base import ConfigurationError, InvalidArgument

from .private import clears_locals
from .redaction import shown_value

if TYPE_CHECKING:
    import csv
    from importlib import resources
else:  # slow to load, and only a failure needs the table
    csv = LazyModule("csv")
    resources = LazyModule("importlib.resources")


T = TypeVar("T")


class ErrorCategory(StrEnum):
    """The kind of failure, which decides what to do about it.

    Attributes:
        TRANSIENT: It may pass: send again later.
        TRANSIENT_ONCE: It may pass: send again once.
        PERMANENT_NUMBER: The number does not work.
        PERMANENT_CONTENT: The text or the sender ID was refused.
        ACCOUNT: A problem of the account.
        AMBIGUOUS: The message may have been delivered.
        INTERIM: No final state yet.
        EXPIRED: It was not delivered in time.
    """

    TRANSIENT = "transient"
    TRANSIENT_ONCE = "transient_once"
    PERMANENT_NUMBER = "permanent_number"
    PERMANENT_CONTENT = "permanent_content"
    ACCOUNT = "account"
    AMBIGUOUS = "ambiguous"
    INTERIM = "interim"
    EXPIRED = "expired"

    @property
    def advice(self) -> str:
        """What to do, in one sentence."""
        return _ADVICE[self]

    @property
    def retryable(self) -> bool:
        """True when the message can be sent to the number again without arriving twice."""
        return self in {ErrorCategory.TRANSIENT, ErrorCategory.TRANSIENT_ONCE}


_ADVICE: Final = {
    ErrorCategory.TRANSIENT: "Send it again later, with growing pauses.",
    ErrorCategory.TRANSIENT_ONCE: "Send it again once, later; if it fails again, give the number up.",
    ErrorCategory.PERMANENT_NUMBER: (
        "Do not send to this number again before it has been corrected or confirmed."
    ),
    ErrorCategory.PERMANENT_CONTENT: "Correct the text or the sender ID, then send it again.",
    ErrorCategory.ACCOUNT: "Pause sending and check the account's credit and routes with 8x8.",
    ErrorCategory.AMBIGUOUS: "It may have been delivered; do not send it again unless twice does no harm.",
    ErrorCategory.INTERIM: "Wait; it is still being tried, and a final state follows.",
    ErrorCategory.EXPIRED: "Send it again, with a later expiry, only if it still matters.",
}


def _category(word: str | ErrorCategory) -> ErrorCategory:
    with suppress(ValueError):
        return ErrorCategory(word)
    # Raised here: inside `except`, the other error would be its context, and that holds the value.
    raise InvalidArgument(
        f"{shown_value(word)} is not a category; use one of {', '.join(ErrorCategory)}", argument="category"
    )


def _usual_advice(entry: DeliveryError) -> str:
    return entry.category.advice


@attrs.frozen
class DeliveryError:
    """Why a message was not delivered, and what to do.

    Attributes:
        code: 8x8's delivery error code.
        reason: Its meaning in short.
        category: Its category, or the category's value.
        advice: What to do, in one sentence; by default the category's advice.
        note: The source of the category.

    Raises:
        InvalidArgument: The category is not one of `ErrorCategory`.
    """

    code: int
    reason: str
    category: ErrorCategory = attrs.field(converter=_category)
    advice: str = attrs.field(default=attrs.Factory(_usual_advice, takes_self=True))
    note: str = ""

    def __str__(self) -> str:
        return f"delivery error {self.code}, {self.reason}: {self.advice}"

    def to_dict(self) -> dict[str, Any]:
        """The entry, ready for JSON."""
        return {
            "code": self.code,
            "reason": self.reason,
            "category": self.category.value,
            "advice": self.advice,
        }


@attrs.frozen(eq=False, repr=False)
class DeliveryErrors(Mapping[int, DeliveryError]):
    """The table of delivery errors: an immutable mapping from code to entry, ordered by code.

    ``table[14]`` gives the entry of code 14. For a code that is not in the table it gives an ``ambiguous``
    entry in place of a KeyError, so that a message with an unknown error is never sent again; ``in``,
    iteration, `len`, ``keys``, ``values``, ``items`` and ``get`` use the table's entries only.
    """

    # None means the shipped table, so that a client can hold it without reading the file.
    _own: Mapping[int, DeliveryError] | None = attrs.field(default=None)

    @classmethod
    def default(cls) -> DeliveryErrors:
        """The shipped table. Its file is read at the first look-up, once per process."""
        return cls()

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> DeliveryErrors:
        """A custom table, instead of the shipped one.

        Args:
            path: A CSV file in UTF-8 with the columns ``code``, ``reason``, ``category`` and, optionally,
                ``advice`` and ``note``.

        Raises:
            ConfigurationError: The file cannot be read, or a line of it (given in the message) is invalid.
        """
        try:
            with open(path, encoding="utf-8-sig", newline="") as file:  # noqa: PTH123  pathlib loads late
                return cls(_read(file, str(path)))
        except OSError as error:
            raise ConfigurationError(
                f"{path}: cannot be read ({error.strerror or type(error).__name__})"
            ) from error
        except UnicodeDecodeError as error:
            raise ConfigurationError(f"{path}: is not UTF-8; save it as UTF-8") from error

    @clears_locals
    def with_overrides(self, overrides: Mapping[int, DeliveryError | ErrorCategory | str]) -> DeliveryErrors:
        """The same table with some entries replaced or added.

        Args:
            overrides: By code, a category (or its value), which keeps the reason, or a whole entry.

        Raises:
            InvalidArgument: A code is not a number, an entry is of another code, or a category is unknown.
        """
        changed = {code: self._override(code, value) for code, value in overrides.items()}
        return DeliveryErrors(_in_order({**self._table, **changed}.values()))

    def _override(self, code: object, value: object) -> DeliveryError:
        if not isinstance(code, int) or isinstance(code, bool):
            raise InvalidArgument(
                f"an override is keyed by its code, a number, not {shown_value(code)}", argument="overrides"
            )
        if isinstance(value, DeliveryError):
            if value.code != code:
                raise InvalidArgument(
                    f"the override of {code} is an entry of {value.code}", argument="overrides"
                )
            return value
        if isinstance(value, str):
            old = self[code]
            note = f"overridden; the table says {old.category}" if code in self else "added; not in the table"
            return DeliveryError(code, old.reason, _category(value), note=note)
        raise InvalidArgument(
            f"the override of {code} must be a category or a DeliveryError, not {type(value).__name__}",
            argument="overrides",
        )

    @property
    def _table(self) -> Mapping[int, DeliveryError]:
        return _shipped() if self._own is None else self._own

    def __getitem__(self, code: int) -> DeliveryError:
        if not isinstance(code, int) or isinstance(code, bool):
            raise TypeError(f"codes are integers, not {type(code).__name__}")
        entry = self._table.get(code)
        if entry is None:
            return DeliveryError(code, f"code {code} is not in the table", ErrorCategory.AMBIGUOUS)
        return entry

    def get(self, code: int, default: T | None = None) -> DeliveryError | T | None:  # type: ignore[override]
        """The entry of a code, or `default` when it is not in the table."""
        return self._table.get(code, default)

    def __contains__(self, code: object) -> bool:
        return code in self._table

    def __iter__(self) -> Iterator[int]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)

    def __hash__(self) -> int:
        return hash(tuple(self._table.values()))

    def __repr__(self) -> str:
        return f"<DeliveryErrors: {'shipped' if self._own is None else f'{len(self)} codes'}>"


@cache
def _shipped() -> Mapping[int, DeliveryError]:
    name = "delivery_errors.csv"
    return _read(resources.files("connect_sms").joinpath(name).read_text("utf-8").splitlines(), name)


def _read(lines: Iterable[str], where: str) -> Mapping[int, DeliveryError]:
    reader = csv.DictReader(lines, strict=True)
    needed, welcome = {"code", "reason", "category"}, {"advice", "note"}
    entries: dict[int, DeliveryError] = {}
    try:
        header = list(reader.fieldnames or ())
        if not needed <= set(header) <= needed | welcome or len(set(header)) < len(header):
            raise ConfigurationError(
                f"{where}, line 1: the header must be code,reason,category and may add advice,note; "
                f"it is {','.join(header) or 'missing'}"
            )
        for row in reader:
            entry = _entry(row, f"{where}, line {reader.line_num}")
            if entry.code in entries:
                raise ConfigurationError(f"{where}, line {reader.line_num}: code {entry.code} is there twice")
            entries[entry.code] = entry
    except csv.Error as error:
        raise ConfigurationError(f"{where}, line {reader.reader.line_num}: is not CSV ({error})") from error
    if not entries:
        raise ConfigurationError(f"{where}: holds no codes")
    return _in_order(entries.values())


def _entry(row: Mapping[str | None, str | None], where: str) -> DeliveryError:
    if None in row or None in row.values():
        raise ConfigurationError(
            f"{where}: has another number of fields than the header; quote what holds a comma"
        )
    cells = {name: (cell or "").strip() for name, cell in row.items()}
    if not re.fullmatch("[0-9]{1,9}", cells["code"]):
        raise ConfigurationError(f"{where}: code must be a number, not {cells['code']!r}")
    try:
        category = _category(cells["category"])
    except InvalidArgument as error:
        raise ConfigurationError(f"{where}: {error}") from None
    advice = cells.get("advice") or category.advice
    return DeliveryError(int(cells["code"]), cells["reason"], category, advice, cells.get("note", ""))


def _in_order(entries: Iterable[DeliveryError]) -> Mapping[int, DeliveryError]:
    return {entry.code: entry for entry in sorted(entries, key=lambda entry: entry.code)}
