"""The report as one page of HTML: pictures inside it, nothing fetched, no script, no recipient named."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Final

from connect_sms._version import __version__
from connect_sms.models.outcomes import Outcome
from connect_sms.reconcile import _words as words

from .charts import Bar, band, bars, histogram
from .tally import FAILURES
from .writing import private_file

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Sequence

    from .report import Report
    from .tally import Tally

__all__ = ["html", "write_html"]

_MOST: Final = 15
_FEWEST_CLASSES: Final = 6
_KINDS: Final = {
    Outcome.READ: "good",
    Outcome.DELIVERED: "good",
    Outcome.DELIVERED_TO_OPERATOR: "good-2",
}


def write_html(report: Report, path: str | os.PathLike[str]) -> None:
    """Write the page.

    Args:
        report: The report.
        path: The file; one that exists is replaced once the new one is whole. Its owner alone can read it.

    Raises:
        OSError: It cannot be written.
    """
    with private_file(path) as file:
        file.write(html(report))


def html(report: Report) -> str:
    """The page as a string; in size it does not grow with the number of recipients."""
    tally, home = report.tally, files("connect_sms.reconcile")
    # Whatever is put in is made here or escaped: reasons are 8x8's words, and those a stranger's.
    return Template(home.joinpath("page.html").read_text("utf-8")).substitute(
        title=f"What became of {tally.total:,} messages",
        style=home.joinpath("page.css").read_text("utf-8"),
        span=escape(words.span(report)),
        made_at=f"{report.made_at:%Y-%m-%d at %H:%M} UTC",
        figures=_figures(tally),
        sections="\n".join(filter(None, _sections(tally))),
        findings="".join(f"<li>{escape(sentence)}</li>" for sentence in words.findings(report)),
        version=escape(__version__),
    )


def _figures(tally: Tally) -> str:
    median, slow = tally.delivered_within(0.5), tally.delivered_within(0.99)
    figures = [
        ("on the handset", words.share(tally.delivered, tally.total)),
        ("with the operator only", words.share(tally.with_operator, tally.total)),
        ("failed", words.share(tally.failed, tally.total)),
        ("open", words.share(tally.open, tally.total)),
        ("half delivered within", "\u2013" if median is None else words.duration(median)),
        ("99 % delivered within", "\u2013" if slow is None else words.duration(slow)),
    ]
    figures += [
        (f"cost in {currency}", f"{cost.total:,.2f}")
        for currency, cost in sorted(tally.cost.items(), key=lambda entry: -entry[1].messages)[:2]
    ]
    shown = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in figures)
    return f'<dl class="figures">{shown}</dl>'


def _sections(tally: Tally) -> Iterator[str]:
    yield _outcomes(tally)
    yield _times(tally)
    yield _reasons(tally)
    yield _countries(tally)
    yield _cost(tally)


def _outcomes(tally: Tally) -> str:
    entries = [
        Bar(
            name,
            tally.outcomes[outcome],
            f"{tally.outcomes[outcome]:,} ({words.share(tally.outcomes[outcome], tally.total)})",
            "bad" if outcome in FAILURES else _KINDS.get(outcome, "open"),
        )
        for outcome, name in words.OUTCOMES.items()
        if tally.outcomes[outcome]
    ]
    title = "Share of each outcome"
    pictures = band("band", title, entries) + bars("outcomes", title, entries)
    rows = [
        (entry.label, f"{entry.value:,.0f}", words.share(int(entry.value), tally.total)) for entry in entries
    ]
    return _section("outcome", "Outcome", pictures, ("Outcome", "Messages", "Share"), rows)


def _times(tally: Tally) -> str:
    if not tally.timed:
        return ""
    named = list(zip(words.class_names(), tally.delivery_times, strict=True))
    last = max(place for place, (_, times) in enumerate(named) if times)
    entries = [
        Bar(name, times, f"{times:,}", "good") for name, times in named[: max(last + 1, _FEWEST_CLASSES)]
    ]
    within = [(share, tally.delivered_within(share)) for share in (0.5, 0.9, 0.99)]
    said = ", ".join(
        f"{share * 100:.0f} % within {words.duration(took)}" for share, took in within if took is not None
    )
    lead = (
        f"<p>Of {tally.timed:,} messages whose delivery to the handset was timed: {escape(said)}. "
        "Counted from handing over; a schedule counts as waiting.</p>"
    )
    rows = [(name, f"{times:,}", words.share(times, tally.timed)) for name, times in named if times]
    picture = histogram("times", "Messages by time to delivery", entries)
    return _section("time", "Time to delivery", lead + picture, ("Within", "Messages", "Share"), rows)


def _reasons(tally: Tally) -> str:
    if not tally.failures:
        return ""
    found = tally.failures.most_common()
    entries = [
        Bar(words.reason(failure), times, f"{times:,} ({words.share(times, tally.failed)})", "bad")
        for failure, times in found[:_MOST]
    ]
    rows = [
        (
            words.reason(failure),
            failure.outcome.value,
            (failure.category or "").replace("_", " "),
            f"{times:,}",
        )
        for failure, times in found
    ]
    picture = bars("reasons", "Failures by reason", entries)
    return _section(
        "reasons",
        "Failures by reason",
        picture,
        ("Reason", "Outcome", "ErrorCategory", "Messages"),
        rows,
        numbers=1,
    )


def _countries(tally: Tally) -> str:
    if not tally.failures:
        return ""
    found = tally.failed_countries.most_common()
    entries = [
        Bar(
            words.country(code),
            times,
            f"{times:,} of {tally.countries[code]:,} ({words.share(times, tally.countries[code])})",
            "bad",
        )
        for code, times in found[:_MOST]
    ]
    rows = [
        (words.country(code), f"{sent:,}", f"{tally.failed_countries[code]:,}",
         words.share(tally.failed_countries[code], sent))
        for code, sent in tally.countries.most_common()
    ]  # fmt: skip
    picture = bars("countries", "Failures by country", entries)
    header = ("Country", "Messages", "Failed", "Share")
    return _section("countries", "Failures by country", picture, header, rows, numbers=3)


def _cost(tally: Tally) -> str:
    if not tally.cost:
        return ""
    known = sorted(tally.cost.items(), key=lambda entry: -entry[1].messages)
    # Currencies are not compared with each other, so the bars are of messages.
    entries = [
        Bar(currency, cost.messages, f"{cost.total:,.2f} for {cost.messages:,}", "plain")
        for currency, cost in known
    ]
    rows = [
        (currency, f"{cost.total:,f}", f"{cost.messages:,}", f"{cost.total / cost.messages:,.4f}")
        for currency, cost in known
    ]
    unpriced = tally.total - sum(cost.messages for _, cost in known)
    lead = f"<p>{tally.parts:,} parts. 8x8 named no price for {unpriced:,} messages.</p>"
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
    """A section with a picture and the same as a table, whose last columns are numbers."""
    first = len(header) - numbers

    def line(cells: Sequence[str], tag: str, scope: str = "") -> str:
        marks = (f"{scope}{' class=n' if place >= first else ''}" for place in range(len(cells)))
        told = (f"<{tag}{mark}>{escape(cell)}</{tag}>" for cell, mark in zip(cells, marks, strict=True))
        return f"<tr>{''.join(told)}</tr>"

    body = "".join(line(row, "td") for row in rows)
    return (
        f'<section aria-labelledby="{name}-h"><h2 id="{name}-h">{escape(title)}</h2>{content}'
        f"<details><summary>As a table</summary><table><thead>{line(header, 'th', ' scope=col')}</thead>"
        f"<tbody>{body}</tbody></table></details></section>"
    )
