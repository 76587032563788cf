"""What an export may be asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from .api import refusal

if TYPE_CHECKING:
    import httpx

    from .api import Api

SPAN = {"from": "2026-07-01T00:00:00+00:00", "to": "2026-07-02T00:00:00+00:00"}


def order(api: Api, fields: dict[str, Any]) -> httpx.Response:
    # Not by httpx: it writes no infinity.
    return api.http.post(
        f"/{api.sub_account}/messages/exports",
        content=json.dumps({**SPAN, **fields}),
        headers={"content-type": "application/json"},
    )


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"limit": 0},
        {"limit": 10.0},
        {"phoneNumber": "+447700900123"},
        {"countries": ["GB", "us"]},
        {"countries": []},
    ],
)
def test_a_good_request_starts_a_job(api: Api, fields: dict[str, Any]) -> None:
    answer = order(api, fields)
    assert answer.status_code == 202
    assert list(answer.json()) == ["jobId"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"limit": -1}, 1010),
        ({"limit": 1.5}, 1010),
        ({"limit": 1e999}, 1000),
        ({"limit": True}, 1010),
        ({"limit": "10"}, 1010),
        ({"limit": None}, 1000),
        ({"from": None}, 1000),
        ({"from": "yesterday"}, 1000),
        ({"to": SPAN["from"]}, 1010),
        ({"phoneNumber": "Ann"}, 1002),
        ({"countries": ["ZZ"]}, 1009),
        ({"countries": "GB"}, 1000),
        ({"form": SPAN["from"]}, 1000),
    ],
)
def test_a_bad_request_starts_none(api: Api, fields: dict[str, Any], code: int) -> None:
    assert refusal(order(api, fields)) == (400, code)
