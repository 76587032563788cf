"""JSON with orjson and without it."""

from __future__ import annotations

import pytest

from connect_sms.sandbox import json


@pytest.fixture(params=["orjson", "json"])
def _library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "json":
        monkeypatch.setattr(json, "orjson", None)


@pytest.mark.usefixtures("_library")
def test_it_is_compact_utf_8() -> None:
    assert json.dumps({"a": ["ä", 1.5, None]}) == '{"a":["ä",1.5,null]}'.encode()
    assert json.loads('{"a": "ä"}'.encode()) == {"a": "ä"}


@pytest.mark.usefixtures("_library")
@pytest.mark.parametrize("body", [b"{", b"\xff", b"NaN", b'"\\ud800"'])
def test_what_is_not_json_is_an_error(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        json.loads(body)
