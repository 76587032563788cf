"""``--store`` on the commands that send: what they send is what ``connect-sms reconcile`` tells of."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from connect_sms import Outcome
from connect_sms.receipts import open_store

if TYPE_CHECKING:
    from connect_sms.sandbox import SandboxServer
    from tests.support.cli_fixtures import Cli


def test_a_lost_answer_is_noted_as_unknown(cli: Cli, account: SandboxServer) -> None:
    account.fail_next("error-after", status=503)
    assert cli("send", "+447700900123", "Your code is 482910", "--store", "notes.db").code != 0
    with open_store("notes.db") as store:
        assert [status.outcome for status in store.statuses()] == [Outcome.UNKNOWN]


def test_a_message_and_a_batch_are_noted_and_reconciled(cli: Cli, account: SandboxServer) -> None:
    assert cli("send", "+447700900123", "Your code is 482910", "--store", "one.db").code == 0
    with open_store("one.db") as store:
        assert [status.umid for status in store.statuses()] == [account.messages[0].umid]
    Path("list.txt").write_text("+447700900123\n+447700900124\n+447700900990\n", encoding="utf-8")
    cli("batch", "list.txt", "--text", "Sale ends Friday", "--store", "notes.db")
    with open_store("notes.db") as store:
        found = Counter(status.outcome for status in store.statuses())
    assert found == {Outcome.QUEUED: 2, Outcome.REJECTED: 1}
    told = cli("reconcile", "--store", "notes.db", "--since", "1d", "--json")
    assert told.json["report"]["total"] == 3
    assert len(account.accepted) == 3


def test_a_store_that_cannot_be_opened_is_told_before_anything_is_sent(
    cli: Cli, account: SandboxServer
) -> None:
    told = cli("send", "+447700900123", "Your code is 482910", "--store", "no/such/folder/notes.db")
    assert told.code != 0
    assert "store" in told.err
    assert len(account.accepted) == 0
