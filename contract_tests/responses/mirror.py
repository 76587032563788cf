"""A document in which each answer poses as a request body, so that schemathesis generates it.

Of both witnesses: what fits their schemas, and what almost does.
"""

import functools
import json
from collections.abc import Callable
from typing import Any, Final

import schemathesis
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core import NotSet

from contract_tests.contract import follow, load, operations
from contract_tests.support.vendor import PREFIX, load_vendor

#: By operation, and by the status it answers with.
Document = dict[str, Any]
WITNESSES: Final[dict[str, Callable[[], Document]]] = {"ours": load, "vendor": load_vendor}


@functools.cache
def _mirror(witness: str) -> Any:
    document = WITNESSES[witness]()
    paths = {
        _path(operation, status): {
            "post": {
                "operationId": f"{operation}{status}",
                "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
                "responses": {"200": {"description": "taken"}},
            }
        }
        for operation, status, schema in _answers(witness, document)
    }
    # The other paths stay, because references lead into them.
    return schemathesis.openapi.from_dict({**document, "paths": {**document["paths"], **paths}})


def _path(operation: str, status: str) -> str:
    return f"/mirror/{operation}/{status}"


def _answers(witness: str, document: Document) -> list[tuple[str, str, Any]]:
    mine = operations(load())
    found = []
    for name in ("sendMessage", "sendBatch", "getMessage"):
        path = mine[name].path if witness == "ours" else PREFIX + mine[name].path
        for status, response in document["paths"][path][mine[name].method]["responses"].items():
            content = follow(document, response)["content"]["application/json"]
            found.append((name, status, content["schema"]))
    return found


def statuses(witness: str, operation: str) -> list[str]:
    """Every status a witness declares for an operation."""
    return [status for name, status, _ in _answers(witness, WITNESSES[witness]()) if name == operation]


@functools.cache
def answers(witness: str, operation: str, status: str) -> st.SearchStrategy[Document]:
    """JSON objects that fit what the witness says."""
    return _bodies(witness, operation, status, GenerationMode.POSITIVE)


@functools.cache
def near_answers(witness: str, operation: str, status: str) -> st.SearchStrategy[bytes]:
    """Bodies that do not fit it, but for little."""
    return _bodies(witness, operation, status, GenerationMode.NEGATIVE).map(as_bytes)


def _bodies(witness: str, operation: str, status: str, mode: GenerationMode) -> st.SearchStrategy[Any]:
    cases = _mirror(witness)[_path(operation, status)]["POST"].as_strategy(generation_mode=mode)
    bodies: st.SearchStrategy[Any] = cases.map(lambda case: case.body)
    return bodies


def as_bytes(body: object) -> bytes:
    """What a server would put on the wire."""
    if isinstance(body, bytes):
        return body
    return b"" if isinstance(body, NotSet) else json.dumps(body).encode()
