"""Unpacks the body of a file as it comes, and notices when it ends early.

httpx takes a gzip body that ends early as whole, and passes on as it is what it cannot unpack.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Bytes to unpack at a time: a few packed bytes may stand for very many.
_PIECE: Final = 262_144

_GZIP_BEGINS: Final = b"\x1f\x8b"
_GZIP_OR_ZLIB: Final = 32 + zlib.MAX_WBITS
_BARE_DEFLATE: Final = -zlib.MAX_WBITS
_CODINGS: Final = frozenset({"gzip", "x-gzip", "deflate"})


class BrokenBody(Exception):
    """A packed body ends early, or was damaged on the way."""


class UnknownCoding(Exception):
    """A body is packed in a way that was not asked for."""


class Unpacker:
    """Unpacks one body: as its ``Content-Encoding`` says, and a file in gzip although nothing says so.

    Args:
        content_encoding: The header; empty when there was none.

    Raises:
        UnknownCoding: It names something else than gzip and deflate.
    """

    def __init__(self, content_encoding: str) -> None:
        codings = [coding.strip().lower() for coding in content_encoding.split(",")]
        codings = [coding for coding in codings if coding not in {"", "identity"}]
        if not _CODINGS.issuperset(codings):
            raise UnknownCoding
        self._layers = [_Inflate(may_be_bare=coding == "deflate") for coding in reversed(codings)]
        self._begin = b""
        self._looked = False

    def unpack(self, piece: bytes) -> Iterator[bytes]:
        """What a piece of the body stands for, in pieces of bounded size.

        Raises:
            BrokenBody: It cannot be unpacked.
        """
        return self._unpack(piece, 0)

    def end(self) -> Iterator[bytes]:
        """The rest of the body, after its last piece.

        Raises:
            BrokenBody: The body ends early.
        """
        if not self._looked:
            self._looked = True
            yield from filter(None, [self._begin])
        if not all(layer.is_whole for layer in self._layers):
            raise BrokenBody

    def _unpack(self, piece: bytes, depth: int) -> Iterator[bytes]:
        if depth < len(self._layers):
            for inner in self._layers[depth].feed(piece):
                yield from self._unpack(inner, depth + 1)
        elif self._looked:
            yield piece
        else:
            self._begin += piece
            if len(self._begin) >= len(_GZIP_BEGINS):
                self._looked = True
                if self._begin.startswith(_GZIP_BEGINS):
                    self._layers.append(_Inflate(may_be_bare=False))
                yield from self._unpack(self._begin, depth)


class _Inflate:
    """Unpacks gzip, of one member or several, or deflate.

    Args:
        may_be_bare: True where some servers leave the header out.
    """

    def __init__(self, *, may_be_bare: bool) -> None:
        self._bits, self._may_be_bare = _GZIP_OR_ZLIB, may_be_bare
        self._member = zlib.decompressobj(self._bits)
        self._begun = self._between_members = False

    @property
    def is_whole(self) -> bool:
        """True between two members, and as long as nothing came."""
        return not self._begun

    def feed(self, piece: bytes) -> Iterator[bytes]:
        for unpacked in self._pieces(piece):
            if unpacked:
                yield unpacked

    def _pieces(self, piece: bytes) -> Iterable[bytes]:
        if self._between_members:
            piece = piece.lstrip(b"\0")  # tar and tapes fill up with zeros
        while piece:
            unpacked = self._inflate(piece)
            self._begun, self._between_members = True, False
            yield unpacked
            piece = self._member.unconsumed_tail
            while not self._member.eof and len(unpacked) == _PIECE and not piece:
                unpacked = self._inflate(b"")  # it may hold more than it gave
                yield unpacked
            if self._member.eof:
                piece = self._member.unused_data.lstrip(b"\0")
                self._member = zlib.decompressobj(self._bits)
                self._begun, self._between_members = False, True

    def _inflate(self, piece: bytes) -> bytes:
        try:
            return self._member.decompress(piece, _PIECE)
        except zlib.error:
            if self._begun or not self._may_be_bare:
                raise BrokenBody from None
        self._bits, self._may_be_bare = _BARE_DEFLATE, False
        self._member = zlib.decompressobj(self._bits)
        return self._inflate(piece)
