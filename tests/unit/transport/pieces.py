"""A sink that keeps what is downloaded."""

from __future__ import annotations


class Pieces(list[bytes]):
    """Where a download goes."""

    is_full = False

    def take(self, piece: bytes) -> bool:
        self.append(piece)
        return True

    def flush(self) -> None:
        """Nothing is kept back."""
