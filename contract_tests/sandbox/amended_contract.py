"""The contract for fuzzing the sandbox, amended where the two differ on purpose.

The contract is stricter with callers than the documented service, and a schema cannot express some rules.
Each amendment has its reason, and test_amendments.py proves it. No check is turned off.
"""

import copy
from typing import Any, Final, NamedTuple

from connect_sms.models.calling_codes import COUNTRIES
from contract_tests.support.prism import without_callbacks

_SCHEMAS: Final = "components/schemas"


class Amendment(NamedTuple):
    """Keys that replace others at a path of the contract, and why."""

    path: str
    keys: dict[str, Any]
    reason: str


#: A name or a number of any length. The length is a documented reason to reject one message, not the batch.
_ANY_LENGTH: Final = {"$ref": None, "type": "string", "pattern": r"^(\+?[0-9]+|[A-Za-z0-9][A-Za-z0-9 ]*)$"}
_ANY_STRING: Final = {"$ref": None, "type": "string"}
_ONE_BY_ONE: Final = "a batch is taken, and the one message rejected"

#: Where None is laid over something, it goes.
AMENDMENTS: Final = (
    # The service is documented to take more.
    Amendment("components/requestBodies/LogSpan", {"required": False}, "without a span: the last seven days"),
    Amendment(f"{_SCHEMAS}/LogExportRequest", {"required": None}, "without an end of it: as without a span"),
    Amendment(f"{_SCHEMAS}/BatchMessage/properties/destination", _ANY_STRING, _ONE_BY_ONE),
    Amendment(f"{_SCHEMAS}/BatchOfDestinations/properties/destinations/items", _ANY_STRING, _ONE_BY_ONE),
    Amendment(f"{_SCHEMAS}/BatchMessage/properties/text", _ANY_STRING, _ONE_BY_ONE),
    Amendment(f"{_SCHEMAS}/BatchMessage/properties/source", _ANY_LENGTH, _ONE_BY_ONE),
    Amendment(f"{_SCHEMAS}/BatchTemplate/properties/source", _ANY_LENGTH, _ONE_BY_ONE),
    # The service is documented to take less.
    Amendment(
        f"{_SCHEMAS}/Country",
        {"enum": sorted({*COUNTRIES, *map(str.lower, COUNTRIES)})},
        "only codes that are assigned; the contract does not follow how that changes",
    ),
    Amendment(
        f"{_SCHEMAS}/ClientIp",
        {"anyOf": [{"format": "ipv4"}, {"format": "ipv6"}]},
        "an address of either kind; from two formats a generator makes two types",
    ),
)


def amended(document: dict[str, Any]) -> dict[str, Any]:
    """A copy with every amendment, and without callbacks, which no fuzzer needs."""
    result = copy.deepcopy(without_callbacks(document))
    for path, keys, _ in AMENDMENTS:
        node = result
        for name in path.split("/"):
            node = node[name]
        node.update(keys)
        for name in [name for name, value in node.items() if value is None]:
            del node[name]
    return result
