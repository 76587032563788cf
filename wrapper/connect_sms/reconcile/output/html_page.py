"""The report as one page of HTML: inline charts, no external resources, no script, no phone numbers."""

# ruff: noqa: TC001  at run time too, so that `typing.get_type_hints` finds every name

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Final, TextIO

from connect_sms._version import __version__
from connect_sms.models.outcomes import Outcome
from connect_sms.reconcile.report import Report
from connect_sms.reconcile.totals import FAILURES

from . import labels
from .csv_files import private_file
from .svg import Bar, band, bars, histogram, safe

if TYPE_CHECKING:
    from connect_sms.reconcile.totals import Totals

_MOST: Final = 15
_FEWEST_CLASSES: Final = 6
_KINDS: Final = {Outcome.READ: "good", Outcome.DELIVERED: "good", Outcome.DELIVERED_TO_OPERATOR: "good-2"}


def write_html(report: Report, path: str | os.PathLike[str] | TextIO) -> None:
    """Write the page.

    Args:
        report: The report.
        path: The file, or an open text stream; as for `write_csv`.

    Raises:
        OSError: It cannot be written.
    """
    with private_file(path) as file:
        file.write(html(report))


def html(report: Report) -> str:
    """The page as a string; its size does not grow with the number of messages."""
    totals, home = report.totals, files("connect_sms.reconcile.output")
    # All content is generated here or escaped: reasons are 8x8's text and may be anything.
    return Template(home.joinpath("page.html").read_text("utf-8")).substitute(
        title=f"Reconciliation of {labels.count(totals.total, 'message')}",
        style=home.joinpath("page.css").read_text("utf-8"),
        span=safe(labels.span(report)),
        made_at=f"{report.made_at:%Y-%m-%d at %H:%M} UTC",
        figures=_figures(totals),
        sections="\n".join(filter(None, (section(totals) for section in _SECTIONS))),
        findings="".join(f"<li>{safe(sentence)}</li>" for sentence in labels.findings(report)),
        version=safe(__version__),
    )


def _figures(totals: Totals) -> str:
    median, slow = totals.delivered_within(0.5), totals.delivered_within(0.99)
    figures = [
        ("on the handset", labels.share(totals.delivered, totals.total)),
        ("with the operator only", labels.share(totals.with_operator, totals.total)),
        ("failed", labels.share(totals.failed, totals.total)),
        ("open", labels.share(totals.open, totals.total)),
        ("half delivered within", "\u2013" if median is None else labels.duration(median)),
        ("99 % delivered within", "\u2013" if slow is None else labels.duration(slow)),
    ]
    figures += [
        (f"cost in {currency}", f"{cost.total:,.2f}")
        for currency, cost in sorted(totals.cost.items(), key=lambda entry: -entry[1].messages)[:2]
    ]
    shown = "".join(f"<div><dt>{safe(name)}</dt><dd>{safe(value)}</dd></div>" for name, value in figures)
    return f'<dl class="figures">{shown}</dl>'


def _outcomes(totals: Totals) -> str:
    entries = [
        Bar(
            name,
            totals.outcomes[outcome],
            f"{totals.outcomes[outcome]:,} ({labels.share(totals.outcomes[outcome], totals.total)})",
            "bad" if outcome in FAILURES else _KINDS.get(outcome, "open"),
        )
        for outcome, name in labels.OUTCOMES.items()
        if totals.outcomes[outcome]
    ]
    title = "Share of each outcome"
    pictures = band("band", title, entries) + bars("outcomes", title, entries)
    rows = [(bar.label, f"{bar.value:,.0f}", labels.share(int(bar.value), totals.total)) for bar in entries]
    return _section("outcome", "Outcome", pictures, ("Outcome", "Messages", "Share"), rows)


def _times(totals: Totals) -> str:
    if not totals.timed:
        return ""
    named = list(zip(labels.class_names(), totals.delivery_times, strict=True))
    last = max(place for place, (_, times) in enumerate(named) if times)
    entries = [
        Bar(name, times, f"{times:,}", "good") for name, times in named[: max(last + 1, _FEWEST_CLASSES)]
    ]
    within = [(share, totals.delivered_within(share)) for share in (0.5, 0.9, 0.99)]
    said = ", ".join(
        f"{share * 100:.0f} % within {labels.duration(took)}" for share, took in within if took is not None
    )
    lead = (
        f"<p>Of {labels.count(totals.timed, 'message')} whose delivery to the handset was timed: "
        f"{safe(said)}. Counted from handing over; a schedule counts as waiting.</p>"
    )
    rows = [(name, f"{times:,}", labels.share(times, totals.timed)) for name, times in named if times]
    picture = histogram("times", "Messages by time to delivery", entries)
    return _section("time", "Time to delivery", lead + picture, ("Within", "Messages", "Share"), rows)


def _reasons(totals: Totals) -> str:
    if not totals.failures:
        return ""
    found = totals.failures.most_common()
    entries = [
        Bar(labels.reason(failure), times, f"{times:,} ({labels.share(times, totals.failed)})", "bad")
        for failure, times in found[:_MOST]
    ]
    rows = [
        (
            labels.reason(failure),
            failure.outcome.value,
            (failure.category or "").replace("_", " "),
            f"{times:,}",
        )
        for failure, times in found
    ]
    picture = bars("reasons", "Failures by reason", entries) + _part_of(found)
    header = ("Reason", "Outcome", "Category", "Messages")
    return _section("reasons", "Failures by reason", picture, header, rows, numbers=1)


def _part_of(found: Sequence[object]) -> str:
    """What is said of a chart that does not show all; the table below it does."""
    hidden = len(found) - _MOST
    return f"<p>The chart shows {_MOST}; {hidden:,} more are in the table.</p>" if hidden > 0 else ""


def _countries(totals: Totals) -> str:
    if not totals.failures:
        return ""
    found = totals.failed_countries.most_common()
    entries = [
        Bar(
            labels.country(code),
            times,
            f"{times:,} of {totals.countries[code]:,} ({labels.share(times, totals.countries[code])})",
            "bad",
        )
        for code, times in found[:_MOST]
    ]
    rows = [
        (labels.country(code), f"{sent:,}", f"{totals.failed_countries[code]:,}",
         labels.share(totals.failed_countries[code], sent))
        for code, sent in totals.countries.most_common()
    ]  # fmt: skip
    picture = bars("countries", "Failures by country", entries) + _part_of(found)
    header = ("Country", "Messages", "Failed", "Share")
    return _section("countries", "Failures by country", picture, header, rows, numbers=3)


def _cost(totals: Totals) -> str:
    if not totals.cost:
        return ""
    known = sorted(totals.cost.items(), key=lambda entry: -entry[1].messages)
    # Currencies cannot be compared, so the bars show messages.
    entries = [
        Bar(currency, cost.messages, f"{cost.total:,.2f} for {cost.messages:,}", "plain")
        for currency, cost in known
    ]
    rows = [
        (currency, f"{cost.total:,f}", f"{cost.messages:,}", f"{cost.total / cost.messages:,.4f}")
        for currency, cost in known
    ]
    unpriced = totals.total - sum(cost.messages for _, cost in known)
    lead = (
        f"<p>{labels.count(totals.parts, 'part')}. "
        f"8x8 named no price for {labels.count(unpriced, 'message')}.</p>"
    )
    picture = bars("cost", "Messages with a price, by currency", entries)
    header = ("Currency", "Total", "Messages", "Each, on average")
    return _section("cost", "Cost", lead + picture, header, rows, numbers=3)


def _section(
    name: str,
    title: str,
    content: str,
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    numbers: int = 2,
) -> str:
    """A section with a chart and the same figures as a table, whose last columns are numbers."""
    first = len(header) - numbers

    def line(cells: Sequence[str], tag: str, scope: str = "") -> str:
        marks = (f"{scope}{' class=n' if place >= first else ''}" for place in range(len(cells)))
        told = (f"<{tag}{mark}>{safe(cell)}</{tag}>" for cell, mark in zip(cells, marks, strict=True))
        return f"<tr>{''.join(told)}</tr>"

    body = "".join(line(row, "td") for row in rows)
    return (
        f'<section aria-labelledby="{name}-h"><h2 id="{name}-h">{safe(title)}</h2>{content}'
        f"<details><summary>As a table</summary><table><thead>{line(header, 'th', ' scope=col')}</thead>"
        f"<tbody>{body}</tbody></table></details></section>"
    )


_SECTIONS: Final = (_outcomes, _times, _reasons, _countries, _cost)
