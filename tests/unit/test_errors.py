"""The exceptions: the tree as drawn, and what each of them survives."""

from __future__ import annotations

import copy
import pickle
import re
from typing import Any

import pytest

import connect_sms
from connect_sms import (
    ApiCode,
    ApiError,
    BatchInterrupted,
    BatchResult,
    ConfigurationError,
    ConnectSmsError,
    ExportFailed,
    InvalidArgument,
    InvalidBatch,
    InvalidDestination,
    InvalidResponse,
    LogExport,
    MessageRejected,
    MessageStatus,
    MissingExtra,
    NetworkError,
    OutcomeUnknown,
    RateLimited,
    RawResponse,
    RecipientResult,
    RequestBlocked,
    StoreUnavailable,
    WaitTimeout,
    errors,
)
from tests.support import NUMBER, TEXT, UMID, Caller, Script, answer, state

RAW = RawResponse(400, {"x-echo": NUMBER}, NUMBER.encode())
ERROR_ID = "5f1a1b5e-0000-4000-8000-0123456789ab"


def a_status() -> MessageStatus:
    caller = Caller("sync")
    answered = state("sent", msisdn=NUMBER, body=TEXT, lane=NUMBER)
    status: MessageStatus = caller(caller.client(Script(answered)).status(UMID))
    caller.close()
    return status


def a_result(**lists: Any) -> BatchResult:
    row = RecipientResult(0, NUMBER, "order-1", UMID, "why not")
    usual: dict[str, Any] = {"accepted": (), "rejected": (row,), "unknown": (), "not_sent": ()}
    return BatchResult(**{**usual, **lists}, responses=(RAW,))


def all_classes(root: type[ConnectSmsError] = ConnectSmsError) -> list[type[ConnectSmsError]]:
    found = [root]
    for child in root.__subclasses__():
        found += [kind for kind in all_classes(child) if kind not in found]
    return [kind for kind in found if kind.__module__.startswith(errors.__name__)]


#: The arguments of each kind, with everything it can carry. What is not here goes by the kind above it.
ARGUMENTS: dict[type[ConnectSmsError], tuple[list[Any], dict[str, Any]]] = {
    ConnectSmsError: (["it went wrong"], {}),
    MissingExtra: (["the command line"], {"extra": "cli"}),
    InvalidArgument: (["it is wrong"], {"argument": "text", "index": 2}),
    InvalidBatch: ([[InvalidDestination("too short", argument="destination", index=3)]], {}),
    ApiError: (
        [],
        {"status": 400, "code": 1002, "error_id": ERROR_ID, "server_message": "Invalid", "response": RAW},
    ),
    RateLimited: ([], {"retry_after": 3.0, "status": 429, "error_id": ERROR_ID, "response": RAW}),
    NetworkError: (["it failed"], {"reason": "ConnectTimeout"}),
    OutcomeUnknown: (
        [],
        {"reason": "503", "client_message_id": "a", "status": 503, "error_id": ERROR_ID, "response": RAW},
    ),
    RequestBlocked: ([], {"reason": "PermissionError"}),
    MessageRejected: ([], {"reason": "none", "umid": UMID, "client_message_id": "a", "response": RAW}),
    StoreUnavailable: ([], {"reason": "the disk is full"}),
    InvalidResponse: ([], {"reason": "not JSON", "response": RAW}),
    ExportFailed: (["it failed"], {"export": LogExport(job_id="j", status="failed", response=RAW)}),
    WaitTimeout: (["not yet"], {"umid": UMID, "last": a_status()}),
    BatchInterrupted: (["it stopped"], {"result": a_result()}),
}


def an_error(kind: type[ConnectSmsError]) -> ConnectSmsError:
    """One of a kind."""
    arguments, keywords = next(ARGUMENTS[base] for base in kind.__mro__ if base in ARGUMENTS)
    error = kind(*arguments, **keywords)
    error.add_note("while testing")
    return error


each_class = pytest.mark.parametrize("kind", all_classes(), ids=lambda kind: kind.__name__)


def drawn_tree() -> dict[str, str]:
    """Child to parent, as drawn in the module's docstring."""
    found: dict[str, str] = {}
    above: list[str] = []
    drawing = (errors.__doc__ or "").split("::\n")[1].split("``may_have")[0]
    for line in filter(str.strip, drawing.splitlines()):
        match = re.match(r"(?P<branch>[ │├└─]*)(?P<name>\w+)", line)
        assert match, line
        depth = (len(match["branch"]) - 4) // 4
        del above[depth:]
        if above:
            found[match["name"]] = above[-1]
        above.append(match["name"])
    return found


class TestTree:
    """What is drawn is what is."""

    def test_every_class_stands_where_it_is_drawn(self) -> None:
        real = {
            kind.__name__: base.__name__
            for kind in all_classes()
            for base in kind.__bases__
            if issubclass(base, ConnectSmsError)
        }
        assert drawn_tree() == real

    def test_every_class_is_public(self) -> None:
        names = {kind.__name__ for kind in all_classes()}
        assert names == set(errors.__all__)
        assert names <= set(connect_sms.__all__)

    @pytest.mark.parametrize(
        ("kind", "builtin"),
        [(InvalidArgument, ValueError), (MissingExtra, ImportError), (WaitTimeout, TimeoutError)],
    )
    def test_some_are_also_what_python_calls_them(self, kind: type, builtin: type) -> None:
        assert issubclass(kind, builtin)


@each_class
class TestEachClass:
    """What every one of them survives."""

    @pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
    def test_it_is_pickled_whole_but_for_people(self, kind: type[ConnectSmsError], protocol: int) -> None:
        error = an_error(kind)
        data = pickle.dumps(error, protocol)
        again = pickle.loads(data)  # noqa: S301  our own bytes
        assert type(again) is kind
        assert str(again) == str(error)
        assert again.args == error.args
        assert again.may_have_been_sent == error.may_have_been_sent
        assert again.transient == error.transient
        assert again.__notes__ == ["while testing"]
        same = {name for name in vars(error) if name not in {"response", "result", "last", "problems"}}
        assert {name: getattr(again, name) for name in same} == {name: getattr(error, name) for name in same}
        assert vars(again).keys() == vars(error).keys()
        for secret in (NUMBER, NUMBER[1:], TEXT):
            assert secret.encode() not in data

    def test_it_is_pickled_again(self, kind: type[ConnectSmsError]) -> None:
        once = pickle.loads(pickle.dumps(an_error(kind)))  # noqa: S301  our own bytes
        twice = pickle.loads(pickle.dumps(once))  # noqa: S301  our own bytes
        assert repr(twice) == repr(once)

    @pytest.mark.parametrize("how", [copy.copy, copy.deepcopy])
    def test_a_copy_is_the_same_and_its_own(self, kind: type[ConnectSmsError], how: Any) -> None:
        error = an_error(kind)
        twin = how(error)
        assert (type(twin), str(twin)) == (kind, str(error))
        assert vars(twin) == vars(error) or (how is copy.deepcopy and vars(twin).keys() == vars(error).keys())
        twin.may_never = True
        assert not hasattr(error, "may_never")

    def test_its_repr_names_it_and_says_the_same_as_its_message(self, kind: type[ConnectSmsError]) -> None:
        error = an_error(kind)
        assert repr(error) == f"{kind.__name__}({str(error)!r})"

    def test_it_says_whether_something_may_have_been_sent(self, kind: type[ConnectSmsError]) -> None:
        assert an_error(kind).may_have_been_sent is (kind.__name__ in {"OutcomeUnknown", "WaitTimeout"})


@pytest.mark.parametrize(
    ("lists", "may"),
    [
        ({}, False),
        ({"accepted": (RecipientResult(0, NUMBER, "a"),)}, True),
        ({"unknown": (RecipientResult(0, NUMBER, "a"),)}, True),
        ({"not_sent": (RecipientResult(0, NUMBER, "a"),)}, False),
    ],
)
def test_an_interrupted_batch_says_so_of_its_recipients(lists: Any, *, may: bool) -> None:
    error = BatchInterrupted("it stopped", result=a_result(**lists))
    assert error.may_have_been_sent is may


def test_an_interrupted_batch_is_pickled_with_its_numbers_masked() -> None:
    error = BatchInterrupted("it stopped", result=a_result())
    again = pickle.loads(pickle.dumps(error))  # noqa: S301  our own bytes
    [row] = again.result.rejected
    assert row.destination == "+4477*****123"
    assert row.client_message_id == "order-1"
    assert again.result.responses == ()


def test_a_wait_is_pickled_with_its_last_status() -> None:
    again = pickle.loads(pickle.dumps(WaitTimeout("x", umid=UMID, last=a_status())))  # noqa: S301
    assert (again.last.state, again.last.destination, again.last.body) == ("sent", None, None)
    assert again.umid == UMID


class TestApiErrors:
    """What an error of 8x8's says, in our words where we have some."""

    def refused(self, caller: Caller, status: int, document: Any) -> ApiError:
        with pytest.raises(ApiError) as caught:
            caller(caller.client(Script(answer(status, document))).send(NUMBER, TEXT))
        return caught.value

    def test_a_known_code_is_explained(self, caller: Caller) -> None:
        document = {"code": 1002, "message": "Invalid MSISDN format", "errorId": ERROR_ID, "timestamp": "now"}
        error = self.refused(caller, 400, document)
        assert str(error) == (
            f"[errorId {ERROR_ID}] HTTP 400, code 1002 INVALID_MSISDN: "
            f"{ApiCode.INVALID_MSISDN.cause} {ApiCode.INVALID_MSISDN.advice}"
        )
        assert (error.status, error.code, error.error_id) == (400, 1002, ERROR_ID)
        assert error.server_message == "Invalid MSISDN format"
        assert error.response
        assert error.response.json() == document

    @pytest.mark.parametrize("code", ApiCode)
    def test_every_code_carries_cause_and_advice(self, code: ApiCode) -> None:
        message = str(ApiError(status=400, code=int(code)))
        assert f"code {int(code)} {code.name}: {code.cause} {code.advice}" in message

    def test_a_code_of_tomorrow_is_told_in_8x8s_words(self, caller: Caller) -> None:
        error = self.refused(caller, 403, {"code": 7777, "message": "The moon is full", "errorId": ERROR_ID})
        assert str(error).startswith(f"[errorId {ERROR_ID}] HTTP 403, code 7777: The moon is full. ")
        assert str(error).endswith(error.default_advice)

    @pytest.mark.parametrize(
        "document",
        [
            None,
            [],
            "no",
            {"code": "a thousand", "message": 5, "errorId": 7},
            {"code": True, "message": None, "errorId": None},
            {"code": None, "message": "", "errorId": ""},
        ],
    )
    def test_an_answer_of_another_form_is_still_that_error(self, caller: Caller, document: Any) -> None:
        error = self.refused(caller, 401, document)
        assert (error.code, error.error_id, error.server_message) == (None, None, None)
        assert str(error) == f"HTTP 401: no reason given. {error.default_advice}"

    def test_long_words_are_cut(self, caller: Caller) -> None:
        error = self.refused(caller, 400, {"message": "so " * 1000})
        assert len(error.server_message or "") == 500

    @pytest.mark.parametrize("error_id", ["447700900123", "short", "two words", "<b>", "x" * 65, NUMBER])
    def test_what_does_not_look_like_an_id_is_not_shown_as_one(self, caller: Caller, error_id: str) -> None:
        assert self.refused(caller, 400, {"errorId": error_id}).error_id is None

    def test_an_unknown_outcome_carries_the_id_too(self, caller: Caller) -> None:
        with pytest.raises(OutcomeUnknown) as caught:
            caller(caller.client(Script(answer(500, {"errorId": ERROR_ID}))).send(NUMBER, TEXT))
        assert str(caught.value).startswith(f"[errorId {ERROR_ID}]")
        assert caught.value.error_id == ERROR_ID


class TestInvalidArguments:
    """What the caller got wrong, and where."""

    def test_one_of_a_batch_says_which(self) -> None:
        error = InvalidDestination("it is too short", argument="destination").at(4)
        assert str(error) == "message 4 of the batch: it is too short"
        assert (type(error), error.argument, error.index) == (InvalidDestination, "destination", 4)

    @pytest.mark.parametrize(
        ("count", "beginning", "end"),
        [
            (1, "1 message is wrong: message 0 of the batch: no", "no"),
            (5, "5 messages are wrong: message 0", "message 4 of the batch: no"),
            (1234, "1,234 messages are wrong: message 0", "; and 1,229 more in .problems"),
        ],
    )
    def test_a_batch_names_the_first_few(self, count: int, beginning: str, end: str) -> None:
        problems = [InvalidArgument("no", argument="text", index=index) for index in range(count)]
        error = InvalidBatch(problems)
        assert str(error).startswith(beginning)
        assert str(error).endswith(end)
        assert error.problems == tuple(problems)

    def test_a_missing_extra_says_what_to_type(self) -> None:
        error = MissingExtra("the command line", extra="cli")
        assert "pip install 'connect-sms[cli]'" in str(error)
        assert isinstance(error, ConfigurationError)
