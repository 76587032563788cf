"""Answers no document describes: junk, cut-off bodies, wrong types, depth, size."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_sms import BadRequest, InvalidResponse, MessageRejected, OutcomeUnknown, PermissionDenied
from contract_tests.responses.expected import lists_of
from contract_tests.responses.server import CALLS, OWN_IDS, SENDS, TEXT, TO, UMID, Server, serving
from contract_tests.support.clients import COLOURS, KEY, Caller

SENT = {
    "umid": UMID,
    "clientMessageId": "own-id",
    "destination": "447700900123",
    "encoding": "GSM7",
    "status": {"code": "QUEUED", "description": "taken"},
}
GOOD: dict[str, Any] = {
    "sendMessage": SENT,
    "sendBatch": {
        "batchId": "b",
        "clientBatchId": None,
        "acceptedCount": 3,
        "rejectedCount": 0,
        "messages": [{**SENT, "clientMessageId": own_id} for own_id in OWN_IDS],
    },
    "getMessage": {
        "umid": UMID,
        "subAccountId": "acme_alerts",
        "direction": "outbound",
        "country": "GB",
        "status": {
            "state": "undelivered",
            "detail": "rejected_by_operator",
            "errorCode": 14,
            "errorMessage": "no",
            "timestamp": "2026-07-01T17:00:04.52Z",
        },
        "msisdn": "+4477009xxxxx",
        "source": "ACME",
        "body": "***",
        "encoding": "GSM7",
        "createdAt": "2026-07-01T17:00:00Z",
        "smsCount": 1,
        "price": {"total": 0.0412, "perSms": 0.0412, "currency": "EUR"},
        "clientMessageId": None,
        "clientBatchId": None,
        "batchId": None,
    },
}
ERROR_ID = "b1f0c9d4-6a7e-4f27-8c0e-2d9a4b6e1f12"
ERROR = {"code": 2000, "message": "failed", "errorId": ERROR_ID, "timestamp": None}
PAGE = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
OPERATIONS = tuple(CALLS)

every_operation = pytest.mark.parametrize("operation", OPERATIONS)


@pytest.fixture(scope="module", params=COLOURS)
def served(request: pytest.FixtureRequest) -> Iterator[tuple[Server, Caller]]:
    with serving(request.param) as served:
        yield served


@pytest.fixture
def reader(served: tuple[Server, Caller], monkeypatch: pytest.MonkeyPatch) -> None:
    """Python's own JSON reader for one kind of client; the other keeps orjson, where it is installed."""
    if served[1].is_async:
        monkeypatch.setattr("connect_sms._api.response_policy.loads", json.loads)


def check_declared(server: Server, caller: Caller, operation: str, *, readable: bool = False) -> None:
    """To a 200 that cannot be read: no claim, no retry."""
    result, error, requests = server.ask(caller, operation)
    assert requests == 1
    if operation == "sendMessage":
        if readable and error is None:
            assert result.umid
        elif isinstance(error, MessageRejected):
            assert readable
        else:
            assert isinstance(error, OutcomeUnknown)
            assert error.client_message_id == "own-id"
            assert error.response is not None
    elif operation == "sendBatch":
        assert error is None
        assert set(lists_of(result)) == set(OWN_IDS)
        assert readable or set(lists_of(result).values()) == {"unknown"}
    else:
        assert isinstance(error, InvalidResponse) or (readable and error is None)


@every_operation
@given(body=st.binary(max_size=60))
def test_random_bytes(served: tuple[Server, Caller], operation: str, body: bytes) -> None:
    server, caller = served
    server.says(200, body)
    check_declared(server, caller, operation, readable=body.lstrip().startswith(b"{"))


@every_operation
def test_a_body_that_is_cut_off_anywhere(served: tuple[Server, Caller], operation: str, reader: None) -> None:
    server, caller = served
    whole = json.dumps(GOOD[operation]).encode()
    for length in range(len(whole)):
        server.says(200, whole[:length])
        check_declared(server, caller, operation)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of a document."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from places(inner, (*path, key))


def with_value(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    changed = copy.deepcopy(document)
    node = changed
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return changed


#: Values of every type and of unusual size, as they would be written in JSON.
WRONG: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 2**31, 2**63, 10**30, 1.5, 1e308),
    *("", "x", "\x00", "\u0663", "\ud83d\ude00", "x" * 5000, "REJECTED", "queued"),
    *("2026-13-45T99:99:99Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"),
    *([], [[]], [None], [1, "a"], {}, {"": None}, {"code": {}}, {"state": []}, {"umid": {}}),
)


@every_operation
def test_a_wrong_value_in_any_place(served: tuple[Server, Caller], operation: str, reader: None) -> None:
    server, caller = served
    for path in places(GOOD[operation]):
        for value in WRONG:
            server.says(200, json.dumps(with_value(GOOD[operation], path, value)).encode())
            check_declared(server, caller, operation, readable=True)


@every_operation
def test_any_field_may_be_missing(served: tuple[Server, Caller], operation: str) -> None:
    server, caller = served
    for path in places(GOOD[operation]):
        if path and isinstance(path[-1], str):
            document = copy.deepcopy(GOOD[operation])
            node = document
            for key in path[:-1]:
                node = node[key]
            del node[path[-1]]
            server.says(200, json.dumps(document).encode())
            check_declared(server, caller, operation, readable=True)


@every_operation
def test_a_wrong_value_in_an_error(served: tuple[Server, Caller], operation: str) -> None:
    server, caller = served
    for path in places(ERROR):
        for value in WRONG:
            server.says(400, json.dumps(with_value(ERROR, path, value)).encode())
            _, error, requests = server.ask(caller, operation)
            assert error is not None
            assert not error.may_have_been_sent
            assert (type(error), requests) == (BadRequest, 1)


NESTED = 100_000
MONSTERS = {
    "lists without end": b"[" * NESTED,
    "objects without end": b'{"a":' * NESTED,
    "deep lists": b'{"umid":' + b"[" * NESTED + b"]" * NESTED + b"}",
    "a number too long to read": b'{"umid":"u","status":{"code":' + b"9" * 10_000 + b"}}",
    "a number beyond floats": b'{"umid":"u","status":{"code":1e999999}}',
    "not a number": b'{"umid":NaN,"status":{"code":Infinity}}',
    "UTF-16": '{"umid":"u"}'.encode("utf-16"),
    "half a character": b'{"umid":"\xc3',
    "half a surrogate pair": b'{"umid":"\\ud83d","status":null}',
    "two documents": b'{"umid":"u"}{"umid":"u"}',
    "a comment": b'{"umid":"u"} // fine',
    "zero bytes": b"\x00" * 1000,
    "a megabyte of spaces": b" " * 1_000_000,
    "a page": PAGE,
}
#: One reader of JSON takes these for JSON, another does not.
READ_BY_SOME = {
    *("a number too long to read", "a number beyond floats", "not a number"),
    *("UTF-16", "half a surrogate pair"),
}


@every_operation
@pytest.mark.parametrize("monster", MONSTERS)
def test_a_monster_is_declared(
    served: tuple[Server, Caller], operation: str, monster: str, reader: None
) -> None:
    server, caller = served
    server.says(200, MONSTERS[monster])
    check_declared(server, caller, operation, readable=monster in READ_BY_SOME)


@pytest.mark.parametrize("monster", MONSTERS)
def test_a_monster_in_an_error_is_declared(served: tuple[Server, Caller], monster: str, reader: None) -> None:
    server, caller = served
    for operation in OPERATIONS:
        server.says(403, MONSTERS[monster])
        _, error, _ = server.ask(caller, operation)
        assert type(error) is PermissionDenied


def test_an_answer_about_somebody_else_settles_nobody(served: tuple[Server, Caller]) -> None:
    """Not even by its counts, though they fit."""
    server, caller = served
    others = [{**SENT, "clientMessageId": f"other-{number}"} for number in range(3)]
    server.says(200, json.dumps({**GOOD["sendBatch"], "messages": others}).encode())
    result, error, _ = server.ask(caller, "sendBatch")
    assert error is None
    assert set(lists_of(result).values()) == {"unknown"}


def test_of_two_results_that_contradict_each_other_none_is_believed(served: tuple[Server, Caller]) -> None:
    server, caller = served
    rejected = {**GOOD["sendBatch"]["messages"][0], "status": {"code": "REJECTED"}}
    for messages in ([rejected, *GOOD["sendBatch"]["messages"]], [*GOOD["sendBatch"]["messages"], rejected]):
        server.says(200, json.dumps({**GOOD["sendBatch"], "messages": messages}).encode())
        result, error, _ = server.ask(caller, "sendBatch")
        assert error is None
        assert lists_of(result) == {"id-0": "unknown", "id-1": "accepted", "id-2": "accepted"}


@pytest.mark.parametrize("operation", SENDS)
def test_an_error_repeats_nothing_of_what_it_was_sent(served: tuple[Server, Caller], operation: str) -> None:
    server, caller = served
    said = f"no {TEXT} to {TO} or {TO[1:]} with {KEY}"
    server.says(400, json.dumps({**ERROR, "message": said, "errorId": KEY, "code": 1}).encode())
    _, error, _ = server.ask(caller, operation)
    assert error is not None
    for secret in (TEXT, TO[1:], KEY):
        assert secret not in f"{error} {error!r}"
