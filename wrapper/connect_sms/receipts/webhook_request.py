"""A request as the credentials are checked against it, whichever server it came through."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias, cast

import attrs

from connect_sms.models.private import PrivateStr, PrivateTuple

HeaderPairs: TypeAlias = Iterable[tuple[str | bytes, str | bytes]]

_BEARER: Final = "bearer"


@attrs.frozen
class WebhookRequest:
    """The head of a request. Its repr shows no header and no path.

    Attributes:
        method: ``POST`` for all that 8x8 sends.
        path: Below the place where the receiver is mounted.
        peer: The address at the other end of the connection; None when it is not known.
        lines: Each header line, the name in lower case.
    """

    method: str
    path: str = attrs.field(repr=False)
    peer: str | None = attrs.field(repr=False)
    lines: tuple[tuple[str, str], ...] = attrs.field(repr=False)

    @classmethod
    def of(
        cls,
        headers: Mapping[str, str] | HeaderPairs,
        *,
        method: str = "POST",
        path: str = "/",
        peer: str | None = None,
    ) -> WebhookRequest:
        """A request from its headers, a mapping or pairs of name and value, as text or bytes."""
        # By the method: the headers of several frameworks are a mapping of their own kind.
        pairs: Any = cast("Any", headers).items() if hasattr(headers, "items") else headers
        lines = [(_text(name).lower(), PrivateStr(_text(value))) for name, value in pairs]
        return cls(method, PrivateStr(path), peer, PrivateTuple(lines))

    def all(self, name: str) -> tuple[str, ...]:
        """The values of every line of a header, in order."""
        return PrivateTuple(value for known, value in self.lines if known == name)

    def header(self, name: str) -> str:
        """A header's value, its lines joined as one list; empty when there is none."""
        return PrivateStr(", ".join(self.all(name)))

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers by their names in lower case."""
        return {name: self.header(name) for name, _ in self.lines}

    @property
    def token(self) -> str | None:
        """The token of ``Authorization: Bearer ...``; None when there is none, or several such headers."""
        shown = self.all("authorization")
        scheme, _, token = shown[0].strip().partition(" ") if len(shown) == 1 else ("", "", "")
        return PrivateStr(token.strip()) if scheme.lower() == _BEARER and token.strip() else None


def _text(given: str | bytes) -> str:
    """Text of a header; a byte is one character, as in WSGI."""
    return given.decode("latin-1") if isinstance(given, bytes) else str(given)
