"""``connect-sms receipts``: serving, and looking at what has come in."""

from __future__ import annotations

import json
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from connect_sms import receipts
from connect_sms.models.sent import SentMessage
from connect_sms.receipts import open_store, parse
from tests.project.test_docs_cli import fields_of, names
from tests.support.processes import start

if TYPE_CHECKING:
    from tests.support.cli_fixtures import Cli

SECRET = "Basic cmVjZWlwdHM6b25seQ=="
OLD = "Basic b2xkOm9uZQ=="
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


def body(umid: str, state: str = "delivered", **status: object) -> bytes:
    payload = {
        "umid": umid,
        "destination": "447700900123",
        "clientMessageId": f"c-{umid}",
        "status": {"state": state, "timestamp": "2026-07-01T12:00:00Z", **status},
    }
    event = "outbound_message_status_changed"
    return json.dumps({"namespace": "SMS", "eventType": event, "payload": payload}).encode()


@pytest.fixture
def full() -> str:
    """A store with a few things in it."""
    with open_store("receipts.db") as store:
        store.record(
            [parse(body("u-1")), parse(body("u-2", "undelivered", errorCode=1)), parse(body("u-3", "sent"))]
        )
        store.record([parse(b"+447700900123 said hello")], received_at=NOON)
        store.heartbeat(NOON)
        store.heartbeat(NOON + timedelta(hours=1))
    return "receipts.db"


_IN_JSON = ("--json", "--authorization-file", "secret")


@pytest.mark.parametrize(
    ("how", "stop"), [((), signal.SIGINT), (_IN_JSON, signal.SIGTERM), ((), signal.SIGHUP)], ids=str
)
def test_it_receives_until_it_is_stopped(how: tuple[str, ...], stop: signal.Signals) -> None:
    Path("secret").write_text(f"{SECRET}\n{OLD}\n")
    command = ("-m", "connect_sms.cli", "receipts", "serve", "--port", "0", "--store", "receipts.db", *how)
    with start(*command, CONNECT_SMS_RECEIPT_AUTHORIZATION=SECRET) as process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            url = json.loads(said)["url"] if how else said.split()[2]
            for shown, status in ((SECRET, 200), (None, 401), (OLD, 200 if how else 401)):
                headers = {} if shown is None else {"Authorization": shown}
                answer = httpx.post(url, content=body("u-1"), headers=headers, trust_env=False, timeout=60)
                assert answer.status_code == status
            process.send_signal(stop)
            out, err = process.communicate(timeout=60)
        finally:
            process.kill()
    refused = "a request was refused with 401: it has no Authorization header\n"
    assert (process.returncode, err) == (0, refused)
    assert json.loads(out)["type"] == "stopped" if how else out == "stopped\n"
    assert not Path("receipts.db-wal").exists(), "the store was not closed"
    with open_store("receipts.db") as store:
        assert [status.umid for status in store.statuses()] == ["u-1"]


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What would have been served, and how."""
    seen: dict[str, Any] = {}

    def stand_in(receiver: Any, host: str, port: int, **_: Any) -> None:
        seen.update(auth=receiver._flow._auth, host=host, port=port)

    monkeypatch.setattr(receipts, "serve", stand_in)
    return seen


def test_without_an_authorization_value_it_warns(cli: Cli, served: dict[str, Any]) -> None:
    done = cli("receipts", "serve", "--store", "receipts.db")
    assert done.code == 0
    assert "CAUTION: the receiver accepts every request" in done.err
    assert not served["auth"].protects
    assert (served["host"], served["port"]) == ("127.0.0.1", 8289)


def test_two_values_hold_while_one_replaces_the_other(
    cli: Cli, served: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONNECT_SMS_RECEIPT_AUTHORIZATION", f"{SECRET}\n{OLD}")
    assert cli("receipts", "serve", "--store", "receipts.db").err == ""
    believed = [served["auth"].check({"authorization": shown}, None) for shown in (SECRET, OLD, "x")]
    assert believed == [True, True, False]


def test_networks_and_proxies_reach_the_receiver(cli: Cli, served: dict[str, Any]) -> None:
    args = ("--network", "203.0.113.0/24", "--network", "198.51.100.7", "--trusted-proxies", "1")
    assert cli("receipts", "serve", "--store", "receipts.db", *args).code == 0
    check = served["auth"].check
    assert check({"x-forwarded-for": "192.0.2.1, 203.0.113.9"}, "127.0.0.1")
    assert not check({"x-forwarded-for": "203.0.113.9, 192.0.2.1"}, "127.0.0.1")


def test_a_secret_path_reaches_the_receiver(
    cli: Cli, served: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = ["8f3c1d5e7a9b2c4d", "0a1b2c3d4e5f6a7b"]
    monkeypatch.setenv("CONNECT_SMS_RECEIPT_PATH_SECRET", secrets[0])
    assert cli("receipts", "serve", "--store", "receipts.db").err == ""
    assert served["auth"].check({}, None, f"/{secrets[0]}")
    Path("secrets").write_text("\n".join(secrets))
    assert cli("receipts", "serve", "--store", "receipts.db", "--path-secret-file", "secrets").err == ""
    assert served["auth"].check({}, None, f"/{secrets[1]}")
    assert not served["auth"].check({}, None, "/")
    monkeypatch.setenv("CONNECT_SMS_RECEIPT_PATH_SECRET", "tooshort")
    done = cli("receipts", "serve", "--store", "receipts.db")
    assert done.code == 3
    assert "tooshort" not in done.err


@pytest.mark.parametrize(
    ("content", "said"), [(None, "cannot be read"), ("\n \n", "it holds 0"), ("a\nb\nc\n", "it holds 3")]
)
def test_a_file_that_holds_no_value_is_3(cli: Cli, content: str | None, said: str) -> None:
    if content is not None:
        Path("secret").write_text(content)
    done = cli("receipts", "serve", "--store", "receipts.db", "--authorization-file", "secret")
    assert done.code == 3
    assert said in done.err


def test_the_value_is_never_an_argument(cli: Cli) -> None:
    done = cli("receipts", "serve", "--store", "receipts.db", "--authorization", SECRET)
    assert done.code == 2
    assert "CONNECT_SMS_RECEIPT_AUTHORIZATION" in done.err
    assert SECRET not in done.out + done.err


def test_messages_are_listed_with_masked_numbers(cli: Cli, full: str) -> None:
    done = cli("receipts", "list", "--store", full)
    assert done.code == 0
    assert [line.split()[:2] for line in done.out.splitlines()] == [
        ["u-1", "delivered"],
        ["u-2", "failed"],
        ["u-3", "sent"],
    ]
    assert "+4477*****123" in done.out
    assert "7700900123" not in done.out
    assert "+447700900123" in cli("receipts", "list", "--store", full, "--show-numbers").out


def test_messages_in_json(cli: Cli, full: str) -> None:
    *lines, summary = cli("receipts", "list", "--store", full, "--json").lines
    assert [(line["umid"], line["outcome"], line["is_final"]) for line in lines] == [
        ("u-1", "delivered", True),
        ("u-2", "failed", True),
        ("u-3", "sent", False),
    ]
    assert lines[1]["failure"]["code"] == 1
    assert (summary["messages"], summary["more"], summary["ok"]) == (3, False, True)


def test_only_open_messages_or_the_first(cli: Cli, full: str) -> None:
    still_open = cli("receipts", "list", "--store", full, "--open").out.splitlines()
    assert [line.split()[0] for line in still_open] == ["u-3"]
    first = cli("receipts", "list", "--store", full, "--limit", "1")
    assert first.out.startswith("u-1 ")
    assert "there are more than 1" in first.err
    nothing = cli("receipts", "list", "--store", full, "--since", "2030-01-01T00:00:00Z")
    assert (nothing.out, nothing.err) == ("", "there are none\n")


def test_quarantine_says_why_and_shows_nobody(cli: Cli, full: str) -> None:
    [line, summary] = cli("receipts", "quarantine", "--store", full, "--json").lines
    assert (line["bytes"], line["file"], summary["bodies"]) == (24, None, 1)


def test_quarantined_bodies_are_saved_when_asked_for(cli: Cli, full: str) -> None:
    done = cli("receipts", "quarantine", "--store", full, "--save", "bodies")
    [file] = Path("bodies").iterdir()
    assert file.read_bytes() == b"+447700900123 said hello"
    assert file.stat().st_mode & 0o777 == 0o600
    assert str(file) in done.out
    again = cli("receipts", "quarantine", "--store", full, "--save", "bodies")
    assert (again.code, "cannot be made" in again.err) == (3, True)


@pytest.mark.parametrize(
    ("command", "found", "none"),
    [
        ("list", "", "there are none"),
        (
            "quarantine",
            "2026-07-01T12:00:00+00:00      24 bytes  neither JSON nor XML\n",
            "nothing in quarantine",
        ),
        ("outages", "2026-07-01T12:00:00+00:00 to 2026-07-01T13:00:00+00:00  (3,600 s)\n", "there was none"),
    ],
)
def test_looking_makes_no_store_and_says_when_there_is_nothing(
    cli: Cli, full: str, command: str, found: str, none: str
) -> None:
    assert found in {"", cli("receipts", command, "--store", full).out}
    with open_store("empty.db"):
        pass
    assert none in cli("receipts", command, "--store", "sqlite:///empty.db").err
    done = cli("receipts", command, "--store", "recipts.db")
    assert (done.code, done.err.splitlines()[0]) == (
        3,
        f"connect-sms receipts {command}: there is no store at recipts.db",
    )
    assert (
        cli("receipts", command, "--store", "recipts.db", "--json").json["command"] == f"receipts {command}"
    )
    assert cli("receipts", command).err.startswith(f"connect-sms receipts {command}: ")
    assert not Path("recipts.db").exists()


def test_the_json_fields_are_those_of_the_guide(cli: Cli, full: str) -> None:
    _, failed, _, summary = cli("receipts", "list", "--store", full, "--json").lines
    assert fields_of("`receipts list`, each line") == {"message", "status", "type"}
    of_a_price = {"total", "per_part", "currency"}  # it has none
    assert names(failed) == {"type"} | fields_of("`status`, `wait`") - {"status", *of_a_price}
    assert names(summary) == fields_of("`receipts list`, last line") - {"summary"}
    body, summary = cli("receipts", "quarantine", "--store", full, "--json").lines
    assert names(body) == fields_of("`receipts quarantine`, each line") - {"body"}
    assert names(summary) == fields_of("`receipts quarantine`, last line") - {"summary"}
    found = cli("receipts", "outages", "--store", full, "--json").json
    assert found["outages"][0]["seconds"] == 3600
    assert names(found) == fields_of("`receipts outages`")


def test_a_row_without_a_umid_is_named_by_your_own_id(cli: Cli) -> None:
    with open_store("receipts.db") as store:
        row = SentMessage(
            client_message_id="order-7",
            umid=None,
            destination="+447700900123",
            sub_account_id="a",
            sent_at=NOON,
        )
        store.record_sent([row])
    assert cli("receipts", "list", "--store", "receipts.db").out.startswith("(order-7: no UMID)")
