"""Bodies in a content coding: read within a limit, or known not to be readable."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING

import pytest

from connect_sms.receipts._content_coding import Damaged, TooLarge, coding_of, decoded

if TYPE_CHECKING:
    from collections.abc import Callable

BODY = b'{"namespace": "SMS"}'


def raw_deflate(body: bytes) -> bytes:
    made = zlib.compressobj(wbits=-15)
    return made.compress(body) + made.flush()


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("", "identity"),
        ("identity", "identity"),
        (" , identity ,", "identity"),
        ("gzip", "gzip"),
        (" GZip ", "gzip"),
        ("x-gzip", "x-gzip"),
        ("identity, deflate", "deflate"),
        ("br", None),
        ("zstd", None),
        ("gzip, gzip", None),
        ("gzip;q=1", None),
    ],
)
def test_one_coding_that_is_known(header: str, coding: str | None) -> None:
    assert coding_of(header) == coding


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("identity", BODY),
        ("gzip", gzip.compress(BODY)),
        ("x-gzip", gzip.compress(BODY)),
        ("gzip", gzip.compress(BODY[:7]) + gzip.compress(b"") + gzip.compress(BODY[7:]) + b"\0\0"),
        ("deflate", zlib.compress(BODY)),
        ("deflate", raw_deflate(BODY)),
    ],
    ids=["identity", "gzip", "x-gzip", "several members", "deflate", "raw deflate"],
)
def test_what_was_coded_comes_back(coding: str, body: bytes) -> None:
    assert decoded(body, coding, len(BODY)) == BODY


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", BODY),
        ("gzip", b""),
        ("gzip", gzip.compress(BODY)[:-1]),
        ("gzip", gzip.compress(BODY) + b"more"),
        ("gzip", zlib.compress(BODY)),
        ("gzip", gzip.compress(BODY)[:-8] + b"\0" * 8),
        ("deflate", zlib.compress(BODY)[:-1]),
        ("deflate", b"\xff\xff"),
    ],
    ids=["plain", "empty", "cut off", "trailing bytes", "zlib", "wrong sum", "cut-off zlib", "junk"],
)
def test_what_does_not_decompress_to_its_end_is_damaged(coding: str, body: bytes) -> None:
    with pytest.raises(Damaged, match=f"a damaged {coding} body"):
        decoded(body, coding, 1000)


@pytest.mark.parametrize(("coding", "coded"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_no_more_is_decompressed_than_the_limit(coding: str, coded: Callable[[bytes], bytes]) -> None:
    bomb = coded(b"x" * 20_000_000)
    assert len(bomb) < 65_536
    with pytest.raises(TooLarge):
        decoded(bomb, coding, 65_536)
    assert decoded(coded(b"x" * 10), coding, 10) == b"x" * 10
    with pytest.raises(TooLarge):
        decoded(coded(b"x" * 11), coding, 10)


def test_many_members_share_one_limit() -> None:
    with pytest.raises(TooLarge):
        decoded(gzip.compress(b"x" * 6) * 2, "gzip", 10)
