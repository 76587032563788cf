"""What a right server does, whoever wrote it. Each check asks it anew."""

import time
from typing import Any, Final

import httpx

from connect_sms import SmsClient
from contract_tests.server.target import Target, check_answer

TEXT: Final = "Your code is 482910"
#: The ids that the contract's example of a batch speaks of.
IDS: Final = ("sale-1", "sale-2")
_TRIES: Final = 5


def remembers(target: Target) -> bool:
    """Whether it knows one message from another; a mock answers with the same example."""
    return _send(target) != _send(target)


def check_send(target: Target) -> None:
    """A send is taken."""
    assert _send(target)


def check_status(target: Target) -> None:
    """A message can be read."""
    _read(target, _send(target))


def check_batch(target: Target) -> None:
    """Each message of a batch is accepted or rejected."""
    messages = [{"destination": target.to, "text": TEXT, "clientMessageId": own_id} for own_id in IDS]
    body = {"messages": messages, "includeMessagesInResponse": True}
    taken = check_answer("sendBatch", _ok(target.ask("sendBatch", body)))
    assert taken["acceptedCount"] + taken["rejectedCount"] == len(IDS)
    if taken.get("messages"):
        assert sorted(item["clientMessageId"] for item in taken["messages"]) == sorted(IDS)


def check_export(target: Target) -> None:
    """A log is ordered, and its order can be read."""
    span = {"from": "2026-07-01T00:00:00+00:00", "to": "2026-07-02T00:00:00+00:00"}
    answer = target.ask("startLogExport", span)
    assert answer.status_code == 202
    job = check_answer("startLogExport", answer)["jobId"]
    check_answer("getLogExport", _ok(target.ask("getLogExport", jobId=job)))


def check_no_key(target: Target) -> None:
    """Nobody is answered without a key."""
    for operation, body, names in (
        ("sendMessage", _one(target), {}),
        ("getMessage", None, {"umid": "0d9b2c7e-51a4-4f0e-9a53-6f1c2f6f0b11"}),
    ):
        answer = target.ask(operation, body, authorization=None, **names)
        assert answer.status_code == 401, f"{operation} without a key: {answer.status_code}"
        check_answer(operation, answer)


def check_other_key(target: Target) -> None:
    """Nor with one that it does not know."""
    answer = target.ask("sendMessage", _one(target), authorization="Bearer not-a-key-of-anybody")
    assert answer.status_code in {401, 403}
    check_answer("sendMessage", answer)


def check_no_destination(target: Target) -> None:
    """A send to nobody is refused."""
    answer = target.ask("sendMessage", {"text": TEXT})
    assert answer.status_code in {400, 422}
    check_answer("sendMessage", answer)


def check_own_message(target: Target) -> None:
    """A status is that of the message which was asked for, and no id is given twice."""
    umids = [_send(target) for _ in range(2)]
    assert len(set(umids)) == len(umids)
    for umid in umids:
        assert _read(target, umid)["umid"] == umid


def check_unknown_message(target: Target) -> None:
    """A message that nobody sent is not found."""
    answer = target.ask("getMessage", umid="00000000-0000-4000-8000-000000000000")
    assert answer.status_code in {400, 404}
    check_answer("getMessage", answer)


def check_own_client(target: Target) -> None:
    """The client that people get works with it."""
    with SmsClient(
        api_key=target.key,
        sub_account_id=target.sub_account,
        base_url=target.url,
        transport=target.transport,
    ) as sms:
        sent = sms.send(target.to, TEXT)
        _read(target, sent.umid)
        assert sms.status(sent.umid).umid == sent.umid
        assert len(sms.send_batch([target.to], TEXT).accepted) == 1


#: What holds for any server, and what only for one that remembers what it was sent.
ALWAYS: Final = (check_send, check_status, check_batch, check_export, check_no_key, check_no_destination)
WITH_MEMORY: Final = (check_other_key, check_own_message, check_unknown_message, check_own_client)


def _send(target: Target) -> str:
    sent = check_answer("sendMessage", _ok(target.ask("sendMessage", _one(target))))
    return str(sent["umid"] or "")


def _read(target: Target, umid: str) -> Any:
    answer = target.ask("getMessage", umid=umid)
    for _ in range(_TRIES):
        if answer.status_code == 404:  # a service of many machines may not know it everywhere at once
            time.sleep(1)
            answer = target.ask("getMessage", umid=umid)
    return check_answer("getMessage", _ok(answer))


def _one(target: Target) -> dict[str, str]:
    return {"destination": target.to, "text": TEXT}


def _ok(answer: httpx.Response) -> httpx.Response:
    assert answer.status_code == 200, f"{answer.status_code}: {answer.text[:200]}"
    return answer
