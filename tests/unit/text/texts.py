"""Texts for the tests of this folder."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.unit.text import oracle

EMOJI = "\U0001f600"
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
CURLY = "\u201cHello\u201d"

gsm_chars = st.sampled_from(sorted(oracle.ONE_SEPTET | oracle.TWO_SEPTETS))
dear_chars = st.sampled_from("`\t\0\x1b\x7f\u00ea\u2019\u2014\u00a0\u0e01\u4f60\uffff" + EMOJI)
whole_chars = st.characters(exclude_categories=["Cs"])


def runs(chars: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Texts that reach the part boundaries often: runs of a repeated character."""
    return st.lists(st.tuples(chars, st.integers(1, 170)), max_size=6).map(
        lambda pieces: "".join(char * times for char, times in pieces)
    )


texts = st.one_of(
    st.text(whole_chars), st.text(gsm_chars), runs(gsm_chars), runs(st.one_of(gsm_chars, dear_chars))
)
