"""A set of ids that costs 8 bytes for each."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from connect_sms.reconcile.id_set import IdSet

NAMES = st.sets(st.text(max_size=20), max_size=50)


@given(NAMES, NAMES)
def test_it_knows_what_was_added_and_nothing_else(added: set[str], others: set[str]) -> None:
    wanted = IdSet()
    for name in added:
        wanted.add(name)
    assert {name for name in added | others if name in wanted} == added
    assert len(wanted) == len(added)


def test_more_may_be_added_after_asking() -> None:
    wanted = IdSet()
    wanted.add("a")
    assert "a" in wanted
    assert "b" not in wanted
    wanted.add("b")
    assert "b" in wanted


def test_no_name_is_not_wanted() -> None:
    wanted = IdSet()
    wanted.add("None")
    assert None not in wanted
