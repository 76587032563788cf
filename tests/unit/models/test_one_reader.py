"""A delivery error means the same whoever tells it, however the code is written."""

from __future__ import annotations

import json
from itertools import product
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from connect_sms import ApiCode, ApiError, DeliveryErrors, ManualClock, MessageStatus, Price, SmsClient
from connect_sms.models.outcomes import classify
from connect_sms.receipts import DeliveryReceipt, parse
from connect_sms.reconcile import read_log
from tests.support import KEY, SUB_ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TABLE = DeliveryErrors.default()

SPELLINGS: dict[str, Callable[[int], object]] = {
    "int": int,
    "str": str,
    "float": float,
    "decimal str": "{}.0".format,
}


class Sources:
    """Everything that tells a delivery error, asked for one and the same."""

    def __init__(self) -> None:
        self._answer = httpx.Response(200)
        # A clock of its own: otherwise each status request would wait for its turn.
        self._client = SmsClient(
            api_key=KEY,
            sub_account_id=SUB_ACCOUNT,
            clock=ManualClock(),
            transport=httpx.MockTransport(lambda _: self._answer),
        )

    def from_status(self, status: dict[str, Any], **fields: Any) -> MessageStatus:
        self._answer = httpx.Response(200, json={"umid": "u-1", "status": status, **fields})
        return self._client.status("u-1")

    def from_receipt(self, status: dict[str, Any], **fields: Any) -> MessageStatus:
        payload = {"umid": "u-1", "status": status, **fields}
        event = parse(json.dumps({"namespace": "SMS", "payload": payload}).encode())
        assert isinstance(event, DeliveryReceipt)
        return event.status

    def from_export(self, status: dict[str, Any], **fields: Any) -> MessageStatus:
        columns = {f"status_{name}": value for name, value in status.items()}
        columns |= {f"price_{name}": value for name, value in fields.get("price", {}).items()}
        columns |= {name: value for name, value in fields.items() if name != "price"}
        header = ";".join(["umid", *columns])
        line = ";".join(["u-1", *map(str, columns.values())])
        [row] = read_log([header, line])
        return row

    def from_error(self, code: object) -> int | None:
        self._answer = httpx.Response(400, json={"code": code})
        with pytest.raises(ApiError) as error:
            self._client.send("+447700900123", "Hello")
        return error.value.code

    def close(self) -> None:
        self._client.close()


@pytest.fixture(scope="module")
def sources() -> Iterator[Sources]:
    made = Sources()
    yield made
    made.close()


def told(status: MessageStatus) -> tuple[object, ...]:
    return status.outcome, status.is_final, status.error, status.error_code


def test_the_table_has_every_code() -> None:
    assert len(TABLE) == 61


@pytest.mark.parametrize("state", ["undelivered", "UNDELIVERED ", "rejected", "failed", "error"])
def test_a_code_has_one_outcome_one_finality_and_one_category(sources: Sources, state: str) -> None:
    for (code, entry), spell in product(TABLE.items(), SPELLINGS.values()):
        written: Any = spell(code)
        outcome, error = classify(state, None, code, TABLE)
        right = (outcome, outcome.is_final, error, code or None)
        assert error in {entry, None}
        for source in (sources.from_status, sources.from_receipt, sources.from_export):
            assert told(source({"state": state, "errorCode": written})) == right, (code, written, source)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_an_error_has_the_code_that_was_told(sources: Sources, spelling: str) -> None:
    for code in (*ApiCode, *TABLE):
        assert sources.from_error(SPELLINGS[spelling](code)) == code


@pytest.mark.parametrize("nonsense", [True, "", "59.5", "fifty", [59], {"code": 59}, -1, 1e300, None])
def test_what_is_no_code_is_none_everywhere(sources: Sources, nonsense: Any) -> None:
    assert sources.from_error(nonsense) is None
    status = {"state": "delivered", "errorCode": nonsense}
    found = [source(status).error_code for source in (sources.from_status, sources.from_receipt)]
    assert found == [None, None]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (("2026-03-01T09:00:00z", "2.0", "0,0375"), ("2026-03-01T09:00:00+00:00", 2, "0.0375")),
        (("2026-03-01T09:00:00.12Z", 2, 0.0375), ("2026-03-01T09:00:00.120000+00:00", 2, "0.0375")),
        (("0001-01-01T00:00:00", "two", "free"), (None, None, None)),
        (("0001-01-01T00:00:00Z", -2, True), (None, None, None)),
    ],
)
def test_times_counts_and_prices_are_read_alike(
    sources: Sources, written: tuple[Any, Any, Any], read: tuple[Any, Any, Any]
) -> None:
    time, parts, total = written
    for source in (sources.from_status, sources.from_receipt, sources.from_export):
        status = source(
            {"state": "sent", "timestamp": time},
            smsCount=parts,
            price={"total": total, "perSms": "", "currency": " eur"},
        )
        told = status.to_dict()
        price = None if read[2] is None else {"total": read[2], "per_part": None, "currency": "EUR"}
        assert (told["observed_at"], told["parts"], told["price"]) == (read[0], read[1], price), source
        assert isinstance(status.price, Price | None)
