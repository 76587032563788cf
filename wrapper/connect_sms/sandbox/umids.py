"""UMIDs, the ids that the service gives to messages."""

from __future__ import annotations

import random
from typing import Final

_LOW_BITS: Final = 62
_MASK: Final = (1 << _LOW_BITS) - 1
_STRIDE: Final = 0x1F83D9ABFB41BD6B & _MASK
_STRIDE_BACK: Final = pow(_STRIDE, -1, 1 << _LOW_BITS)
_VARIANT: Final = 1 << 63
_HEAD_LENGTH: Final = 19
_LENGTH: Final = 36


class Umids:
    """A reversible map from indices to UUIDs of version 4, so that no table of them is needed.

    Args:
        seed: Makes the ids repeatable.

    Attributes:
        salt: The prefix of every id, different in each instance without a seed.
    """

    def __init__(self, seed: int | None) -> None:
        salt = random.SystemRandom() if seed is None else random.Random(seed)  # noqa: S311 - ids, no secrets
        self._head = f"{salt.getrandbits(32):08x}-{salt.getrandbits(16):04x}-4{salt.getrandbits(12):03x}-"
        self._twist = salt.getrandbits(_LOW_BITS)
        self.salt = self._head.rstrip("-")

    def umid(self, index: int) -> str:
        """The UMID of the message with this index."""
        low = f"{(index * _STRIDE & _MASK) ^ self._twist | _VARIANT:016x}"
        return f"{self._head}{low[:4]}-{low[4:]}"

    def index(self, umid: str) -> int | None:
        """The index behind a UMID, or None for any other text."""
        if len(umid) != _LENGTH or not umid.startswith(self._head):
            return None
        try:
            low = int(umid[_HEAD_LENGTH:].replace("-", ""), 16)
        except ValueError:
            return None
        index = ((low & _MASK) ^ self._twist) * _STRIDE_BACK & _MASK
        return index if self.umid(index) == umid else None
