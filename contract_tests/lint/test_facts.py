"""The figures of 8x8's documentation, set down by hand: a second opinion where its file is absent."""

import pytest

from contract_tests.contract import follow, load, operations

DOCUMENT = load()
SCHEMAS = DOCUMENT["components"]["schemas"]
PARAMETERS = DOCUMENT["components"]["parameters"]
PROSE = {"description", "examples", "example"}


@pytest.mark.parametrize(
    ("name", "limits"),
    [
        ("Destination", {"pattern": r"^\+{0,1}[1-9]{1}[0-9]{6,14}$"}),
        ("Text", {"minLength": 1}),
        ("Country", {"minLength": 2, "maxLength": 2, "pattern": "^[A-Za-z]{2}$"}),
        ("SenderId", {"maxLength": 16, "pattern": "^(\\+?[0-9]{1,16}|[!-~][ -~]{0,10})$"}),
        ("ClientMessageId", {"maxLength": 350}),
        ("ClientBatchId", {"maxLength": 20}),
        ("Scheduled", {"format": "date-time"}),
        ("Expiry", {"format": "date-time"}),
        ("LogFrom", {"format": "date-time"}),
        ("LogTo", {"format": "date-time"}),
        ("ReceiptUrl", {"format": "uri", "pattern": "^https?://"}),
        ("ClientIp", {}),
    ],
)
def test_a_value_of_a_request_has_these_limits(name: str, limits: dict[str, object]) -> None:
    found = {key: value for key, value in SCHEMAS[name].items() if key not in PROSE}
    assert found == {"type": "string", **limits}


@pytest.mark.parametrize(
    ("name", "required"),
    [
        ("SendMessageRequest", {"destination", "text"}),
        ("BatchOfMessages", {"messages"}),
        ("BatchOfDestinations", {"destinations", "template"}),
        ("BatchMessage", {"destination"}),
        ("BatchTemplate", {"text"}),
        ("LogExportRequest", {"from", "to"}),
    ],
)
def test_a_request_needs_these_fields(name: str, required: set[str]) -> None:
    assert set(SCHEMAS[name].get("required", ())) == required


SHARED = {"text", "source", "encoding", "scheduled", "expiry", "dlrCallbackUrl"}
MESSAGE = SHARED | {"destination", "country", "clientMessageId", "clientIp", "track"}
BATCH = {"template", "clientBatchId", "includeMessagesInResponse", "clientIp"}


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("SendMessageRequest", MESSAGE),
        ("BatchMessage", MESSAGE),
        ("BatchTemplate", SHARED),
        ("BatchOfMessages", BATCH | {"messages"}),
        ("BatchOfDestinations", BATCH | {"destinations"}),
        ("LogExportRequest", {"from", "to", "phoneNumber", "countries", "limit"}),
    ],
)
def test_a_request_has_these_fields(name: str, fields: set[str]) -> None:
    assert set(SCHEMAS[name]["properties"]) == fields


@pytest.mark.parametrize(
    ("name", "field"), [("BatchOfMessages", "messages"), ("BatchOfDestinations", "destinations")]
)
def test_a_batch_holds_1_to_10000(name: str, field: str) -> None:
    items = SCHEMAS[name]["properties"][field]
    assert (items["type"], items["minItems"], items["maxItems"]) == ("array", 1, 10_000)


def test_a_sub_account_is_3_to_50_characters_of_these() -> None:
    assert PARAMETERS["SubAccountId"]["schema"] == {
        "type": "string",
        "minLength": 3,
        "maxLength": 50,
        "pattern": r"^[A-Za-z0-9\-._&]{3,50}$",
    }


@pytest.mark.parametrize("name", ["Umid", "JobId"])
def test_an_id_of_8x8s_is_opaque(name: str) -> None:
    assert PARAMETERS[name]["schema"] == {"type": "string"}


def test_a_log_is_limited_from_0_which_is_no_limit() -> None:
    limit = SCHEMAS["LogExportRequest"]["properties"]["limit"]
    assert {key: value for key, value in limit.items() if key != "description"} == {
        "type": "integer",
        "minimum": 0,
    }


def test_the_key_is_a_bearer_token() -> None:
    scheme = DOCUMENT["components"]["securitySchemes"]["apiKey"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("sendMessage", "post /{subAccountId}/messages"),
        ("sendBatch", "post /{subAccountId}/messages/batch"),
        ("sendBatchAtCataloguePath", "post /{subAccountId}/batch"),
        ("getMessage", "get /{subAccountId}/messages/{umid}"),
        ("startLogExport", "post /{subAccountId}/messages/exports"),
        ("getLogExport", "get /{subAccountId}/messages/exports/{jobId}"),
    ],
)
def test_an_operation_stands_at_this_address(name: str, address: str) -> None:
    operation = operations(DOCUMENT)[name]
    assert f"{operation.method} {operation.path}" == address
    named = [follow(DOCUMENT, parameter)["name"] for parameter in operation.body["parameters"]]
    assert [f"{{{name}}}" in address for name in named] == [True] * address.count("{")
