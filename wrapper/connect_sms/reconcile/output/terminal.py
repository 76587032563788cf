"""The summary for a terminal: drawn by rich where it is installed, else in plain text."""

# ruff: noqa: TC001  at run time too, so that `typing.get_type_hints` finds every name

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from connect_sms.reconcile.report import Report
from connect_sms.reconcile.totals import FAILURES
from connect_sms.text.printable import printable

from . import labels

if TYPE_CHECKING:
    from collections import Counter

    from connect_sms.reconcile.totals import Totals

_MOST: Final = 10
_BAR: Final = 24

Cells = tuple[str, ...]


def summary(report: Report, *, colour: bool = False, width: int = 100) -> str:
    """The report on one screen: outcomes, times, failures, cost. It contains no phone numbers.

    Args:
        report: The report.
        colour: Whether to draw it in colour, for a terminal; without rich it is plain text.
        width: Columns of that terminal.
    """
    # Reasons, countries and currencies are 8x8's text, and may be anything.
    tables = [
        (title, [tuple(map(printable, row)) for row in rows])
        for title, rows in _tables(report.totals)
        if rows
    ]
    drawn = _drawn(tables, width) if colour else None
    body = drawn if drawn is not None else "\n".join(_plain(title, rows) for title, rows in tables)
    head = f"{labels.count(report.totals.total, 'message')} {labels.span(report)}\n\n"
    return head + body + "\n" + "\n".join(map(printable, labels.findings(report))) + "\n"


def _tables(totals: Totals) -> Iterator[tuple[str, list[Cells]]]:
    yield (
        "Outcome",
        [
            (name, f"{times:,}", labels.share(times, totals.total), _bar(times, totals.total))
            for outcome, name in labels.OUTCOMES.items()
            if (times := totals.outcomes[outcome])
        ],
    )
    within = [(share, totals.delivered_within(share)) for share in (0.5, 0.9, 0.99)]
    yield (
        "Time to delivery",
        [
            (f"{share * 100:.0f} % within", labels.duration(took))
            for share, took in within
            if took is not None
        ],
    )
    yield (
        "Failures by reason",
        [
            (labels.reason(failure), f"{times:,}", failure.category or failure.outcome.value)
            for failure, times in totals.failures.most_common(_MOST)
        ]
        + _more(totals.failures, "further reason"),
    )
    yield (
        "Failures by country",
        [
            (labels.country(code), f"{times:,}", f"{labels.share(times, totals.countries[code])} of its own")
            for code, times in totals.failed_countries.most_common(_MOST)
        ]
        + _more(totals.failed_countries, "further calling code"),
    )
    yield (
        "Cost",
        [
            (currency, f"{cost.total:,f}", labels.count(cost.messages, "message"))
            for currency, cost in sorted(totals.cost.items())
        ],
    )


def _more(counted: Counter[Any], noun: str) -> list[Cells]:
    """A row for what is not shown, if any."""
    rest = counted.most_common()[_MOST:]
    return [(labels.count(len(rest), noun), f"{sum(times for _, times in rest):,}", "")] if rest else []


def _bar(part: int, whole: int) -> str:
    return "\u2588" * max(round(_BAR * part / whole), 1)


def _plain(title: str, rows: Sequence[Cells]) -> str:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [
        "  ".join(_aligned(cell, w, i) for i, (cell, w) in enumerate(zip(row, widths, strict=True)))
        for row in rows
    ]
    return "\n".join([title, *(f"  {line.rstrip()}" for line in lines), ""])


def _aligned(cell: str, width: int, place: int) -> str:
    return cell.rjust(width) if place in {1, 2} and cell[-1:] in "0123456789%" else cell.ljust(width)


def _drawn(tables: Sequence[tuple[str, list[Cells]]], width: int) -> str | None:
    try:
        from rich.console import Console  # noqa: PLC0415  an extra, and slow
        from rich.table import Table  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415
    except ImportError:
        return None
    text = io.StringIO()
    console = Console(file=text, force_terminal=True, width=width, highlight=False, markup=False, emoji=False)
    bad = {labels.OUTCOMES[outcome] for outcome in FAILURES}
    for title, rows in tables:
        table = Table(title=title, title_justify="left", title_style="bold", box=None, show_header=False)
        table.add_column(no_wrap=False, overflow="fold")
        for place in range(1, len(rows[0])):
            table.add_column(justify="right" if place == 1 else "left")
        for row in rows:
            style = "red" if row[0] in bad else "green" if row[0] in {"delivered", "read"} else "cyan"
            # As text, never as markup: reasons are 8x8's text.
            table.add_row(
                Text(row[0]), *(Text(cell, style=style if "\u2588" in cell else "") for cell in row[1:])
            )
        console.print(table)
    return text.getvalue()
