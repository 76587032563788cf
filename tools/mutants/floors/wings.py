"""Defects in receipts and reconciliation."""

from tools.mutants.floors import mutant

MUTANTS = (
    mutant(
        "what may have arrived is sent again",
        "reconcile/retries",
        "or not error.category.retryable:",
        "or error.category is ErrorCategory.INTERIM:",
        "reconcile",
    ),
    mutant(
        "what was sent again is sent again once more",
        "reconcile/retries",
        "            or store.status_by_client_id(following) is not None\n",
        "",
        "reconcile",
    ),
    mutant(
        "a failure to be tried once is tried for ever",
        "reconcile/retries",
        "allowed = 1 if error.category is ErrorCategory.TRANSIENT_ONCE else max_attempts",
        "allowed = max_attempts",
        "reconcile",
    ),
    mutant(
        "a lost send is not looked for by its own id",
        "reconcile/reconciler",
        " or status.client_message_id in wanted.lost_ids",
        "",
        "reconcile",
    ),
    mutant(
        "a masked number is stored",
        "receipts/columns",
        "(number if _is_digits(number) else None)",
        "number",
        "merging",
    ),
    mutant(
        "two providers' messages are merged into one",
        "receipts/merging",
        "len({(status.provider, status.umid) for status in known})",
        "len({status.umid for status in known})",
        "merging",
    ),
    mutant(
        "a lost send of another provider is joined",
        "receipts/_schema",
        "AND lost.provider = m.provider AND lost.umid = ''",
        "AND lost.umid = ''",
        "store",
    ),
    mutant(
        "the operator having it counts as delivered",
        "reconcile/totals",
        "_DELIVERED: Final = (Outcome.DELIVERED, Outcome.READ)",
        "_DELIVERED: Final = (Outcome.DELIVERED, Outcome.READ, Outcome.DELIVERED_TO_OPERATOR)",
        "reconcile",
    ),
    mutant(
        "a stranger's words become part of the page",
        "reconcile/output/html_page",
        'told = (f"<{tag}{mark}>{escape(cell)}</{tag}>"',
        'told = (f"<{tag}{mark}>{cell}</{tag}>"',
        "reconcile",
    ),
)
