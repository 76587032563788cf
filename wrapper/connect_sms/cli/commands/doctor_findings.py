"""The findings of `doctor`, one for each check."""

from __future__ import annotations

from typing import Literal

import attrs

State = Literal["ok", "missing", "wrong", "note"]


@attrs.frozen
class Finding:
    """The result of one check.

    Attributes:
        name: The name of the setting, extra or check.
        state: ``ok``, ``missing`` or ``wrong`` (both must be corrected), or ``note``.
        value: What was found; never the key.
        source: Where it was found: a variable, an option, a file, ``keyring``, ``default``.
        fix: The command to run.
    """

    name: str
    state: State
    value: str
    source: str | None = None
    fix: str | None = None

    def lines(self) -> list[str]:
        """The finding as lines of text."""
        mark = {"ok": "ok     ", "missing": "MISSING", "wrong": "WRONG  ", "note": "-      "}[self.state]
        source = f", from {self.source}" if self.source not in {None, "default"} else ""
        default = " (default)" if self.source == "default" else ""
        first, *more = f"{mark} {self.name:<14} {self.value}{default}{source}".split("\n")
        return [first, *more, *([f"          -> {self.fix}"] if self.fix else [])]
