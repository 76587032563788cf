"""What no schema can say: that the answers agree with each other, with the acceptance log, and with time."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_sms.sandbox import SCENARIOS, Sandbox, SandboxServer, SandboxTransport
from contract_tests.sandbox.serving import serving
from contract_tests.support.clients import KEY, SUB_ACCOUNT

#: How far along a state is; a message never goes back. What is no known word ends the way too.
RANKS = {"queued": 0, "sent": 1, "delivered": 3, "undelivered": 3, "rejected": 3, "failed": 3, "read": 4}
DESTINATIONS = [f"+4477009009{last:02d}" for last in range(100)]
DELIVERED_LATER = "+447700900941"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(
        factor=0, status_per_second=None, api_key=KEY, sub_account_id=SUB_ACCOUNT, seed=3
    ) as sandbox:
        yield sandbox


def asking(sandbox: Sandbox) -> httpx.Client:
    headers = {"authorization": f"Bearer {KEY}"}
    base = f"{sandbox.base_url}/{SUB_ACCOUNT}"
    if isinstance(sandbox, SandboxServer):
        return httpx.Client(base_url=base, headers=headers, trust_env=False)
    return httpx.Client(base_url=base, headers=headers, transport=SandboxTransport(sandbox))


entries = st.fixed_dictionaries(
    {"destination": st.sampled_from([*DESTINATIONS[:90], "Ann", "+4900"])},
    optional={
        "text": st.sampled_from(["Hello", "", "x" * 2000]),
        "source": st.sampled_from(["SHOP", "A" * 12]),
    },
)


@given(entries=st.lists(entries, min_size=1, max_size=20), itemised=st.booleans())
def test_the_counts_add_up_and_the_log_says_the_same(
    entries: list[dict[str, str]], *, itemised: bool
) -> None:
    messages = [entry | {"clientMessageId": str(place)} for place, entry in enumerate(entries)]
    body = {"messages": messages, "includeMessagesInResponse": itemised}
    with Sandbox(factor=0, api_key=KEY, sub_account_id=SUB_ACCOUNT) as sandbox, asking(sandbox) as http:
        answer = http.post("messages/batch", json=body).json()
        accepted = sandbox.accepted.by_client_message_id()
        assert answer["acceptedCount"] + answer["rejectedCount"] == len(messages) == len(sandbox.messages)
        assert answer["acceptedCount"] == accepted.total() == len(sandbox.accepted)
        assert sandbox.accepted.by_destination().total() == len(sandbox.accepted)
        if itemised:
            assert [item["clientMessageId"] for item in answer["messages"]] == [
                message["clientMessageId"] for message in messages
            ]
            assert [item["destination"] for item in answer["messages"]] == [
                message["destination"] for message in messages
            ]
            queued = [item for item in answer["messages"] if item["status"]["code"] == "QUEUED"]
            assert Counter(item["clientMessageId"] for item in queued) == accepted
            assert len({item["umid"] for item in answer["messages"]}) == len(messages)
            found = {message.umid: message.client_message_id for message in sandbox.messages}
            assert found == {item["umid"]: item["clientMessageId"] for item in answer["messages"]}
        else:
            assert answer["messages"] is None


@pytest.mark.parametrize("destination", DESTINATIONS)
def test_no_message_ever_goes_back(sandbox: Sandbox, destination: str) -> None:
    sandbox.configure(receipt_url="http://127.0.0.1:9/never-posted")
    with asking(sandbox) as http:
        fault = {"x-sandbox-fault": "slow;seconds=0"}  # the table's own faults are about the answer
        umid = http.post(
            "messages", json={"destination": destination, "text": "Hello"}, headers=fault
        ).json()["umid"]
        seen = []
        for _ in range(40):
            found = http.get(f"messages/{umid}").json()
            seen.append(found)
            sandbox.clock.advance(0.4 if len(seen) < 30 else 60_000)
    ranks = [RANKS.get(found["status"]["state"], 3) for found in seen]
    assert ranks == sorted(ranks)
    times = [found["status"]["timestamp"][:19] for found in seen]
    assert times == sorted(times)
    assert min(times) >= seen[0]["createdAt"][:19]
    # What was said of the message itself never changes.
    for name in ("umid", "createdAt", "smsCount", "encoding", "msisdn", "source"):
        assert len({str(found[name]) for found in seen}) == 1, name
    assert {found["price"]["total"] for found in seen} <= {0, seen[0]["smsCount"] * 0.01}


def test_every_kind_of_destination_was_among_them() -> None:
    assert {f"+4477009009{last}" for last in SCENARIOS} <= set(DESTINATIONS)


def test_one_status_request_a_second_and_sub_account() -> None:
    with serving(status_per_second=1.0) as served, asking(served.sandbox) as http:
        umid = http.post("messages", json={"destination": DELIVERED_LATER, "text": "Hello"}).json()["umid"]
        answers = [http.get(f"messages/{umid}") for _ in range(60)]
        elsewhere = [http.get(f"/api/v1/subaccounts/other_{n}/messages/{umid}") for n in range(3)]
        times = [
            record.at for record in served.sandbox.requests
            if record.operation == "status" and record.status == 200
        ]  # fmt: skip
    refused = [answer for answer in answers if answer.status_code == 429]
    assert {answer.status_code for answer in answers} == {200, 429}
    assert {answer.headers["retry-after"] for answer in refused} == {"1"}
    # A tenth of a second is forgiven for one request, never for a row of them.
    assert min(later - before for before, later in pairwise(times)) >= 0.9
    assert len(times) <= 1 + (times[-1] - times[0]) + 0.1
    # Nor does it stop whoever keeps to it, or anybody else.
    assert len(times) >= 60 * 0.7 / 2
    assert [answer.status_code for answer in elsewhere] == [404, 404, 404]


def test_what_is_exported_is_what_was_handed_over(sandbox: Sandbox) -> None:
    ids = [f"sale-{number}" for number in range(30)]
    with asking(sandbox) as http:
        begin = sandbox.clock.when().isoformat()
        messages = [{"destination": DESTINATIONS[0], "text": "Hi", "clientMessageId": name} for name in ids]
        http.post("messages/batch", json={"messages": messages})
        sandbox.clock.advance(10)
        span = {"from": begin, "to": sandbox.clock.when().isoformat(), "limit": 0}
        job = http.post("messages/exports", json=span).json()["jobId"]
        states = []
        for _ in range(8):
            states.append(http.get(f"messages/exports/{job}").json())
            sandbox.clock.advance(1)
        # The link carries its own permission.
        with httpx.Client(transport=SandboxTransport(sandbox)) as stranger:
            lines = stranger.get(states[-1]["data"][0]).text.splitlines()
    words = [state["status"] for state in states]
    assert words == sorted(words, key=["queued", "running", "succeeded"].index)
    assert set(words) == {"queued", "running", "succeeded"}
    column = lines[0].split(",").index("clientmessageid")
    assert [line.split(",")[column] for line in lines[1:]] == ids
