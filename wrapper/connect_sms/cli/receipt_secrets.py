"""What a receiver checks requests against: read from a file or a variable, never from an argument."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, NamedTuple

from connect_sms.errors.base import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

_MAX_VALUES: Final = 2


class ReceiptSecret(NamedTuple):
    """A secret that is rotated by accepting two at a time.

    Attributes:
        variable: The environment variable that holds it.
        file: How an error names the file that may hold it instead.
        what: How an error describes it.
    """

    variable: str
    file: str
    what: str

    def read(self, file: Path | None) -> tuple[str, ...]:
        """The values, a line each; none when there is no file and no variable.

        Raises:
            ConfigurationError: They cannot be read, or there are none or too many.
        """
        if file is None:
            said, source = os.environ.get(self.variable), self.variable
            if said is None:
                return ()
        else:
            source = str(file)
            try:
                said = file.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as fault:
                why = getattr(fault, "strerror", None) or type(fault).__name__
                raise ConfigurationError(f"the {self.file} {source} cannot be read: {why}") from None
        values = tuple(line.strip() for line in said.splitlines() if line.strip())
        if not 1 <= len(values) <= _MAX_VALUES:
            raise ConfigurationError(
                f"{source} must hold {self.what}, and at most one more on a second line; "
                f"it holds {len(values)}"
            )
        return values


AUTHORIZATION: Final = ReceiptSecret(
    "CONNECT_SMS_RECEIPT_AUTHORIZATION",
    "authorization file",
    "the Authorization value that is registered with 8x8",
)
PATH_SECRET: Final = ReceiptSecret(
    "CONNECT_SMS_RECEIPT_PATH_SECRET",
    "path secret file",
    "the secret at the end of your receipt URLs",
)
