"""No word of a server controls a terminal or runs in a spreadsheet: in no field, command or format.

`tests/slow/test_hostile_answers.py` goes on with worse answers.
"""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from connect_sms._transport.rate_limit import RateLimiter
from connect_sms.clock import Clock
from connect_sms.models.outcomes import Outcome
from connect_sms.models.sent import SentMessage
from connect_sms.receipts import open_store, parse
from tests.support.hostile_server import HOSTILE, IDS, corrupting, hostile, raw_controls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connect_sms.sandbox import SandboxServer
    from tests.support.cli_fixtures import Cli

NUMBER, REFUSED = "+447700900123", "+447700900990"
STORE = ("--store", "receipts.db")
UMID = "6c4b8a3e-0000-4000-8000-000000000001"

#: What a server may do to its answers.
CHANGES: dict[str, Any] = {
    "every string": hostile,
    "all but the ids": lambda value: hostile(value, but=IDS),
    "an error": lambda _: {"code": 9999, "message": HOSTILE, "errorId": HOSTILE, "timestamp": HOSTILE},
    "another shape": lambda _: {HOSTILE: HOSTILE, "umid": [HOSTILE], "status": HOSTILE, "messages": HOSTILE},
}

COMMANDS = (
    ("send", NUMBER, "hi", *STORE),
    ("send", NUMBER, "hi", "--wait", "--wait-timeout", "0.1", "--until", "sent"),
    ("send", REFUSED, "hi"),
    ("batch", "people.txt", "--text", "hi", "-o", "results.csv", "--overwrite"),
    ("batch", "people.txt", "--text", "hi", "-o", "-", *STORE),
    ("status", "{umid}"),
    ("wait", "{umid}", "--wait-timeout", "0.1"),
    ("reconcile", *STORE, "--since", "1h", "--csv", "out.csv", "--html", "out.html", "--overwrite"),
    ("reconcile", *STORE, "--since", "1h", "--max-polls", "0", "--deadline", "1", "--others"),
    ("doctor", "--online"),
)
LOCAL = (
    ("receipts", "list", *STORE),
    ("receipts", "quarantine", *STORE),
    ("receipts", "outages", *STORE),
)
MANNERS: tuple[tuple[str, ...], ...] = (("--show-numbers", "--debug"), ("--json", "--show-numbers"))


@pytest.fixture
def umid(
    request: pytest.FixtureRequest, account: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """The UMID of a message of a server whose answers are changed so."""
    sleep = Clock.sleep
    monkeypatch.setattr(Clock, "sleep", lambda self, seconds: sleep(self, min(seconds, 0.01)))
    monkeypatch.setattr(RateLimiter, "reserve", lambda *_: 0.0)
    with account.client() as client:
        sent = client.send(NUMBER, "hi").umid
    with corrupting(account, CHANGES[request.param]) as url:
        monkeypatch.setenv("CONNECT_SMS_BASE_URL", url)
        yield sent


@pytest.fixture(autouse=True)
def store(request: pytest.FixtureRequest) -> None:
    """A store with what hostile receipts say, and people to send to."""
    Path("people.txt").write_text(f"{NUMBER}\n{REFUSED}\n")
    status = {"state": "undelivered", "detail": "", "timestamp": "2026-07-01T12:00:00Z", "errorMessage": ""}
    payload = {"umid": UMID, "batchId": "", "clientMessageId": "", "clientBatchId": "", "subAccountId": ""}
    price = {"total": 0.05, "perSms": 0.05, "currency": ""}
    rest = {"source": "", "destination": "", "country": "", "status": status, "price": price, "smsCount": 1}
    bodies = []
    for but in ((), ("umid", "state"), ("umid", "timestamp", "destination")):
        event = {"namespace": "SMS", "eventType": "outbound_message_status_changed"}
        bodies.append({**event, "payload": hostile({**payload, **rest}, but=but)})
    with open_store("receipts.db") as opened:
        opened.record([parse(json.dumps(body).encode()) for body in bodies])
        opened.record([parse(HOSTILE.encode("utf-8", "replace"))])
        more: dict[str, Any] = {"destination": NUMBER, "sent_at": datetime.now(UTC), "reason": HOSTILE}
        for outcome in (Outcome.UNKNOWN, Outcome.REJECTED):
            opened.record_sent([SentMessage(client_message_id=str(outcome), outcome=outcome, **more)])


def check(cli: Cli, *command: str) -> None:
    for how in MANNERS:
        has_no_numbers = command[0] == "doctor" or command[1] in {"quarantine", "outages"}
        given = tuple(one for one in how if one != "--show-numbers" or not has_no_numbers)
        done = cli(*command, *given)
        assert raw_controls(done.out + done.err) == [], (command, how)
        assert done.code != 70, done.err
        assert command[0] not in {"reconcile", "receipts"} or done.code == 0, done.err
        if "--json" in how:
            assert done.lines
    for path in Path().glob("*.csv"):
        assert raw_controls(path.read_text("utf-8")) == []
        with path.open(newline="", encoding="utf-8") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert [cell for cell in cells if cell.startswith(("=", "-", "@", "\t", "\r"))] == []
    for path in Path().glob("*.html"):
        assert raw_controls(path.read_text("utf-8")) == []


@pytest.mark.parametrize("umid", ["all but the ids"], indirect=True)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command[:2]))
def test_of_a_command_that_asks(command: tuple[str, ...], cli: Cli, umid: str) -> None:
    check(cli, *(word.replace("{umid}", umid) for word in command))


@pytest.mark.parametrize("command", LOCAL, ids=" ".join)
def test_of_a_command_that_looks_into_a_store(command: tuple[str, ...], cli: Cli) -> None:
    check(cli, *command)


@pytest.mark.parametrize("umid", ["all but the ids"], indirect=True)
def test_of_what_is_drawn_on_a_terminal(cli: Cli, umid: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    done = cli("reconcile", *STORE, "--since", "1h", "--others", "--no-log")
    assert "\x1b[1mOutcome" in done.out
    assert raw_controls(done.out, drawn=True) == []
