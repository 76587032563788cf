"""Parses the bytes of a body into dicts, lists and scalars, for JSON and XML.

The two are distinguished by the first character, since the ``Content-Type`` of a webhook is often wrong. A
damaged body is read as far as possible: an invalid byte in a description must not lose the state.
"""

from __future__ import annotations

import codecs
import json
import re
from typing import TYPE_CHECKING, Any, Final

from connect_sms._transport import json as _json

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_MAX_DEPTH: Final = 32
_NOT_IN_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# The longer marks first: the one of UTF-16 is a prefix of the one of UTF-32.
_BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class Unreadable(ValueError):
    """A body that is neither JSON nor XML, with a reason that does not quote it."""


def read_body(body: bytes) -> Any:  # noqa: ANN401  a document is anything
    """The document in a body.

    Raises:
        Unreadable: There is none, or parsing it would be unsafe.
    """
    if body.lstrip()[:1] in {b"{", b"["}:
        try:
            return _json.loads(body)
        except (ValueError, RecursionError):
            pass  # the lenient reader below may still read it
    text = _decoded(body).strip("\ufeff\0 \t\r\n")
    if not text:
        raise Unreadable("the body is empty")
    return _xml(body, text) if text.startswith("<") else _lenient_json(text)


def _decoded(body: bytes) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    # Without a mark, zeros among the first four bytes show the encoding.
    encoding = json.detect_encoding(body) if b"\0" in body[:4] else "utf-8"
    return body.decode(encoding, "replace")


def _lenient_json(text: str) -> Any:  # noqa: ANN401  JSON is anything
    try:
        return json.loads(text, strict=False)
    except RecursionError:
        raise Unreadable("JSON that is nested too deeply") from None
    except ValueError:
        raise Unreadable("neither JSON nor XML") from None


def _xml(body: bytes, text: str) -> Any:  # noqa: ANN401  XML is anything
    try:
        from defusedxml.common import DefusedXmlException  # noqa: PLC0415  an extra, and only XML needs it
        from defusedxml.ElementTree import ParseError, fromstring  # noqa: PLC0415
    except ImportError:
        raise Unreadable("XML is read with an optional part: pip install 'connect-sms[receipts]'") from None
    try:
        try:
            root = fromstring(body, forbid_dtd=True)
        except (ParseError, ValueError, LookupError) as error:
            if isinstance(error, DefusedXmlException):
                raise
            # As text, so that a wrong encoding in the declaration is ignored.
            root = fromstring(_NOT_IN_XML.sub("\ufffd", text), forbid_dtd=True)
    except DefusedXmlException:
        raise Unreadable("XML with a document type or entities, which is not read for safety") from None
    except (ParseError, ValueError, LookupError):
        raise Unreadable("XML that is not well-formed") from None
    return _value(root, _MAX_DEPTH)


def _value(element: Element, depth: int) -> Any:  # noqa: ANN401  XML is anything
    if not len(element):
        return element.text or None
    if not depth:
        raise Unreadable("XML that is nested too deeply")
    tree: dict[str, Any] = {}
    for child in element:
        name, value = child.tag.rpartition("}")[2], _value(child, depth - 1)
        if name not in tree:
            tree[name] = value
        elif isinstance(tree[name], list):
            tree[name].append(value)
        else:
            tree[name] = [tree[name], value]
    return tree
