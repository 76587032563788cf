"""What is written: CSV, the summary, the page."""

from __future__ import annotations

import csv
import re
import stat
import sys
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from connect_sms import Outcome, reconcile
from connect_sms.models.sent import SentMessage
from connect_sms.models.status import MessageStatus, Price
from connect_sms.reconcile import (
    Findings,
    Report,
    Totals,
    html,
    summary,
    write_csv,
    write_html,
    write_retryable,
)
from connect_sms.reconcile.output import labels
from connect_sms.reconcile.output.csv_files import COLUMNS
from connect_sms.reconcile.totals import Failure
from tests.unit.reconcile.html_parser import Page
from tests.unit.reconcile.traffic import START, traffic

if TYPE_CHECKING:
    from pathlib import Path

    from connect_sms.receipts import ReceiptStore


NUMBER = "+447700900123"
COUNT = 600


def report_of(
    store: ReceiptStore, *, findings: Findings | None = None, include_others: bool = False
) -> Report:
    until = START + timedelta(days=2)
    return Report(
        sent_since=START,
        sent_until=until,
        made_at=until,
        totals=Totals.of(store.statuses(sent_after=START, sent_before=until)),
        findings=findings or Findings(),
        include_others=include_others,
        store=store,
    )


def lines_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def record_rejected(store: ReceiptStore, reason: str, *, own_id: str = "a") -> None:
    sent = SentMessage(client_message_id=own_id, umid="u", destination=NUMBER, sent_at=START,
                       outcome=Outcome.REJECTED, reason=reason)  # fmt: skip
    store.record_sent([sent])


def fill(store: ReceiptStore, seed: int = 7) -> None:
    sent = list(traffic(COUNT, seed))
    store.record_sent(row for row, _ in sent)
    store.record([status for _, status in sent if status is not None])


@pytest.fixture
def report(store: ReceiptStore) -> Report:
    fill(store)
    store.mark_no_receipt(now=START + timedelta(days=4))
    return report_of(store)


class TestCsv:
    """`write_csv` and `write_retryable`."""

    def test_a_line_for_each_recipient_numbers_masked(self, report: Report, tmp_path: Path) -> None:
        path = tmp_path / "out.csv"
        assert write_csv(report, path) == COUNT
        lines = lines_of(path)
        assert tuple(lines[0]) == COLUMNS
        assert len({line["umid"] for line in lines}) == COUNT
        assert all("*" in line["destination"] for line in lines)
        assert not re.search(r"\+?(?:447700900|1202555|1415555)\d", path.read_text())

    def test_what_it_says_is_what_the_rows_say(self, report: Report, tmp_path: Path) -> None:
        write_csv(report, tmp_path / "out.csv", show_numbers=True)
        lines = {line["umid"]: line for line in lines_of(tmp_path / "out.csv")}
        for row in report.statuses():
            line = lines[str(row.umid)]
            assert line["destination"] == row.destination
            assert line["outcome"] == row.outcome.value
            assert line["code"] == ("" if row.error_code is None else str(row.error_code))
            assert line["reason"] == (row.failure_reason or "")
            assert line["price"] == ("" if row.price is None else str(row.price.total))
            assert line["sent_at"] == (row.sent_at.isoformat(timespec="seconds") if row.sent_at else "")

    def test_a_file_is_for_its_owner_and_whole(self, report: Report, tmp_path: Path) -> None:
        (tmp_path / "out.csv").write_text("old")
        write_csv(report, tmp_path / "out.csv")
        write_html(report, tmp_path / "out.html")
        for path in tmp_path.glob("out.*"):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert {path.name for path in tmp_path.glob("out.*")} == {"out.csv", "out.html"}

    def test_what_went_wrong_half_way_leaves_the_old_file(self, report: Report, tmp_path: Path) -> None:
        (tmp_path / "out.csv").write_text("old")
        report.store.close()
        with pytest.raises(Exception, match="closed"):
            write_csv(report, tmp_path / "out.csv")
        assert (tmp_path / "out.csv").read_text() == "old"
        assert not list(tmp_path.glob("*.part"))

    @pytest.mark.parametrize(
        ("text", "cell"),
        [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@x", "'@x"),
            ("\tx", "\u2409x"),
            ("a;=1", "a;'=1"),
        ],
    )
    def test_no_cell_is_a_formula(self, store: ReceiptStore, tmp_path: Path, text: str, cell: str) -> None:
        record_rejected(store, text, own_id=text)
        write_csv(report_of(store), tmp_path / "out.csv")
        [line] = lines_of(tmp_path / "out.csv")
        assert (line["client_message_id"], line["reason"]) == (cell, cell)

    def test_a_row_of_which_next_to_nothing_is_known(self, store: ReceiptStore, tmp_path: Path) -> None:
        store.record([MessageStatus(umid="u", outcome=Outcome.SENT)], received_at=START)
        assert write_csv(report_of(store, include_others=True), tmp_path / "out.csv") == 1
        assert (tmp_path / "out.csv").read_text().splitlines()[1] == ",,sent,,,,,,,,,,u,,,"

    def test_who_may_be_sent_to_again_is_a_file_for_batch(self, report: Report, tmp_path: Path) -> None:
        nobody = MessageStatus(
            umid="nobody", outcome=Outcome.FAILED, state="undelivered", error_code=46, sent_at=START
        )
        report.store.record([nobody])
        lines = write_retryable(report, tmp_path / "again.csv")
        written = lines_of(tmp_path / "again.csv")
        found = list(reconcile.retryable(report))
        given = [entry.message for entry in found if entry.message is not None]
        assert lines == len(written) == len(given) == len(found) - 1 > 0
        assert {(line["destination"], line["client_message_id"]) for line in written} == {
            (message.destination, message.client_message_id) for message in given
        }


class TestSummary:
    """`summary`."""

    @pytest.mark.parametrize("colour", [False, True])
    def test_what_is_not_shown_is_counted(self, report: Report, *, colour: bool) -> None:
        totals = report.totals
        reasons, countries = len(totals.failures), len(totals.failed_countries)
        for more in range(12 - reasons):
            totals.failures[Failure(Outcome.FAILED, 900 + more, "New", None)] = 1
        for more in range(11 - countries):
            totals.failed_countries[f"A{more}"] = 0
        said = summary(report, colour=colour)
        hidden = sum(times for _, times in totals.failures.most_common()[10:])
        assert re.search(rf"2 further reasons +{hidden}\b", said)
        assert "1 further calling code " in said

    def test_plain_it_tells_the_sums(self, report: Report) -> None:
        said = summary(report)
        totals = report.totals
        assert said.startswith("600 messages sent from 2026-07-01 06:00 to 2026-07-03 06:00 UTC\n")
        for title in ("Outcome", "Time to delivery", "Failures by reason", "Failures by country", "Cost"):
            assert f"\n{title}\n" in said
        delivered = totals.outcomes[Outcome.DELIVERED]
        assert re.search(rf"delivered +{delivered:,} +{labels.share(delivered, 600)}", said)
        assert re.search(rf"GBP +{totals.cost['GBP'].total:,f}", said)
        assert "\x1b" not in said
        assert "No message was open before." in said

    def test_in_colour_it_tells_the_same(self, report: Report) -> None:
        drawn = summary(report, colour=True, width=90)
        assert "\x1b[" in drawn
        without = re.sub(r"\x1b\[[0-9;]*m", "", drawn)
        wanted = summary(report).split()
        assert [word for word in wanted if word not in without] == []
        assert max(map(len, without.splitlines())) <= 110

    def test_without_rich_it_is_plain(self, report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "rich.console", None)
        assert summary(report, colour=True) == summary(report)

    def test_of_nothing(self, store: ReceiptStore) -> None:
        said = summary(report_of(store))
        assert said.startswith("0 messages")
        assert "Cost" not in said
        assert summary(report_of(store), colour=True)

    def test_what_was_done_to_find_out_is_said(self, store: ReceiptStore) -> None:
        findings = Findings(
            open_before=1_234,
            lost_before=2,
            polled=3,
            log_rows=5_000,
            log_used=1_231,
            no_receipt=7,
            problem="8x8 does not know some of the messages",
        )
        said = summary(report_of(store, findings=findings))
        for sentence in (
            "1,234 messages were open before, 2 of them sends whose answer was lost.",
            "3 were asked for one by one.",
            "8x8's log had 5,000 messages; 1,231 of them were looked for.",
            "7 were given up: no receipt comes any more.",
            "Not all could be asked for: 8x8 does not know some of the messages.",
        ):
            assert sentence in said

    def test_one_is_counted_as_one(self, store: ReceiptStore) -> None:
        price = Price(Decimal("0.04"), Decimal("0.04"), "EUR")
        store.record(
            [MessageStatus(umid="1", outcome=Outcome.DELIVERED, sent_at=START, price=price, parts=1)]
        )
        findings = Findings(open_before=1, polled=1, log_rows=1, log_used=1, no_receipt=1)
        report = report_of(store, findings=findings)
        said, page = summary(report), html(report)
        assert said.startswith("1 message sent from ")
        assert re.search(r"EUR +0\.04 +1 message\n", said)
        for sentence in (
            "1 message was open before, 0 of them sends whose answer was lost.",
            "1 was asked for one by one.",
            "8x8's log had 1 message; 1 of them was looked for.",
            "1 was given up: no receipt comes any more.",
        ):
            assert sentence in said
        assert "Reconciliation of 1 message<" in page
        assert "<p>1 part. 8x8 named no price for 0 messages.</p>" in page

    def test_it_names_nobody(self, report: Report) -> None:
        for said in (summary(report), summary(report, colour=True), html(report)):
            assert not re.search(r"(?:447700900|1202555|1415555)\d", said)


class TestPage:
    """`html` and `write_html`."""

    def test_it_stands_alone_and_runs_nothing(self, report: Report) -> None:
        text = html(report)
        page = Page(text)
        assert page.all("script") == page.all("link") == page.all("img") == page.all("iframe") == []
        assert "@import" not in text
        assert "url(" not in text
        assert "http" not in re.sub(r'http-equiv="', "", text)
        assert [attrs for _, attrs in page.tags if any(name.startswith("on") for name in attrs)] == []
        [policy] = [attrs for attrs in page.all("meta") if "http-equiv" in attrs]
        assert policy["content"] == "default-src 'none'; style-src 'unsafe-inline'"

    def test_it_has_all_the_pictures_and_each_is_told_in_words_and_as_a_table(self, report: Report) -> None:
        page = Page(html(report))
        assert "are in the table" not in "|".join(page.words)
        headings = "|".join(page.words)
        for title in ("Outcome", "Time to delivery", "Failures by reason", "Failures by country", "Cost"):
            assert title in headings
        pictures = page.all("svg")
        assert len(pictures) == 6
        ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
        assert len(ids) == len(set(ids))
        for picture in pictures:
            assert picture["role"] == "img"
            assert set(str(picture["aria-labelledby"]).split()) <= set(ids)
        assert len(page.all("table")) == len(page.all("details")) == 5
        assert page.all("html")[0]["lang"] == "en"

    def test_a_chart_that_does_not_show_all_says_so(self, report: Report) -> None:
        failures = report.totals.failures
        for more in range(17 - len(failures)):
            failures[Failure(Outcome.FAILED, 900 + more, "New", None)] = 1
        said = Page(html(report)).words
        assert [word for word in said if "are in the table" in word] == [
            "The chart shows 15; 2 more are in the table."
        ]

    def test_it_tells_the_sums(self, report: Report) -> None:
        said = "|".join(Page(html(report)).words)
        totals = report.totals
        assert "Reconciliation of 600 messages" in said
        assert labels.share(totals.delivered, 600) in said
        for failure, times in totals.failures.items():
            assert labels.reason(failure) in said
            assert f"{times:,}" in said
        assert f"{totals.cost['USD'].total:,.2f}" in said

    def test_it_is_for_light_and_dark_and_paper(self, report: Report) -> None:
        text = html(report)
        assert "color-scheme: light dark" in text
        assert "@media (prefers-color-scheme: dark)" in text
        assert "@media print" in text

    def test_a_stranger_s_words_are_words(self, store: ReceiptStore) -> None:
        reason = "<script>alert(1)</script>$title&quot;"
        record_rejected(store, reason)
        page = Page(html(report_of(store)))
        assert page.all("script") == []
        assert reason in page.words

    def test_of_nothing(self, store: ReceiptStore) -> None:
        page = Page(html(report_of(store)))
        assert len(page.all("svg")) == 2
        assert "\u2013" in page.words

    def test_its_size_does_not_grow_with_the_recipients(self, store: ReceiptStore, report: Report) -> None:
        before = len(html(report))
        fill(store, seed=8)
        assert len(html(report_of(store))) < before * 1.2
