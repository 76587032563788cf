"""Whatever a caller passes, the wire is right: valid under both witnesses, and exactly what was asked."""

import random
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_sms import Message
from contract_tests.requests import arguments as some
from contract_tests.requests.answers import taken, umid_of
from contract_tests.requests.expected import check_common, check_get, check_message, check_post, without
from contract_tests.support.clients import COLOURS, SUB_ACCOUNT, Caller, Wire, calling
from contract_tests.support.witnesses import body_of, complaints
from tests.support.examples import examples

#: Of every region, the literal address.
HOSTS = {
    None: "https://sms.8x8.com",
    "asia-pacific": "https://sms.8x8.com",
    "north-america": "https://sms.us.8x8.com",
    "europe": "https://sms.8x8.uk",
    "indonesia": "https://sms.8x8.id",
}
MESSAGES_URL = f"https://sms.8x8.com/api/v1/subaccounts/{SUB_ACCOUNT}/messages"


@pytest.fixture(scope="module", params=COLOURS)
def wire_and_caller(request: pytest.FixtureRequest) -> Iterator[tuple[Wire, Caller]]:
    wire = Wire(taken)
    with calling(request.param, wire, batch_size=3) as caller:
        yield wire, caller


@given(asked=some.single())
def test_a_send_says_exactly_what_the_caller_said(
    wire_and_caller: tuple[Wire, Caller], asked: dict[str, Any]
) -> None:
    wire, caller = wire_and_caller
    sent = caller.send(**asked)
    (request,) = wire.taken()
    assert str(request.url) == MESSAGES_URL
    check_post(request)
    check_message(body_of(request), asked)
    assert complaints(without(request, set(asked.get("extra", ())))) == []
    own_id = body_of(request)["clientMessageId"]
    assert (sent.client_message_id, sent.umid) == (own_id, umid_of(own_id))


@st.composite
def batches(draw: st.DrawFn) -> dict[str, Any]:
    """A batch: each recipient as a number, a mapping or a `Message`, with whatever it says itself."""
    shared = draw(some.options())
    shared |= draw(st.fixed_dictionaries({}, optional={"client_batch_id": some.batch_ids}))
    text = draw(st.none() | some.gsm7_texts)
    rows: list[dict[str, Any]] = []
    own_ids = draw(st.lists(some.own_ids, min_size=7, max_size=7, unique=True))
    for own_id in own_ids[: draw(st.integers(1, 7))]:
        row = draw(some.options()) if draw(st.booleans()) else {}
        if draw(st.booleans()):
            row["client_message_id"] = own_id
        if text is None or draw(st.booleans()):
            row["text"] = draw(some.gsm7_texts)
        if draw(st.integers(0, 3)) == 0:
            row["extra"] = draw(some.extras)
        rows.append({"destination": draw(some.destinations), **row})
    return {"rows": rows, "text": text, "shared": shared, "seed": draw(st.integers(0, 99))}


def as_given(row: dict[str, Any], chance: random.Random) -> Any:
    if set(row) == {"destination"} and chance.random() < 0.7:
        return row["destination"]
    return row if chance.random() < 0.5 else Message(**row)


async def one_by_one(items: list[Any]) -> AsyncIterator[Any]:
    for item in items:
        yield item


def in_some_form(items: list[Any], chance: random.Random, *, is_async: bool) -> Any:
    forms: list[Any] = [
        items,
        tuple(items),
        iter(items),
        (item for item in items),
        dict(enumerate(items)).values(),
    ]
    if is_async:
        forms.append(one_by_one(items))
    return chance.choice(forms)


@examples(0.4)
@given(batch=batches())
def test_a_batch_says_of_each_recipient_exactly_what_the_caller_said(
    wire_and_caller: tuple[Wire, Caller], batch: dict[str, Any]
) -> None:
    wire, caller = wire_and_caller
    chance = random.Random(batch["seed"])
    items = [as_given(row, chance) for row in batch["rows"]]
    form = in_some_form(items, chance, is_async=caller.is_async)
    result = caller.send_batch(form, batch["text"], **batch["shared"])

    shared = {**batch["shared"], **({} if batch["text"] is None else {"text": batch["text"]})}
    batch_id = shared.pop("client_batch_id", None)
    requests = wire.taken()
    extra_names = {name for row in batch["rows"] for name in row.get("extra", ())}
    on_the_wire: list[dict[str, Any]] = []
    for request in requests:
        assert str(request.url) == f"{MESSAGES_URL}/batch"
        check_post(request)
        assert complaints(without(request, extra_names)) == []
        body = body_of(request)
        assert body.pop("includeMessagesInResponse") is True
        assert body.pop("clientBatchId", None) == batch_id
        messages = body.pop("messages")
        assert body == {}
        assert 1 <= len(messages) <= 3
        on_the_wire += messages

    # Requests of the asynchronous client may overtake each other; inside one the order stands.
    found = {message["clientMessageId"]: message for message in on_the_wire}
    assert len(found) == len(on_the_wire) == len(batch["rows"]) == len(result.accepted)
    assert len(requests) == -(-len(batch["rows"]) // 3)
    for row, outcome in zip(batch["rows"], result, strict=True):
        message = found[outcome.client_message_id]
        check_message(message, {**shared, **row})
        assert outcome.destination == row["destination"]
        assert outcome.umid == umid_of(outcome.client_message_id)


@given(umid=some.umids)
def test_a_status_asks_for_exactly_the_message_that_was_meant(
    wire_and_caller: tuple[Wire, Caller], umid: str
) -> None:
    wire, caller = wire_and_caller
    caller.status(umid)
    (request,) = wire.taken()
    check_get(request)
    assert complaints(request) == []
    assert request.url.query == b""
    head, _, last = str(request.url).rpartition("/")
    assert head == MESSAGES_URL
    assert unquote(last) == umid
    assert last not in {".", ".."}


@pytest.mark.parametrize("region", HOSTS)
@pytest.mark.parametrize("colour", COLOURS)
@examples(0.05)
@given(sub_account=some.sub_accounts)
def test_each_region_and_sub_account_has_its_address(
    colour: str, region: str | None, sub_account: str
) -> None:
    wire = Wire(taken)
    with calling(colour, wire, sub_account_id=sub_account, region=region) as caller:
        caller.send("+447700900123", "Your code is 482910")
        caller.status("abc123")
        caller.send_batch(["+447700900123"], "Sale ends Friday")
    assert [(request.method, unquote(str(request.url))) for request in wire.requests] == [
        ("POST", f"{HOSTS[region]}/api/v1/subaccounts/{sub_account}/messages"),
        ("GET", f"{HOSTS[region]}/api/v1/subaccounts/{sub_account}/messages/abc123"),
        ("POST", f"{HOSTS[region]}/api/v1/subaccounts/{sub_account}/messages/batch"),
    ]
    for request in wire.requests:
        assert complaints(request) == []


@pytest.mark.parametrize("colour", COLOURS)
@examples(0.4)
@given(key=st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=8, max_size=80))
def test_any_key_stands_in_its_header_as_it_is(colour: str, key: str) -> None:
    wire = Wire(taken)
    with calling(colour, wire, api_key=key) as caller:
        caller.send("+447700900123", "Your code is 482910")
    (request,) = wire.requests
    assert [value for name, value in request.headers.raw if name.lower() == b"authorization"] == [
        b"Bearer " + key.encode("ascii")
    ]


@pytest.mark.parametrize("colour", COLOURS)
@examples(0.25)
@given(
    asked=some.single(),
    defaults=st.fixed_dictionaries({"sender": some.senders, "receipt_url": some.receipt_urls}),
)
def test_what_a_message_leaves_out_the_client_fills_in(
    colour: str, asked: dict[str, Any], defaults: dict[str, Any]
) -> None:
    wire = Wire(taken)
    with calling(colour, wire, **defaults) as caller:
        caller.send(**asked)
        caller.send_batch([asked])
    single, batch = wire.requests
    check_message(body_of(single), {**defaults, **asked})
    check_message(body_of(batch)["messages"][0], {**defaults, **asked})


@pytest.mark.parametrize("colour", COLOURS)
def test_a_batch_of_10_001_is_two_requests(colour: str) -> None:
    numbers = [f"+4477009{number:05d}" for number in range(10_001)]
    wire = Wire(taken)
    with calling(colour, wire) as caller:
        result = caller.send_batch(numbers, "Sale ends Friday", sender="SHOP")
    sizes = [len(body_of(request)["messages"]) for request in wire.requests]
    assert sizes == [10_000, 1]
    sent = [message["destination"] for request in wire.requests for message in body_of(request)["messages"]]
    assert sent == numbers
    assert len(result.accepted) == 10_001


def test_the_witnesses_would_complain() -> None:
    """Of each kind of fault at least one is seen, or their silence above would mean nothing."""
    good = {"destination": "+447700900123", "text": "Hello"}
    headers = {"authorization": "Bearer k"}
    wrong: list[tuple[str, str, dict[str, str], Any]] = [
        ("POST", MESSAGES_URL, headers, {"text": "Hello"}),
        ("POST", MESSAGES_URL, headers, {**good, "encoding": "GSM8"}),
        ("POST", MESSAGES_URL, headers, {**good, "scheduled": "tomorrow"}),
        ("POST", MESSAGES_URL, {}, good),
        ("POST", MESSAGES_URL.replace("/api/v1", "/api/v2"), headers, good),
        ("POST", MESSAGES_URL.replace("sms.8x8.com", "sms.8x8.example"), headers, good),
        ("POST", MESSAGES_URL.replace(SUB_ACCOUNT, "a"), headers, good),
        ("PUT", MESSAGES_URL, headers, good),
        ("POST", f"{MESSAGES_URL}/batch", headers, {"messages": []}),
        ("POST", f"{MESSAGES_URL}/batch", headers, {"messages": [good], "clientBatchId": "b" * 21}),
    ]
    quiet = [
        row for row in wrong if not complaints(httpx.Request(row[0], row[1], headers=row[2], json=row[3]))
    ]
    assert quiet == []


def test_w_would_see_what_the_witnesses_cannot() -> None:
    request = httpx.Request("POST", MESSAGES_URL, headers={"authorization": "Bearer other"}, json={})
    with pytest.raises(AssertionError):
        check_common(request)
    with pytest.raises(AssertionError):
        check_message(
            {"destination": "+447700900123\n"}, {"destination": "+447700900123", "client_message_id": "a"}
        )
