"""The forms in which the file of a log export comes: right ones, and broken ones that were seen elsewhere."""

from __future__ import annotations

import csv
import gzip
import io
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal, get_args

from .responses import HTML, Response

if TYPE_CHECKING:
    from collections.abc import Callable

ExportBody = Literal[
    "csv", "gzip", "gzip-file", "short-gzip", "semicolons", "utf-16", "open-quote", "login-page"
]
"""How a file comes; see `BODIES`."""

BODIES: Final[dict[ExportBody, str]] = {
    "csv": "as it is",
    "gzip": "in gzip, with Content-Encoding",
    "gzip-file": "in gzip, without Content-Encoding",
    "short-gzip": "in gzip that ends early, although its Content-Length is right",
    "semicolons": "with semicolons and decimal commas",
    "utf-16": "in UTF-16 with a byte order mark",
    "open-quote": "with a quote in its first row that is never closed",
    "login-page": "an HTML page with status 200 in its place",
}
"""Every form of a file, and what it is."""

_CSV: Final = "text/csv; charset=utf-8"
_CODED: Final = (("Content-Encoding", "gzip"),)
_CUT: Final = 12
"""Bytes that a short gzip file lacks: its checksum, and some of the rest."""
_LOGIN_PAGE: Final = b"<!DOCTYPE html><html><body><form>Please log in</form></body></html>"


def file_response(content: bytes, form: ExportBody) -> Response:
    """The response to a request for a file.

    Args:
        content: The CSV.
        form: How it comes.
    """
    return _FORMS[form](content)


def _plain(content: bytes) -> Response:
    return Response(200, content, content_type=_CSV)


def _gzip(content: bytes) -> Response:
    return Response(200, gzip.compress(content), _CODED, _CSV)


def _gzip_file(content: bytes) -> Response:
    return Response(200, gzip.compress(content), content_type="application/gzip")


def _short_gzip(content: bytes) -> Response:
    whole = _gzip(content)
    return replace(whole, body=whole.body[:-_CUT])


def _semicolons(content: bytes) -> Response:
    rows = list(csv.reader(io.StringIO(content.decode(), newline="")))
    prices = {place for place, name in enumerate(rows[0]) if name in {"price_persms", "price_total"}}
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(
        [cell.replace(".", ",") if place in prices else cell for place, cell in enumerate(row)]
        for row in rows
    )
    return _plain(text.getvalue().encode())


def _utf_16(content: bytes) -> Response:
    return Response(200, content.decode().encode("utf-16"), content_type="text/csv")


def _open_quote(content: bytes) -> Response:
    header, _, rest = content.partition(b"\r\n")
    first, _, others = rest.partition(b"\r\n")
    return _plain(b"\r\n".join([header, first + b',"6 foot 2', others]))


def _login_page(_: bytes) -> Response:
    return Response(200, _LOGIN_PAGE, content_type=HTML)


_FORMS: Final[dict[ExportBody, Callable[[bytes], Response]]] = dict(
    zip(
        get_args(ExportBody),
        (_plain, _gzip, _gzip_file, _short_gzip, _semicolons, _utf_16, _open_quote, _login_page),
        strict=True,
    )
)
