"""The rules the contract sets itself: it generates cleanly, sends nothing unasked, trips over no answer."""

from collections.abc import Iterator
from typing import Any

import pytest

from contract_tests.contract import follow, load, operations

DOCUMENT = load()
OPERATIONS = operations(DOCUMENT)
SCHEMAS: dict[str, dict[str, Any]] = DOCUMENT["components"]["schemas"]
NAMES = {
    "sendMessage",
    "sendBatch",
    "sendBatchAtCataloguePath",
    "getMessage",
    "startLogExport",
    "getLogExport",
}
#: What a good answer is called; 200 where nothing else is said.
GOOD = {"startLogExport": "202"}
ERRORS = {"400", "401", "403", "404", "410", "422", "426", "429", "500"}
REQUESTS = {
    "SendMessageRequest",
    "BatchOfMessages",
    "BatchOfDestinations",
    "BatchMessage",
    "BatchTemplate",
    "LogExportRequest",
}
ANSWERS = {
    "SentMessage",
    "SubmitStatus",
    "SentBatch",
    "MessageDetails",
    "DeliveryStatus",
    "Price",
    "OrderedLogExport",
    "LogExport",
    "ErrorAnswer",
    "DeliveryReceipt",
    "DeliveryReceiptPayload",
    "InboundMessage",
    "InboundMessagePayload",
}
# Both lists are complete: a schema that is in neither is a word list or a value.
OBJECTS = {name for name, schema in SCHEMAS.items() if schema["type"] == "object"}
# What an answer must hold to be of any use. Everything else may be absent or null.
NEEDED = {
    "SentMessage": {"umid", "status"},
    "SubmitStatus": {"code"},
    "SentBatch": {"batchId", "acceptedCount", "rejectedCount"},
    "MessageDetails": {"umid", "status"},
    "OrderedLogExport": {"jobId"},
    "LogExport": {"status"},
    "DeliveryReceipt": {"payload"},
    "DeliveryReceiptPayload": {"umid", "status"},
    "InboundMessage": {"payload"},
    "InboundMessagePayload": {"umid"},
}

every_operation = pytest.mark.parametrize("name", sorted(NAMES))
every_answer = pytest.mark.parametrize("name", sorted(ANSWERS))
every_request = pytest.mark.parametrize("name", sorted(REQUESTS))


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for key, value in node.items():
            if key not in {"example", "examples"}:
                yield from nodes(value)
    elif isinstance(node, list):
        for value in node:
            yield from nodes(value)


def may_be_null(schema: dict[str, Any]) -> bool:
    kinds = schema.get("type", ())
    branches = schema.get("anyOf", schema.get("oneOf", ()))
    return kinds == "null" or (isinstance(kinds, list) and "null" in kinds) or any(map(may_be_null, branches))


def test_the_operations_are_the_ones_the_wrapper_binds() -> None:
    assert set(OPERATIONS) == NAMES
    assert {name: operation.body["tags"] for name, operation in OPERATIONS.items()} == {
        "sendMessage": ["sending"],
        "sendBatch": ["sending"],
        "sendBatchAtCataloguePath": ["sending"],
        "getMessage": ["status"],
        "startLogExport": ["exports"],
        "getLogExport": ["exports"],
    }


def test_each_server_is_the_region_it_is_said_to_be() -> None:
    said = [(server["url"], server["description"].split(",")[0]) for server in DOCUMENT["servers"]]
    assert said == [
        ("https://sms.8x8.com/api/v1/subaccounts", "Asia Pacific"),
        ("https://sms.us.8x8.com/api/v1/subaccounts", "North America"),
        ("https://sms.8x8.uk/api/v1/subaccounts", "Europe"),
        ("https://sms.8x8.id/api/v1/subaccounts", "Indonesia"),
    ]


@every_operation
def test_each_operation_asks_for_the_key_itself(name: str) -> None:
    assert OPERATIONS[name].body["security"] == [{"apiKey": []}]


@every_operation
def test_each_operation_declares_every_error_8x8_knows(name: str) -> None:
    responses = OPERATIONS[name].body["responses"]
    assert set(responses) == ERRORS | {GOOD.get(name, "200")}
    for status in ERRORS:
        content = follow(DOCUMENT, responses[status])["content"]
        assert content["application/json"]["schema"] == {"$ref": "#/components/schemas/ErrorAnswer"}


@every_operation
def test_each_error_has_the_same_meaning_everywhere(name: str) -> None:
    meanings = {
        status: response["$ref"].rsplit("/", 1)[1]
        for status, response in OPERATIONS[name].body["responses"].items()
        if status[0] != "2"
    }
    assert meanings == {
        "400": "BadRequest",
        "401": "Unauthorized",
        "403": "Forbidden",
        "404": "NotFound",
        "410": "Gone",
        "422": "Unprocessable",
        "426": "UpgradeRequired",
        "429": "TooManyRequests",
        "500": "ServerError",
    }


def test_too_many_requests_says_how_long_to_wait() -> None:
    response = follow(DOCUMENT, OPERATIONS["getMessage"].body["responses"]["429"])
    header = follow(DOCUMENT, response["headers"]["Retry-After"])
    assert header["schema"] == {"type": "integer", "minimum": 0}


def test_both_batch_paths_are_one_operation() -> None:
    words = {"operationId", "summary", "description"}
    live, catalogue = (
        {key: value for key, value in OPERATIONS[name].body.items() if key not in words}
        for name in ("sendBatch", "sendBatchAtCataloguePath")
    )
    assert live == catalogue
    assert OPERATIONS["sendBatch"].path == "/{subAccountId}/messages/batch"
    assert OPERATIONS["sendBatchAtCataloguePath"].path == "/{subAccountId}/batch"


@pytest.mark.parametrize(
    ("name", "then", "key"),
    [("sendMessage", "getMessage", "umid"), ("startLogExport", "getLogExport", "jobId")],
)
def test_what_was_begun_leads_to_its_state(name: str, then: str, key: str) -> None:
    response = follow(DOCUMENT, OPERATIONS[name].body["responses"][GOOD.get(name, "200")])
    (link,) = (follow(DOCUMENT, link) for link in response["links"].values())
    assert link["operationId"] == then
    assert link["parameters"] == {"subAccountId": "$request.path.subAccountId", key: f"$response.body#/{key}"}


@pytest.mark.parametrize(
    ("name", "expression"),
    [
        ("sendMessage", "{$request.body#/dlrCallbackUrl}"),
        ("sendBatch", "{$request.body#/template/dlrCallbackUrl}"),
    ],
)
def test_a_send_brings_receipts(name: str, expression: str) -> None:
    (item,) = (OPERATIONS[name].body["callbacks"]["deliveryReceipt"][expression],)
    receipt = follow(DOCUMENT, follow(DOCUMENT, item)["post"]["requestBody"])
    media = receipt["content"]["application/json"]
    assert media["schema"] == {"$ref": "#/components/schemas/DeliveryReceipt"}
    assert media["examples"]


def test_everything_is_named_under_components() -> None:
    for operation in OPERATIONS.values():
        parts = [*operation.body["parameters"], *operation.body["responses"].values()]
        assert all(set(part) == {"$ref"} for part in parts)
        assert set(operation.body.get("requestBody", {"$ref": ""})) == {"$ref"}
    for schema in SCHEMAS.values():
        for field in schema.get("properties", {}).values():
            assert "properties" not in field
            assert "enum" not in field


def test_no_schema_has_a_title_or_a_default() -> None:
    """The generator names classes after titles, and sends defaults on every call."""
    assert [
        node for schema in SCHEMAS.values() for node in nodes(schema) if {"title", "default"} & set(node)
    ] == []


def test_a_body_is_never_optional() -> None:
    assert [body["required"] for body in DOCUMENT["components"]["requestBodies"].values()] == [True] * 5


def test_every_object_is_either_asked_or_answered() -> None:
    assert OBJECTS == REQUESTS | ANSWERS


@every_request
def test_a_request_is_closed(name: str) -> None:
    assert SCHEMAS[name]["additionalProperties"] is False
    for field in SCHEMAS[name]["properties"].values():
        assert not may_be_null(follow(DOCUMENT, field))


def test_a_batch_body_is_one_of_two_forms() -> None:
    media = DOCUMENT["components"]["requestBodies"]["ManyMessages"]["content"]["application/json"]
    assert media["schema"] == {
        "oneOf": [
            {"$ref": "#/components/schemas/BatchOfMessages"},
            {"$ref": "#/components/schemas/BatchOfDestinations"},
        ]
    }
    shared = set(SCHEMAS["BatchOfMessages"]["properties"]) & set(SCHEMAS["BatchOfDestinations"]["properties"])
    assert shared == {"template", "clientBatchId", "includeMessagesInResponse", "clientIp"}


@every_answer
def test_an_answer_is_open(name: str) -> None:
    assert SCHEMAS[name]["additionalProperties"] is True


@every_answer
def test_an_answer_needs_little_and_all_else_may_be_null(name: str) -> None:
    needed = set(SCHEMAS[name].get("required", ()))
    fields = SCHEMAS[name]["properties"]
    assert needed == NEEDED.get(name, set())
    assert {field for field in fields if not may_be_null(fields[field])} == needed


@every_answer
def test_a_new_word_in_an_answer_is_no_error(name: str) -> None:
    for field in SCHEMAS[name]["properties"].values():
        words = "enum" in follow(DOCUMENT, field)
        assert not words, "a list of words stands under anyOf, beside a plain string"
        branches = field.get("anyOf", ())
        if any("enum" in follow(DOCUMENT, branch) for branch in branches):
            assert branches[1]["type"] in ("string", ["string", "null"])


@every_answer
def test_ids_and_times_of_an_answer_are_plain_strings(name: str) -> None:
    assert [node for node in nodes(SCHEMAS[name]) if {"format", "pattern"} & set(node)] == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("RequestEncoding", {"AUTO", "GSM7", "UCS2"}),
        ("Tracking", {"None", "Outcome"}),
        ("SubmitCode", {"QUEUED", "REJECTED"}),
        ("AnswerEncoding", {"AUTO", "GSM7", "GSM8", "UCS2"}),
        ("Direction", {"outbound", "inbound"}),
        (
            "DeliveryState",
            # Those of a receipt, then those that only the status call has.
            {"queued", "rejected", "sent", "delivered", "undelivered", "read"}
            | {"unknown", "failed", "ok", "error"},
        ),
        (
            "DeliveryDetail",
            {"delivered_to_operator", "delivered_to_carrier", "delivered_to_recipient"}
            | {"rejected_by_operator", "undelivered_to_recipient"},
        ),
        ("LogExportStatus", {"queued", "running", "succeeded", "failed", "cancelled", "empty", "error"}),
    ],
)
def test_the_words_8x8_uses_are_known(name: str, words: set[str]) -> None:
    assert set(SCHEMAS[name]["enum"]) == words


def test_inbound_messages_are_the_only_webhook() -> None:
    (item,) = DOCUMENT["webhooks"].values()
    post = follow(DOCUMENT, item)["post"]
    assert post["security"] == []
    media = follow(DOCUMENT, post["requestBody"])["content"]["application/json"]
    assert media["schema"] == {"$ref": "#/components/schemas/InboundMessage"}


def test_an_inbound_message_tells_all_that_8x8_posts() -> None:
    receipt = set(SCHEMAS["DeliveryReceipt"]["properties"])
    assert set(SCHEMAS["InboundMessage"]["properties"]) == receipt
    assert set(SCHEMAS["InboundMessagePayload"]["properties"]) == {
        *("umid", "subAccountId", "timestamp", "source", "destination"),
        *("body", "encoding", "smsCount", "price"),
    }


def test_a_receipt_tells_all_that_8x8_posts() -> None:
    assert set(SCHEMAS["DeliveryReceipt"]["properties"]) == {
        "namespace",
        "eventType",
        "description",
        "payload",
    }
    ids = {"umid", "batchId", "clientMessageId", "clientBatchId", "subAccountId"}
    assert set(SCHEMAS["DeliveryReceiptPayload"]["properties"]) == ids | {
        "source",
        "destination",
        "status",
        "price",
        "smsCount",
    }
