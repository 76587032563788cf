"""The acceptance log: who was really accepted, and how often."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.sandbox_api import NUMBER, OTHER, Api

if TYPE_CHECKING:
    from connect_sms.sandbox import Sandbox


def test_it_counts_by_client_message_id_and_by_destination(api: Api, sandbox: Sandbox) -> None:
    api.send(clientMessageId="a")
    api.send(clientMessageId="a")
    api.send(clientMessageId="b", destination=OTHER)
    api.send()
    accepted = sandbox.accepted
    assert len(accepted) == 4
    assert accepted.by_client_message_id() == {"a": 2, "b": 1}
    assert accepted.by_destination() == {NUMBER: 3, OTHER: 1}
    assert accepted.twice() == {"a": 2}
    assert accepted.times(client_message_id="a") == 2
    assert accepted.times(destination=OTHER) == 1
    assert accepted.times(destination=NUMBER.removeprefix("+")) == 3
    assert accepted.times(client_message_id="nobody") == 0
    api.send(clientMessageId="a")
    assert (len(accepted), accepted.times(client_message_id="a")) == (5, 3)
    for both in ({}, {"client_message_id": "a", "destination": NUMBER}):
        with pytest.raises(ValueError, match="either"):
            accepted.times(**both)


def test_a_refused_or_rejected_message_is_not_in_it(api: Api, sandbox: Sandbox) -> None:
    api.send(destination="abc")
    api.send(destination="+1123456789")
    assert len(sandbox.accepted) == 0
    assert [message.accepted for message in sandbox.messages] == [False]
    assert list(sandbox.accepted) == []


def test_requests_are_counted_by_operation(api: Api, sandbox: Sandbox) -> None:
    umid = api.umid()
    api.batch_to(NUMBER)
    api.status(umid)
    api.status(umid)
    api.http.get("/nowhere")
    requests = sandbox.requests
    assert [requests.count("send"), requests.count("batch"), requests.count("status")] == [1, 1, 2]
    assert requests.count() == len(requests) == 5
    assert [record.operation for record in requests] == ["send", "batch", "status", "status", None]


@pytest.mark.sandbox(log_size=3)
def test_the_log_of_requests_is_bounded_and_their_count_is_not(api: Api, sandbox: Sandbox) -> None:
    for _ in range(5):
        api.send()
    assert len(list(sandbox.requests)) == 3
    assert sandbox.requests.count("send") == 5


def test_reset_forgets_everything_but_settings_and_clock(api: Api, sandbox: Sandbox) -> None:
    umid = api.umid(dlrCallbackUrl="http://127.0.0.1:9/")
    sandbox.fail_next("error-before", times=None)
    before = sandbox.clock.now()
    sandbox.reset()
    logs = (sandbox.messages, sandbox.accepted, sandbox.requests, sandbox.receipts)
    assert [len(log) for log in logs] == [0] * 4
    assert sandbox.clock.now() == before
    assert api.status(umid).status_code == 404
    assert api.send().is_success
