"""The table of delivery errors: what each code asks for, overriding it, loading another."""

from __future__ import annotations

import copy
import csv
import pickle
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_sms.errors.base import ConfigurationError, InvalidArgument
from connect_sms.models.delivery_errors import DeliveryError, DeliveryErrors, ErrorCategory
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

FACTS = ROOT.parent / "shared" / "reference" / "delivery-errors.csv"
TABLE = DeliveryErrors.default()
HEADER = "code,reason,category,note\n"


def write(folder: Path, content: str) -> Path:
    path = folder / "errors.csv"
    path.write_text(content, encoding="utf-8")
    return path


class TestTreatment:
    def test_the_words_are_those_of_the_table(self) -> None:
        assert {entry.category for entry in TABLE.values()} == set(ErrorCategory)

    def test_only_the_transient_ones_may_be_retried(self) -> None:
        retryable = {category for category in ErrorCategory if category.retryable}
        assert retryable == {ErrorCategory.TRANSIENT, ErrorCategory.TRANSIENT_ONCE}

    def test_each_has_advice_of_its_own_in_one_sentence(self) -> None:
        advice = [category.advice for category in ErrorCategory]
        assert len(set(advice)) == len(ErrorCategory)
        assert all(sentence[0].isupper() and sentence.endswith(".") for sentence in advice)


class TestDeliveryError:
    def test_advice_is_the_treatments_unless_given(self) -> None:
        usual = DeliveryError(99, "Blocked", ErrorCategory.ACCOUNT)
        assert usual.advice == ErrorCategory.ACCOUNT.advice
        assert attrs.evolve(usual, advice="Call Ann.").advice == "Call Ann."

    def test_the_word_of_a_treatment_will_do(self) -> None:
        assert DeliveryError(99, "Blocked", "account").category is ErrorCategory.ACCOUNT

    def test_a_wrong_word_is_refused_with_the_right_ones(self) -> None:
        with pytest.raises(
            InvalidArgument, match="'temporary' is not a category; use one of transient, "
        ) as caught:
            DeliveryError(99, "Blocked", "temporary")
        assert caught.value.argument == "category"

    def test_it_prints_as_a_sentence(self) -> None:
        expected = f"delivery error 46, Subscriber not reachable: {ErrorCategory.TRANSIENT.advice}"
        assert str(TABLE[46]) == expected

    def test_it_cannot_be_changed(self) -> None:
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            TABLE[46].reason = "no"  # type: ignore[misc]


class TestShippedTable:
    @pytest.mark.skipif(not FACTS.exists(), reason="the page of facts is not on this machine")
    def test_it_is_the_page_of_facts(self) -> None:
        with FACTS.open(encoding="utf-8", newline="") as file:
            rows = [
                (int(row["code"]), row["reason"], row["treatment"], row["note"])
                for row in csv.DictReader(file)
            ]
        assert [
            (entry.code, entry.reason, str(entry.category), entry.note) for entry in TABLE.values()
        ] == rows

    def test_it_holds_the_codes_0_to_61_without_6(self) -> None:
        assert [entry.code for entry in TABLE.values()] == [code for code in range(62) if code != 6]
        assert len(TABLE) == 61

    def test_what_may_have_been_delivered_is_never_retryable(self) -> None:
        doubtful = [entry for entry in TABLE.values() if "may have been delivered" in entry.note]
        assert doubtful
        assert not any(entry.category.retryable for entry in doubtful)


class TestTable:
    @given(st.integers().filter(lambda code: code not in TABLE))
    def test_a_code_that_nobody_knows_is_ambiguous(self, code: int) -> None:
        entry = TABLE[code]
        assert (entry.code, entry.reason) == (code, f"code {code} is not in the table")
        assert entry.category is ErrorCategory.AMBIGUOUS

    @pytest.mark.parametrize("code", ["59", None, True, 59.0])
    def test_a_key_that_is_no_integer_is_a_type_error(self, code: Any) -> None:
        with pytest.raises(TypeError, match=f"^codes are integers, not {type(code).__name__}$"):
            _ = TABLE[code]

    def test_it_knows_which_codes_it_holds(self) -> None:
        assert 14 in TABLE
        assert 6 not in TABLE
        assert "14" not in TABLE  # type: ignore[comparison-overlap]

    def test_it_is_a_mapping_from_code_to_entry(self) -> None:
        assert isinstance(TABLE, Mapping)
        assert list(TABLE) == list(TABLE.keys()) == [entry.code for entry in TABLE.values()]
        assert list(TABLE.items()) == [(code, TABLE[code]) for code in TABLE]
        assert all(code in TABLE for code in TABLE)
        assert len(list(TABLE)) == len(TABLE) == len(TABLE.values())
        assert TABLE.get(14) is TABLE[14]
        assert TABLE.get(6) is None
        assert TABLE.get(6, "none") == "none"
        assert dict(TABLE) == TABLE

    def test_tables_with_the_same_entries_are_equal(self, tmp_path: Path) -> None:
        rows = (f'{e.code},"{e.reason}",{e.category},"{e.note}"\n' for e in reversed(list(TABLE.values())))
        loaded = DeliveryErrors.load(write(tmp_path, HEADER + "".join(rows)))
        assert loaded == TABLE
        assert hash(loaded) == hash(TABLE)
        assert loaded != TABLE.with_overrides({14: "account"})
        assert list(TABLE) != TABLE  # type: ignore[comparison-overlap]

    @pytest.mark.parametrize("table", [TABLE, TABLE.with_overrides({14: "account"})], ids=["shipped", "own"])
    def test_it_survives_pickling_and_copying(self, table: DeliveryErrors) -> None:
        assert pickle.loads(pickle.dumps(table)) == table  # noqa: S301  our own bytes
        assert copy.deepcopy(table) == table

    def test_its_repr_is_short(self) -> None:
        assert repr(TABLE) == "<DeliveryErrors: shipped>"
        assert repr(TABLE.with_overrides({99: "account"})) == "<DeliveryErrors: 62 codes>"

    def test_it_cannot_be_changed(self) -> None:
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            TABLE._own = {}  # type: ignore[misc]


class TestOverrides:
    def test_a_treatment_replaces_another_and_keeps_the_reason(self) -> None:
        entry = TABLE.with_overrides({14: "permanent_number"})[14]
        assert entry.reason == TABLE[14].reason
        assert entry.category is ErrorCategory.PERMANENT_NUMBER
        assert entry.advice == ErrorCategory.PERMANENT_NUMBER.advice
        assert entry.note == "overridden; the table says transient"

    def test_a_treatment_may_be_given_for_a_code_that_is_new(self) -> None:
        table = TABLE.with_overrides({6: ErrorCategory.TRANSIENT})
        assert table[6].category is ErrorCategory.TRANSIENT
        assert table[6].note == "added; not in the table"
        assert list(table) == list(range(62))

    def test_a_whole_entry_may_be_given(self) -> None:
        entry = DeliveryError(99, "Blocked by us", ErrorCategory.PERMANENT_NUMBER, "Ask Ann.", "our list")
        assert TABLE.with_overrides({99: entry})[99] is entry

    def test_the_table_itself_stays_as_it_was(self) -> None:
        before = dict(TABLE)
        TABLE.with_overrides({14: "account", 99: "account"})
        assert dict(TABLE) == before

    def test_overrides_add_up(self) -> None:
        twice = TABLE.with_overrides({14: "account"}).with_overrides({15: "account"})
        assert twice == TABLE.with_overrides({14: "account", 15: "account"})

    @pytest.mark.parametrize(
        ("overrides", "message"),
        [
            ({"14": "account"}, "keyed by its code, a number, not '14'"),
            ({True: "account"}, "keyed by its code, a number, not True"),
            ({14: DeliveryError(15, "x", ErrorCategory.ACCOUNT)}, "the override of 14 is an entry of 15"),
            ({14: "temporary"}, "'temporary' is not a category"),
            ({14: None}, "the override of 14 must be a category or a DeliveryError, not NoneType"),
        ],
    )
    def test_a_wrong_override_is_refused(self, overrides: dict[int, str], message: str) -> None:
        with pytest.raises(InvalidArgument, match=message):
            TABLE.with_overrides(overrides)


class TestLoading:
    def test_a_file_replaces_the_shipped_table(self, tmp_path: Path) -> None:
        table = DeliveryErrors.load(write(tmp_path, HEADER + '7,"Late, lost",transient,own\n'))
        assert list(table.values()) == [DeliveryError(7, "Late, lost", ErrorCategory.TRANSIENT, note="own")]
        assert table[14].reason == "code 14 is not in the table"

    def test_note_may_be_left_out_and_advice_added(self, tmp_path: Path) -> None:
        text = "advice,category,code,reason\nAsk Ann.,account,7,Credit\n,account,8,Route\n"
        table = DeliveryErrors.load(str(write(tmp_path, text)))
        assert table[7].advice == "Ask Ann."
        assert table[8].advice == ErrorCategory.ACCOUNT.advice
        assert table[7].note == ""

    def test_a_byte_order_mark_as_spreadsheets_write_it_is_no_fault(self, tmp_path: Path) -> None:
        assert 7 in DeliveryErrors.load(write(tmp_path, f"\ufeff{HEADER}7,Late,transient,\n"))

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ("", "line 1: the header must be code,reason,category .*; it is missing"),
            ("code,reason\n", "line 1: the header must be .*; it is code,reason"),
            ("code,reason,category,class\n", "line 1: the header"),
            ("code,code,reason,category\n", "line 1: the header"),
            (HEADER, "holds no codes"),
            (HEADER + "7,Late,transient,\nx,Late,transient,\n", "line 3: code must be a number, not 'x'"),
            (HEADER + "-1,Late,transient,\n", "line 2: code must be a number, not '-1'"),
            (HEADER + "\u0667,Late,transient,\n", "line 2: code must be a number"),
            (HEADER + "7,Late,temporary,\n", "line 2: 'temporary' is not a category; use one of transient, "),
            (HEADER + "7,Late,transient,\n7,Lost,transient,\n", "line 3: code 7 is there twice"),
            (HEADER + "7,Late\n", "line 2: has another number of fields"),
            (HEADER + "7,Late, lost,transient,\n", "line 2: has another number of fields"),
            (HEADER + '7,"Late"x,transient,\n', "line 2: is not CSV"),
        ],
    )
    def test_a_wrong_file_is_refused_with_the_line(self, tmp_path: Path, content: str, message: str) -> None:
        path = write(tmp_path, content)
        with pytest.raises(ConfigurationError, match=message) as caught:
            DeliveryErrors.load(path)
        assert str(caught.value).startswith(str(path))

    def test_a_file_in_another_encoding_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "errors.csv"
        path.write_bytes(HEADER.encode() + b"7,Sp\xe4t,transient,\n")
        with pytest.raises(ConfigurationError, match="is not UTF-8"):
            DeliveryErrors.load(path)

    def test_a_file_that_is_not_there_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match="cannot be read \\(No such file or directory\\)"):
            DeliveryErrors.load(tmp_path / "nowhere.csv")
