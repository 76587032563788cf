"""Names of providers: a message is identified by its provider and the provider's id of it."""

from __future__ import annotations

from typing import Final

PROVIDER: Final = "8x8"
"""The provider that everything is of, unless it says otherwise."""
