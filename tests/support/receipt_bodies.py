"""Bodies gone wrong, for hypothesis: from noise to receipts in which one thing is not what it should be."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from connect_sms.sandbox.webhooks.payloads import as_xml
from tests.support.receipt_samples import as_json, inbound_document, receipt_document

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def places(document: Any) -> list[tuple[Any, Any]]:
    """Every place in a document that holds something."""
    if not isinstance(document, dict):
        return []
    own = [(document, key) for key in document]
    return own + [place for value in document.values() for place in places(value)]


@st.composite
def changed(draw: st.DrawFn) -> Any:
    """A document with a few values replaced, renamed or gone."""
    document = draw(st.sampled_from([receipt_document, inbound_document]))(draw(st.text(max_size=12)))
    for _ in range(draw(st.integers(1, 3))):
        holder, key = draw(st.sampled_from(places(document) or [(document, "payload")]))
        match draw(st.integers(0, 2)):
            case 0:
                holder[key] = draw(anything)
            case 1:
                holder.pop(key, None)
            case _:
                holder[draw(st.text(max_size=8))] = holder.pop(key, None)
    return document


def _json(document: Any) -> bytes:
    return json.dumps(document).encode("utf-8", "surrogatepass")


@st.composite
def broken(draw: st.DrawFn) -> bytes:
    """A right body, cut, or with some bytes overwritten."""
    whole = draw(st.sampled_from([as_json(receipt_document()), as_xml(receipt_document())]))
    start = draw(st.integers(0, len(whole)))
    end = draw(st.integers(start, len(whole)))
    return whole[:start] + draw(st.binary(max_size=8)) + whole[end:] * draw(st.integers(0, 2))


bodies = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=100).map(str.encode),
    anything.map(_json),
    changed().map(_json),
    st.lists(changed(), max_size=3).map(_json),
    broken(),
    st.sampled_from(["utf-16", "utf-32", "utf-8-sig", "latin-1"]).map(
        lambda encoding: json.dumps(receipt_document()).encode(encoding)
    ),
)

content_types = st.none() | st.sampled_from(
    [
        "application/json",
        "application/xml",
        "text/plain; charset=klingon",
        "",
        "\xff",
        "application/json;" * 200,
    ]
)
