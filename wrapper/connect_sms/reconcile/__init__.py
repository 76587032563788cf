"""Reconciliation: matches sends with their statuses, and reports on them.

    from connect_sms import reconcile

    report = reconcile.reconcile(client, store, sent_since=yesterday)
    report.totals.delivered_share
    reconcile.write_html(report, "report.html")
    again = [entry.message for entry in reconcile.retryable(report) if entry.message]

All public names are listed here and loaded when first used. It builds on `connect_sms.receipts`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connect_sms._lazy import lazy_names

if TYPE_CHECKING:
    from .log_csv import LogCounts as LogCounts
    from .log_csv import read_log as read_log
    from .output.csv_files import write_csv as write_csv
    from .output.csv_files import write_retryable as write_retryable
    from .output.html_page import html as html
    from .output.html_page import write_html as write_html
    from .output.terminal import summary as summary
    from .progress import Findings as Findings
    from .progress import ReconcileProgress as ReconcileProgress
    from .reconciler import reconcile as reconcile
    from .report import Report as Report
    from .retries import Retryable as Retryable
    from .retries import retryable as retryable
    from .totals import Cost as Cost
    from .totals import Failure as Failure
    from .totals import Totals as Totals

_HOMES = {
    "log_csv": ("LogCounts", "read_log"),
    "output.csv_files": ("write_csv", "write_retryable"),
    "output.html_page": ("html", "write_html"),
    "output.terminal": ("summary",),
    "progress": ("Findings", "ReconcileProgress"),
    "reconciler": ("reconcile",),
    "report": ("Report",),
    "retries": ("Retryable", "retryable"),
    "totals": ("Cost", "Failure", "Totals"),
}

__getattr__, __dir__, __all__ = lazy_names(__name__, _HOMES)  # pyright: ignore[reportUnsupportedDunderAll]
