"""8x8's API codes: complete, explained, and tolerant of one that is new."""

from __future__ import annotations

import copy
import pickle
import re

import pytest

from connect_sms.models.api_codes import ApiCode

DOCUMENTED = {
    *range(1000, 1013), 1014, 1100, 1200, 1201, 1300, 1400,
    2000, 2001, 2002, 2003,
    3002, 3003, 3005, 3006, 3009, 3011, 3012, 3013, 3014, 3018, 3020, 3029,
    4018,
}  # fmt: skip


def test_every_documented_code_is_known_and_no_other() -> None:
    assert {int(code) for code in ApiCode} == DOCUMENTED


@pytest.mark.parametrize("code", ApiCode)
def test_cause_and_advice_are_one_sentence_each(code: ApiCode) -> None:
    for sentence in (code.cause, code.advice):
        assert re.fullmatch(r"[A-Z0-9][^\n]+[^.\s]\.", sentence)
        assert ". " not in sentence
    assert code.cause != code.advice


@pytest.mark.parametrize("code", ApiCode)
def test_a_code_is_found_by_its_number(code: ApiCode) -> None:
    assert ApiCode.find(int(code)) is code
    assert ApiCode(int(code)) is code


@pytest.mark.parametrize("number", [0, -1, 1013, 3001, 9999, 10**12])
def test_a_code_that_is_not_known_is_none_and_no_error(number: int) -> None:
    assert ApiCode.find(number) is None


def test_a_code_is_an_int_and_prints_as_one() -> None:
    assert [1000, 1001, 1002].index(ApiCode.INVALID_MSISDN) == 2
    assert f"{ApiCode.INVALID_MSISDN}" == "1002"


def test_a_code_survives_pickling_and_copying() -> None:
    code = ApiCode.BULK_LIMIT_REACHED
    assert pickle.loads(pickle.dumps(code)) is code  # noqa: S301  our own bytes
    assert copy.deepcopy(code) is code
