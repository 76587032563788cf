"""The figures that prose gives, set down by hand from 8x8's pages: a reader takes them for the contract."""

import re
from typing import Any

import pytest

from contract_tests.contract import follow, load, operations

DOCUMENT = load()
COMPONENTS = DOCUMENT["components"]
SCHEMAS = COMPONENTS["schemas"]
ERRORS = {name: part for name, part in COMPONENTS["responses"].items() if "ErrorAnswer" in str(part)}
#: Each of them is something that 8x8 posts: a callback, or a webhook.
POSTED = COMPONENTS["pathItems"]


def prose(*path: str) -> str:
    node: Any = DOCUMENT
    for step in path:
        node = follow(DOCUMENT, node)[step]
    return " ".join(node["description"].split())


@pytest.mark.parametrize(
    ("path", "figures"),
    [
        (("info",), ["at most 10 parts are sent", "one request per second and sub-account"]),
        (
            ("components", "schemas", "Text"),
            ["160 units fit one part, and 153 each", "70, then 67", "At most 10 parts"],
        ),
        (("components", "schemas", "Destination"), ["7 to 15 digits"]),
        (("components", "schemas", "SenderId"), ["at most 11 ", "at most 16 characters"]),
        (("components", "schemas", "ClientBatchId"), ["at most 20 characters"]),
        (("components", "schemas", "Scheduled"), ["at most 7 days ahead"]),
        (
            ("components", "schemas", "DeliveryStatus", "properties", "errorCode"),
            ["0 to 61", "36 means that"],
        ),
        (("components", "schemas", "BatchOfMessages", "properties", "messages"), ["1 to 10,000"]),
        (("components", "schemas", "BatchOfDestinations", "properties", "destinations"), ["1 to 10,000"]),
        (("components", "schemas", "LogExportRequest", "properties", "limit"), ["0 means no limit"]),
        (("components", "parameters", "SubAccountId"), ["3 to 50 characters"]),
        # After 1, 10, 30 and 90 s and never again; nothing later than 48 hours after the message.
        (
            ("components", "responses", "ReceiptRefused"),
            ["1, 10, 30 and 90 seconds", "never again"],
        ),
        (("components", "responses", "ReceiptTaken"), ["Any 2xx ends the delivery"]),
        (
            ("components", "pathItems", "ReceiptUrl", "post"),
            ["up to 48 hours after the message", "duplicates and any order", "no event id and no signature"],
        ),
    ],
    ids=lambda value: value[-1] if isinstance(value, tuple) else "",
)
def test_a_figure_of_the_prose_is_8x8s(path: tuple[str, ...], figures: list[str]) -> None:
    assert [figure for figure in figures if figure not in prose(*path)] == []


@pytest.mark.parametrize(
    ("name", "figures"),
    [
        ("sendMessage", ["1,800 requests a second per sub-account and 3,000 a second per IP address"]),
        ("sendMessage", ["`QUEUED` means accepted, `REJECTED` means that nothing will be sent"]),
        ("sendBatch", ["1 to 10,000 messages", "A 200 may carry rejected messages"]),
        ("sendBatchAtCataloguePath", ["404 or 405"]),
        ("getMessage", ["one request per second and sub-account", "429", "is not yet delivery"]),
        ("getLogExport", ["without the API key"]),
    ],
)
def test_a_figure_of_an_operation_is_8x8s(name: str, figures: list[str]) -> None:
    said = " ".join(operations(DOCUMENT)[name].body["description"].split())
    assert [figure for figure in figures if figure not in said] == []


@pytest.mark.parametrize("name", ["createdAt", "timestamp", "expires"])
def test_a_time_has_as_many_digits_as_8x8_writes(name: str) -> None:
    fields = [
        schema["properties"][name] for schema in SCHEMAS.values() if name in schema.get("properties", {})
    ]
    said = [digits for field in fields for digits in re.findall(r"with (.*) digits", field["description"])]
    assert said
    assert set(said) == {"0, 2 or 7"}


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_an_error_says_whether_a_message_may_have_gone_out(name: str) -> None:
    said = prose("components", "responses", name).lower()
    expected = "may have been sent all the same" if name == "ServerError" else "nothing was sent"
    assert expected in said


def test_too_old_a_tls_is_told_the_version_that_is_needed() -> None:
    assert COMPONENTS["headers"]["UpgradeTo"]["example"] == "TLS/1.3"
    (example,) = COMPONENTS["responses"]["UpgradeRequired"]["content"]["application/json"][
        "examples"
    ].values()
    assert "TLS 1.3" in example["value"]["message"]


def test_the_words_of_a_receipt_and_of_the_status_call_are_told_apart() -> None:
    receipts, status = prose("components", "schemas", "DeliveryState").split("`getMessage`")
    words = re.compile("`([a-z]+)`")
    assert set(words.findall(receipts)) == {"queued", "rejected", "sent", "delivered", "undelivered", "read"}
    assert {"unknown", "failed", "ok", "error"} <= set(words.findall(status))


EVENTS = {"outbound_message_status_changed", "inbound_message_received", "short_url_clicked"}


def test_the_type_of_an_event_is_one_of_8x8s() -> None:
    fields = [schema["properties"]["eventType"] for schema in SCHEMAS.values() if "eventType" in str(schema)]
    said = [re.findall("`([a-z_]+)`", field["description"]) for field in fields]
    assert said
    assert all(types and set(types) <= EVENTS for types in said)
    receipt = SCHEMAS["DeliveryReceipt"]["properties"]
    assert "outbound_message_status_changed" in receipt["eventType"]["description"]
    assert receipt["namespace"]["description"].startswith("`SMS` ")


@pytest.mark.parametrize("name", sorted(POSTED))
def test_what_8x8_posts_carries_no_key_of_ours_and_has_two_ends(name: str) -> None:
    """The value that the account registers is no scheme of ours; 8x8 does not show the API key."""
    ((method, operation),) = POSTED[name].items()
    assert method == "post"
    assert operation["security"] == []
    assert "Authorization" in operation["description"]
    ends = {status: response["$ref"].rsplit("/", 1)[1] for status, response in operation["responses"].items()}
    assert ends == {"200": "ReceiptTaken", "4XX": "ReceiptRefused", "5XX": "ReceiptRefused"}
