"""The examples show what 8x8 sends: states with their details, codes with their statuses, types of events."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from connect_sms import ApiCode, DeliveryErrors
from contract_tests.contract import examples, load

#: What 8x8 posts, by the name of its body.
EVENTS = {
    "DeliveryReceipt": "outbound_message_status_changed",
    "InboundMessage": "inbound_message_received",
}
#: The states that go with a detail, and those that come without.
STATES: dict[str | None, set[str | None]] = {
    "delivered_to_operator": {"delivered"},
    "delivered_to_carrier": {"delivered"},
    "delivered_to_recipient": {"delivered", "read"},
    "rejected_by_operator": {"undelivered"},
    "undelivered_to_recipient": {"undelivered"},
    None: {"queued", "sent", None},
}
#: 8x8's codes by the answer that they come with.
CODES = {
    "BadRequest": {*range(1000, 1013), *range(3000, 3030)},
    "Unauthorized": {1200},
    "Forbidden": {1201},
    "NotFound": {1300, 4018},
    "Gone": {1300, 2002},
    "Unprocessable": {1010},
    "UpgradeRequired": {1014},
    "TooManyRequests": {429, 1100},
    "ServerError": {2000},
}
#: The examples that are named after a code.
NAMED = {
    "invalidDestination": 1002,
    "invalidParameter": 1000,
    "tooManyMessages": 3013,
    "bulkLimit": 1100,
    "tooManyRequests": 429,
    "unknownExport": 4018,
}


def shown(key: str) -> Iterator[tuple[str, str, Any]]:
    """The examples with a key, each after its component and its own name."""
    for example in examples(load()):
        if isinstance(example.value, dict) and key in example.value:
            _, component, name = example.where.split()
            yield component, name, example.value


def with_state() -> dict[tuple[str, str], dict[str, Any]]:
    """The examples that tell the state of a message: of receipts and of status calls."""
    events = [(component, name, value["payload"]) for component, name, value in shown("payload")]
    found = {(component, name): value for component, name, value in (*events, *shown("smsCount"))}
    return {where: value for where, value in found.items() if "status" in value}


def test_an_event_is_of_a_type_of_8x8s() -> None:
    events = list(shown("eventType"))
    assert events
    for component, _, value in events:
        assert (value["namespace"], value["eventType"]) == ("SMS", EVENTS[component])


def test_a_state_goes_with_its_detail() -> None:
    assert len(with_state()) > 8
    for where, value in with_state().items():
        assert value["status"]["state"] in STATES[value["status"].get("detail")], where


@pytest.mark.parametrize("key", ["state", "detail"])
def test_a_state_is_the_one_that_the_example_is_named_after(key: str) -> None:
    for (_, name), value in with_state().items():
        if key == "detail" and name.startswith("deliveredTo"):
            assert value["status"]["detail"] == re.sub("(?=[A-Z])", "_", name).lower()
        elif key == "state" and name in {"queued", "sent", "undelivered"}:
            assert value["status"]["state"] == name


def test_a_delivery_error_is_one_that_8x8_publishes() -> None:
    codes = {where: value["status"].get("errorCode") for where, value in with_state().items()}
    assert {where: code for where, code in codes.items() if code is not None} == {
        ("DeliveryReceipt", "undelivered"): 1,
        ("MessageFound", "undelivered"): 1,
        # 36 is the one that means that the message expired.
        ("MessageFound", "expired"): 36,
    }
    for where, value in with_state().items():
        said = value["status"].get("errorMessage")
        assert (said is None) == (codes[where] is None), where
        if codes[where] == 1:
            assert said == DeliveryErrors()[1].reason


def test_a_price_is_that_of_its_parts() -> None:
    priced = [value for value in with_state().values() if value.get("price")]
    assert len(priced) > 3
    for value in priced:
        assert value["price"]["total"] == pytest.approx(value["price"]["perSms"] * value["smsCount"])


def test_a_batch_counts_its_messages() -> None:
    batches = [value for _, _, value in shown("acceptedCount") if value["messages"]]
    assert len(batches) > 1
    for batch in batches:
        codes = [message["status"]["code"] for message in batch["messages"]]
        assert batch["acceptedCount"] == codes.count("QUEUED")
        assert batch["rejectedCount"] == codes.count("REJECTED")


def test_an_answer_to_a_send_shows_the_outcome_that_it_is_named_after() -> None:
    codes = {
        name: value["status"]["code"]
        for component, name, value in shown("status")
        if component == "MessageTaken"
    }
    assert codes == {"queued": "QUEUED", "rejected": "REJECTED", "nulls": "QUEUED"}


def test_an_export_shows_the_state_that_it_is_named_after() -> None:
    states = {
        name: value["status"] for component, name, value in shown("status") if component == "LogExportFound"
    }
    assert states == {name: name for name in ("running", "succeeded", "empty", "failed")}


def test_an_error_comes_with_a_status_that_8x8_gives_its_code() -> None:
    errors = list(shown("errorId"))
    assert {component for component, _, _ in errors} == CODES.keys()
    for component, name, value in errors:
        code = value["code"]
        assert code in CODES[component], name
        assert code == NAMED.get(name, code)
        # 429 repeats the status, and stands on no list of codes.
        assert code == 429 or ApiCode.find(code) is not None
