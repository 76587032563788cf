"""Reading a log export whose exact form nobody here has seen."""

from __future__ import annotations

import csv
import gzip
import io
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_sms import DeliveryErrors, InvalidArgument, Outcome, Price
from connect_sms.reconcile import LogCounts, read_log
from connect_sms.reconcile.log_csv import ALIASES

if TYPE_CHECKING:
    from pathlib import Path

    from connect_sms.models.status import MessageStatus

HEADER = (
    "umid,subaccountid,direction,country,operator,mcc,mnc,status_value,status_details,status_errorcode,"
    "status_errormessage,status_timestamp,msisdn,source,encoding,createdat,smscount,price_currency,"
    "price_persms,price_total,clientmessageid,clientbatchid,batchid,body"
)
LINE = (
    "u-1,acme,1,GB,Some Operator,234,10,undelivered,undelivered_to_recipient,1,Absent subscriber,"
    "2026-07-01T17:00:09.1234567+00:00,+44770090xxxx,ACME,GSM7,2026-07-01T17:00:00Z,2,gbp,0.0412,0.0824,"
    "order-1,sale,b-1,**MASKED**"
)


def read(*lines: str) -> list[MessageStatus]:
    return list(read_log([f"{line}\r\n" for line in lines]))


def test_a_line_as_8x8_documents_it() -> None:
    [row] = read(HEADER, LINE)
    assert (row.umid, row.client_message_id, row.source) == ("u-1", "order-1", "export")
    assert (row.outcome, row.error_code) == (Outcome.FAILED, 1)
    assert row.error == DeliveryErrors.default()[1]
    assert row.observed_at == datetime(2026, 7, 1, 17, 0, 9, 123_456, tzinfo=UTC)
    assert (row.sub_account_id, row.sender, row.parts) == ("acme", "ACME", 2)
    assert (row.batch_id, row.client_batch_id) == ("b-1", "sale")
    assert row.price == Price(Decimal("0.0824"), Decimal("0.0412"), "GBP")
    assert row.created_at == datetime(2026, 7, 1, 17, tzinfo=UTC)
    assert (row.country, row.error_message) == ("GB", "Absent subscriber")


def test_columns_nobody_knows_are_kept() -> None:
    [row] = read(HEADER, LINE)
    others = {"operator": "Some Operator", "mcc": "234", "mnc": "10"}
    assert row.extra == {**others, "encoding": "GSM7", "body": "**MASKED**"}


def test_a_masked_number_is_none_and_a_whole_one_is_one() -> None:
    assert read("umid,msisdn", "u-1,+44770090xxxx")[0].destination is None
    assert read("umid,msisdn", "u-1,447700900123")[0].destination == "+447700900123"


@pytest.mark.parametrize("field", sorted(ALIASES))
def test_a_column_is_found_by_each_of_its_names_however_written(field: str) -> None:
    value = {"umid": "u-9", "direction": "outbound"}.get(field, "1")
    for alias in ALIASES[field]:
        for written in (alias, alias.upper(), f" {alias[:2]}_{alias[2:]} "):
            header, line = (written, value) if field == "umid" else (f"umid;{written}", f"u-9;{value}")
            [row] = read(header, line)
            assert row.umid == "u-9"
            assert row.extra == {}


def test_of_two_likely_names_the_likelier_counts() -> None:
    [row] = read("umid,status,status_value", "u-1,delivered,undelivered")
    assert row.outcome is Outcome.FAILED
    assert row.extra == {"status": "delivered"}


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_cells_may_be_delimited_in_any_usual_way(mark: str) -> None:
    [row] = read(HEADER.replace(",", mark), LINE.replace(",", mark))
    assert row.client_message_id == "order-1"


@pytest.mark.parametrize("nothing", ["", " ", "null", "NULL", "None", "n/a", "\\N"])
def test_what_stands_for_nothing_is_nothing(nothing: str) -> None:
    [row] = read("umid,clientmessageid,status_errorcode,status_value", f"u-1,{nothing},{nothing},{nothing}")
    assert (row.client_message_id, row.error_code, row.state) == (None, None, None)
    assert row.outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("direction", ["0", "inbound", "Inbound", "MO"])
def test_what_came_in_is_left_out(direction: str) -> None:
    assert read("umid,direction", f"u-1,{direction}") == []


def test_rows_that_name_no_message_are_left_out() -> None:
    rows = read("umid,clientmessageid", ",a", "u-1", "", "u-2,b,more,cells")
    assert [row.umid for row in rows] == ["u-1", "u-2"]


def test_files_put_together_bring_their_headers_in_any_order() -> None:
    rows = read("umid,clientmessageid", "u-1,a", "clientmessageid,umid", "b,u-2")
    assert [(row.umid, row.client_message_id) for row in rows] == [("u-1", "a"), ("u-2", "b")]


def test_a_file_without_a_header_it_knows_is_refused_and_its_columns_are_named() -> None:
    with pytest.raises(InvalidArgument, match=r"no column umid\. Its columns are: name, colour") as error:
        read("name,colour", "a,b")
    assert error.value.argument == "source"


@pytest.mark.parametrize("lines", [[], ["\r\n"], ["\ufeff\n", "\0"]])
def test_a_file_of_nothing_has_no_rows(lines: list[str]) -> None:
    assert list(read_log(lines)) == []


def test_what_is_no_csv_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="is no CSV: field larger than field limit"):
        read("umid,body", f"u-1,{'x' * 200_000}")


def test_a_file_of_bytes_of_any_kind_is_read(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(b"\xef\xbb\xbfUMID,Status Value,body\r\nu-1,delivered,\xff\xfe\0\r\n")
    [row] = read_log(path)
    assert (row.umid, row.outcome) == ("u-1", Outcome.DELIVERED)
    assert row.extra == {"body": "\ufffd\ufffd"}


def test_a_text_with_line_breaks_stays_one_cell() -> None:
    text = io.StringIO()
    csv.writer(text).writerows([["umid", "body", "status"], ["u-1", "a\nb,c", "delivered"]])
    [row] = read_log(io.StringIO(text.getvalue(), newline=""))
    assert (row.extra["body"], row.outcome) == ("a\nb,c", Outcome.DELIVERED)


def test_what_a_code_means_can_be_overridden() -> None:
    own = DeliveryErrors.default().with_overrides({1: "permanent_number"})
    [row] = read_log([HEADER, LINE], delivery_errors=own)
    assert row.error == own[1]


@pytest.mark.parametrize(
    ("cells", "price"),
    [
        ("0.1,0.05,EUR", Price(Decimal("0.1"), Decimal("0.05"), "EUR")),
        (",0.05,EUR", Price(None, Decimal("0.05"), "EUR")),
        ("NaN,Infinity,EUR", None),
        ("1e99,,EUR", None),
        ("free,,", None),
        ("0.1,,Euro", Price(Decimal("0.1"), None, None)),
    ],
)
def test_a_price_is_a_number_of_a_sane_size(cells: str, price: Price | None) -> None:
    assert read("umid,price_total,price_persms,price_currency", f"u-1,{cells}")[0].price == price


@pytest.mark.parametrize(
    "lines",
    [
        ['u-2,delivered,"6 foot 2', *[f"u-{n},delivered,ok" for n in range(3, 90)]],
        ['u-2,delivered,"6 foot 2', "u-3,delivered,ok", 'u-4,delivered,"fine"'],
        ['u-2,"delivered,ok', "u-3,delivered,ok"],
        ['"u-2,delivered,ok'],
        ['u-2,delivered,"ok"x', "u-3,delivered,ok"],
    ],
)
def test_a_quote_that_is_left_open_swallows_no_rows_in_silence(lines: list[str]) -> None:
    with pytest.raises(
        InvalidArgument, match=r"is no CSV: .* in the row of line 3; is a quote left open\?$"
    ) as error:
        read("umid,status,body", "u-1,delivered,ok", *lines)
    assert "foot" not in str(error.value)


def test_an_open_quote_that_another_closes_is_counted() -> None:
    counts = LogCounts()
    lines = [
        "umid,status,body",
        'u-1,sent,"6 foot 2',
        "u-2,delivered,ok",
        'u-3,delivered,5 foot 2"',
        "u-4,sent,x",
    ]
    rows = list(read_log([f"{line}\n" for line in lines], counts=counts))
    assert [row.umid for row in rows] == ["u-1", "u-4"]
    assert (counts.messages, counts.misshapen, counts.in_doubt) == (2, 1, 1)


@pytest.mark.parametrize("after", [[], [""], ["", "umid,status,errorCode,price", "u-9,sent,,"]])
def test_a_last_row_that_may_be_cut_is_counted_and_its_last_cell_not_read(after: list[str]) -> None:
    def cut(row: str) -> tuple[list[Any], LogCounts]:
        counts = LogCounts()
        lines = ["umid,status,errorCode,price", "u-1,undelivered,59", row, *after]
        rows = read_log(lines, counts=counts)
        found = [(row.umid, row.outcome, row.error and row.error.code) for row in rows if row.umid != "u-9"]
        assert found.pop(0) == ("u-1", Outcome.FAILED, 59)
        return found, counts

    found, counts = cut("u-2,undelivered,5")
    assert (found, counts.misshapen) == ([("u-2", Outcome.FAILED, 0)], 1)
    found, counts = cut("u-2,undeliv")
    assert (found, counts.misshapen) == ([("u-2", Outcome.UNKNOWN, None)], 1)
    found, counts = cut("u-")
    assert (found, counts.misshapen) == ([], 1)


def test_a_text_of_several_lines_is_no_row() -> None:
    counts = LogCounts()
    text = io.StringIO()
    poem = "roses, red\nviolets, blue, sweet\nsugar, delivered to you"
    csv.writer(text).writerows([["umid", "status", "body"], ["u-1", "sent", poem], ["u-2", "sent", 'a "b"']])
    rows = list(read_log(io.StringIO(text.getvalue(), newline=""), counts=counts))
    assert [row.extra["body"] for row in rows] == [poem, 'a "b"']
    assert counts == LogCounts(messages=2)


def test_nothing_is_left_out_without_being_counted() -> None:
    counts = LogCounts()
    lines = [
        "umid,direction,price",
        "u-1,outbound,0.1",
        "u-2,inbound,",
        ",outbound,0.1",
        "",
        " , ,",
        "u-3,,free",
        "u-4,,,x",
    ]
    assert len(list(read_log(lines, counts=counts))) == 3
    assert counts == LogCounts(messages=3, inbound=1, unnamed=1, misshapen=1, unread_prices=1)
    assert counts.in_doubt == 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le with a mark"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("decimal", [".", ","])
@pytest.mark.parametrize("packed", [False, True])
def test_a_log_saved_again_by_a_spreadsheet_says_the_same(
    tmp_path: Path, encoding: str, delimiter: str, decimal: str, *, packed: bool
) -> None:
    [usual] = read(HEADER, LINE)
    text = io.StringIO()
    cells = [cell.replace(".", decimal) if cell.startswith("0.") else cell for cell in LINE.split(",")]
    csv.writer(text, delimiter=delimiter).writerows([HEADER.split(","), cells])
    mark = "\ufeff" if encoding.endswith("mark") else ""
    body = (mark + text.getvalue()).encode(encoding.partition(" ")[0])
    path = tmp_path / "log.csv"
    path.write_bytes(gzip.compress(body) if packed else body)
    assert list(read_log(path)) == [usual]


@pytest.mark.parametrize("cut", [-1, -8, 5])
def test_a_packed_file_that_ends_early_is_refused(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "log.csv.gz"
    path.write_bytes(gzip.compress("\n".join([HEADER, *[LINE] * 50]).encode())[:cut])
    with pytest.raises(InvalidArgument, match="is a gzip file that ends early or is damaged"):
        list(read_log(path))


def test_a_repr_names_nobody() -> None:
    [row] = read("umid,msisdn,body", "u-1,+447700900123,secret words")
    assert "7700900123" not in repr(row)
    assert "secret" not in repr(row)


@given(st.sampled_from([[], [HEADER]]), st.lists(st.text(max_size=200), max_size=12))
def test_whatever_the_lines_say_rows_come_or_a_declared_error(header: list[str], lines: list[str]) -> None:
    try:
        rows = list(read_log([*header, *lines]))
    except InvalidArgument:
        return
    assert all(row.umid for row in rows)


@given(st.permutations(HEADER.split(",")))
def test_the_order_of_columns_makes_no_difference(order: list[str]) -> None:
    cells: dict[str, str] = dict(zip(HEADER.split(","), LINE.split(","), strict=True))
    [row] = read(",".join(order), ",".join(cells[name] for name in order))
    [usual] = read(HEADER, LINE)
    assert row == usual
    assert dict(row.extra) == dict(usual.extra)
