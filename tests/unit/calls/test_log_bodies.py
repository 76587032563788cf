"""What comes behind a link: packed, cut off, or something else than a log; and whom the key is shown to."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from connect_sms import InvalidResponse, NoResponse, PermissionDenied, ServerError
from connect_sms.reconcile import read_log
from tests.support import KEY, Caller, Script
from tests.unit.calls.log_jobs import CSV, LINK, ORDERED, SINCE, fetch, file, job, ready

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

OWN_LINK = "https://sms.8x8.com/api/v1/subaccounts/acme/messages/download/abc"
LOG = CSV * 40
PACKED = gzip.compress(LOG)
BARE = zlib.compressobj(wbits=-15)
DEFLATED = BARE.compress(LOG) + BARE.flush()


class Wire(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body as it comes over a connection, in pieces."""

    def __init__(self, body: bytes, size: int) -> None:
        self._pieces = [body[place : place + size] for place in range(0, len(body), size)]

    def __iter__(self) -> Iterator[bytes]:
        yield from self._pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece


def over_the_wire(
    body: bytes, coding: str | None = None, size: int = 65_536
) -> Callable[[httpx.Request], httpx.Response]:
    headers = {"content-type": "application/octet-stream"} | ({"content-encoding": coding} if coding else {})
    return lambda _: httpx.Response(200, headers=headers, stream=Wire(body, size))


def script(*replies: Any, link: str = LINK) -> Script:
    return Script(ORDERED, job("succeeded", link), *replies)


@pytest.mark.parametrize("size", [1, 65_536])
@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (LOG, None), (LOG, "identity"), (PACKED, "gzip"), (PACKED, "x-GZIP"), (zlib.compress(LOG), "deflate"),
        (PACKED, None), (gzip.compress(PACKED), "gzip"), (gzip.compress(PACKED), "gzip, gzip"),
        (gzip.compress(LOG[:100]) + gzip.compress(LOG[100:]), "gzip"), (PACKED + b"\0" * 100, "gzip"),
    ],
)  # fmt: skip
def test_a_log_is_unpacked_however_it_comes(
    caller: Caller, tmp_path: Path, body: bytes, coding: str | None, size: int
) -> None:
    found = fetch(caller, tmp_path, script(over_the_wire(body, coding, size)))
    assert (found.path.read_bytes(), found.size) == (LOG, len(LOG))


def test_deflate_may_come_without_its_header(caller: Caller, tmp_path: Path) -> None:
    assert fetch(caller, tmp_path, script(over_the_wire(DEFLATED, "deflate"))).size == len(LOG)


@pytest.mark.parametrize("body", [b"", b"u", b"\x1f"])
def test_a_body_of_hardly_anything_is_kept(caller: Caller, tmp_path: Path, body: bytes) -> None:
    found = fetch(caller, tmp_path, script(over_the_wire(body)))
    assert found.path.read_bytes().rstrip() == body


SPOILED = PACKED[:-6] + b"\0" + PACKED[-5:]
BROKEN = [
    (PACKED[:-1], "gzip"), (PACKED[: len(PACKED) // 2], "gzip"), (PACKED[:5], "gzip"), (PACKED[:-8], None),
    (SPOILED, "gzip"), (SPOILED, None), (gzip.compress(LOG) + PACKED[:9], "gzip"), (LOG, "gzip"),
    (DEFLATED[:-2], "deflate"), (zlib.compress(LOG)[:-1], "deflate"), (gzip.compress(PACKED[:-3]), "gzip"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "coding"), BROKEN)
def test_a_body_that_ends_early_is_fetched_again(
    caller: Caller, tmp_path: Path, body: bytes, coding: str | None
) -> None:
    asked = script(over_the_wire(body, coding), over_the_wire(PACKED, "gzip"))
    assert fetch(caller, tmp_path, asked).path.read_bytes() == LOG
    assert asked.seen == 4


@pytest.mark.parametrize(("body", "coding"), [*BROKEN, (LOG, "br"), (LOG, "gzip, zstd")])
def test_a_body_that_never_comes_whole_is_no_file(
    caller: Caller, tmp_path: Path, body: bytes, coding: str | None
) -> None:
    with pytest.raises(NoResponse) as error:
        fetch(caller, tmp_path, script(over_the_wire(body, coding)))
    assert error.value.reason in {"BrokenBody", "UnknownCoding"}
    assert list(tmp_path.iterdir()) == []


def test_a_small_body_that_stands_for_a_huge_one_is_not_unpacked_whole(
    caller: Caller, tmp_path: Path
) -> None:
    bomb = gzip.compress(b"u" * 30_000_000)
    with pytest.raises(Exception, match="larger than max_bytes"):
        fetch(caller, tmp_path, script(over_the_wire(bomb, "gzip")), max_bytes=1_000_000)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"<!DOCTYPE html><html><form action=/login>", "a page of HTML or XML"),
        (b"\xef\xbb\xbf\r\n  <html>", "a page of HTML or XML"),
        ("\ufeff<html>".encode("utf-16-le"), "a page of HTML or XML"),
        (gzip.compress(b"<html>Please log in</html>"), "a page of HTML or XML"),
        (b'{"code": 1300, "message": "expired"}', "JSON"),
        (b"[]", "JSON"),
        (b"PK\x03\x04\x14\0\0\0", "a zip archive"),
        (b"umid\0,status", "binary data"),
    ],
)
def test_what_is_no_log_is_refused_though_it_comes_with_200(
    caller: Caller, tmp_path: Path, body: bytes, what: str
) -> None:
    # As the second of two files, where it would else be so many rows that name no message.
    asked = Script(ORDERED, job("succeeded", LINK, f"{LINK}2"), file(), over_the_wire(body))
    with pytest.raises(InvalidResponse, match=f"{what} in place of the log") as error:
        fetch(caller, tmp_path, asked)
    assert (asked.seen, error.value.response.status) == (4, 200)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["umid\r\nu-1\r\n", "\r\numid\n", '"umid","a"\n'])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_log_in_any_usual_encoding_is_kept_as_it_came(
    caller: Caller, tmp_path: Path, text: str, encoding: str
) -> None:
    body = text.encode(encoding)
    assert fetch(caller, tmp_path, script(over_the_wire(body))).path.read_bytes() == body


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_files_in_any_encoding_become_one_line_after_line(
    caller: Caller, tmp_path: Path, encoding: str
) -> None:
    bodies = [f"\ufeffumid,status\n{umid},sent".encode(encoding) for umid in ("u-1", "u-2")]
    asked = Script(ORDERED, job("succeeded", LINK, f"{LINK}2"), *map(over_the_wire, bodies))
    assert [row.umid for row in read_log(fetch(caller, tmp_path, asked).path)] == ["u-1", "u-2"]


def test_a_pause_that_is_asked_for_is_made(caller: Caller, tmp_path: Path) -> None:
    fetch(caller, tmp_path, script(file(b"", 503, **{"retry-after": "42"}), file()))
    assert 42 in caller.clock.slept


class TestKey:
    """A link of the configured host may want the key; nobody else is shown it."""

    def keys(self, asked: Script) -> list[str | None]:
        return [request.headers.get("authorization") for request in asked.requests[2:]]

    @pytest.mark.parametrize("status", [401, 403])
    @pytest.mark.parametrize("link", [OWN_LINK, OWN_LINK.replace("sms.8x8.com", "SMS.8x8.com:443")])
    def test_a_link_of_the_own_host_is_asked_once_more_with_it(
        self, caller: Caller, tmp_path: Path, link: str, status: int
    ) -> None:
        asked = script(file(b"", status), file(), link=link)
        assert fetch(caller, tmp_path, asked).path.read_bytes() == CSV
        assert self.keys(asked) == [None, f"Bearer {KEY}"]
        assert [str(request.url) for request in asked.requests[2:]] == [str(httpx.URL(link))] * 2

    def test_a_link_that_does_not_want_it_does_not_get_it(self, caller: Caller, tmp_path: Path) -> None:
        asked = script(file(b"", 500), file(), link=OWN_LINK)
        fetch(caller, tmp_path, asked)
        assert self.keys(asked) == [None, None]

    @pytest.mark.parametrize(
        ("then", "error"),
        [
            (file(b"", 401), PermissionDenied), (file(b"", 403), PermissionDenied),
            (file(b"", 503), ServerError), (httpx.ReadError("cut"), NoResponse),
            (file(b"", 302, location=OWN_LINK), InvalidResponse), (file(b"<html>"), InvalidResponse),
        ],
    )  # fmt: skip
    def test_it_is_sent_in_one_request_whatever_comes_of_that(
        self, caller: Caller, tmp_path: Path, then: Any, error: type[Exception]
    ) -> None:
        asked = script(file(b"", 403), then, link=OWN_LINK)
        with pytest.raises(error):
            fetch(caller, tmp_path, asked)
        assert self.keys(asked) == [None, f"Bearer {KEY}"]

    @pytest.mark.parametrize(
        "link",
        [
            LINK, "https://sms.8x8.com:8443/log", "https://sms.8x8.com.example.com/log", "https://sms.us.8x8.com/log",
            "https://x.sms.8x8.com/log", "https://sms.8x8.com./log", "https://sms.8x8.co\tm/log",
            "https://sms.8x8.com\\.example.com/log", "https://sms.8x8.com%2eexample.com/log",
            "https://\u24e2ms.8x8.com/log", "http://127.0.0.1:8288/log",
        ],
    )  # fmt: skip
    def test_no_other_host_or_port_is_shown_it(self, caller: Caller, tmp_path: Path, link: str) -> None:
        asked = script(file(b"", 403), link=link)
        with pytest.raises((PermissionDenied, NoResponse)):
            fetch(caller, tmp_path, asked)
        assert not any(self.keys(asked))

    @pytest.mark.parametrize(
        ("base_url", "link", "shown"),
        [
            ("https://gateway.example.com:8443/sms", "https://gateway.example.com:8443/log", True),
            ("https://gateway.example.com:8443/sms", "https://gateway.example.com/log", False),
            ("http://127.0.0.1:8288/sms", "http://127.0.0.1:8288/log", False),
            ("http://127.0.0.1:8288/sms", "https://127.0.0.1:8288/log", False),
            ("https://127.0.0.1:8288/sms", "http://127.0.0.1:8288/log", False),
        ],
    )
    def test_the_configured_address_counts_over_https_alone(
        self, caller: Caller, tmp_path: Path, base_url: str, link: str, *, shown: bool
    ) -> None:
        asked = script(file(b"", 401), link=link)
        client = caller.client(asked, base_url=base_url)
        with pytest.raises(PermissionDenied):
            caller(client.download_log(tmp_path / "log.csv", since=SINCE))
        assert any(self.keys(asked)) == shown

    @pytest.mark.parametrize("status", [301, 302, 307, 308])
    def test_a_redirect_is_no_reason_to_send_it(self, caller: Caller, tmp_path: Path, status: int) -> None:
        asked = script(file(b"", status, location=OWN_LINK), file(b"", 401), link=OWN_LINK)
        with pytest.raises(InvalidResponse, match="redirect"):
            fetch(caller, tmp_path, asked)
        assert self.keys(asked) == [None]

    def test_each_link_is_asked_without_it_first(self, caller: Caller, tmp_path: Path) -> None:
        replies = [file(b"", 401), file(), file(b"", 401), file()]
        asked = Script(ORDERED, job("succeeded", OWN_LINK, f"{OWN_LINK}2"), *replies)
        fetch(caller, tmp_path, asked)
        assert self.keys(asked) == [None, f"Bearer {KEY}"] * 2


def test_a_whole_log_is_one_request(caller: Caller, tmp_path: Path) -> None:
    asked = ready(file(LOG))
    fetch(caller, tmp_path, asked)
    assert asked.seen == 3
