"""Reconciling: what was sent, joined with what is known of it, and a report of the whole.

    from connect_sms import reconcile

    report = reconcile.reconcile(client, store, sent_since=yesterday)
    report.tally.delivered_share
    reconcile.write_html(report, "report.html")
    again = [entry.message for entry in reconcile.retryable(report) if entry.message]

Everything public is named here and loaded when first used. It stands on `connect_sms.receipts`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .log import LogRow as LogRow
    from .log import read_log as read_log
    from .page import html as html
    from .page import write_html as write_html
    from .reconciling import Findings as Findings
    from .reconciling import Progress as Progress
    from .reconciling import reconcile as reconcile
    from .report import Report as Report
    from .report import Row as Row
    from .retrying import Retryable as Retryable
    from .retrying import retryable as retryable
    from .tally import Cost as Cost
    from .tally import Tally as Tally
    from .terminal import summary as summary
    from .writing import write_csv as write_csv
    from .writing import write_retryable as write_retryable

_HOMES = {
    "log": ("LogRow", "read_log"),
    "page": ("html", "write_html"),
    "reconciling": ("Findings", "Progress", "reconcile"),
    "report": ("Report", "Row"),
    "retrying": ("Retryable", "retryable"),
    "tally": ("Cost", "Tally"),
    "terminal": ("summary",),
    "writing": ("write_csv", "write_retryable"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

# The names are those above; a test holds the two lists together.
__all__ = [*_HOME_OF]  # noqa: PLE0604  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> object:
    home = _HOME_OF.get(name)
    if home is None:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value = getattr(import_module(f".{home}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF})
