"""The contract against the vendor's own file: every difference is known and has its reason."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from contract_tests.contract import CONTRACT, ROOT, load
from contract_tests.vendor_drift.compare import compare_documents
from contract_tests.vendor_drift.known import DEVIATIONS_FILE, PROSE_FILE, news, read_deviations, read_prose
from contract_tests.vendor_drift.vendor_file import VENDOR_FILE, read_vendor

pytestmark = pytest.mark.skipif(
    not VENDOR_FILE.is_file(),
    reason="THE VENDOR'S FILE IS ABSENT, nothing was compared (CONNECT_SMS_VENDOR_FILE says where it is)",
)

PHRASE = 7  # words in a row: below that, two authors say the same thing by chance


def test_every_difference_is_known_and_every_known_one_is_there() -> None:
    told = news(compare_documents(load(), read_vendor()), read_deviations(), read_prose())
    assert [str(row) for row in told.new] == [], (
        "add the reason to known_deviations.yaml, or mend openapi.yaml"
    )
    assert told.gone == [], "take it off known_deviations.yaml, or find out what broke openapi.yaml"
    assert told.prose == [], "read it there, then: python -m contract_tests.vendor_drift --accept-prose"


def phrases(text: str) -> set[tuple[str, ...]]:
    # An address is a fact and no phrase. Comment signs and line ends fall between the words.
    words = re.findall(r"[a-z0-9']+", re.sub(r"https?://\S+", " ", text.lower()))
    return {tuple(words[start : start + PHRASE]) for start in range(len(words) - PHRASE + 1)}


def prose(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key in {"description", "summary"} and isinstance(value, str):
                yield value
            else:
                yield from prose(value)
    elif isinstance(node, list):
        for value in node:
            yield from prose(value)


def test_the_words_are_our_own() -> None:
    theirs = set().union(*map(phrases, prose(read_vendor())))
    assert len(theirs) > 1000
    ours = [CONTRACT, DEVIATIONS_FILE, PROSE_FILE, *(ROOT / "generated").rglob("*.py")]
    assert {path.name: found for path in ours if (found := phrases(path.read_text("utf-8")) & theirs)} == {}
