"""``batch``: sends to all recipients in a file, and writes the result of each.

Who is about to be sent to is on disk before a request goes out, and what came of it before the next one, so
that a batch that was killed can be resumed. Finished requests are dropped: a million recipients take little
more memory than a thousand.
"""

from __future__ import annotations

from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any, Literal

from connect_sms._api.eight_by_eight import context_of
from connect_sms._batch.plan import BatchPlan
from connect_sms.cli.account import client_on
from connect_sms.cli.batch_input import InputLines
from connect_sms.cli.batch_journal import BothJournals, ResultsJournal
from connect_sms.cli.batch_output import ResultsWriter, open_results
from connect_sms.cli.batch_resume import Resumed, check_resume
from connect_sms.cli.batch_summary import BatchSummary
from connect_sms.cli.paths import RunPath, check_paths, output_path, store_paths
from connect_sms.cli.progress_bar import ProgressBar
from connect_sms.cli.results_file import ResultsFile
from connect_sms.cli.signals import Interrupts

from .batch_check import check, no_recipients_in
from .batch_dry_run import dry_run as show_dry_run
from .batch_sending import Sending

if TYPE_CHECKING:
    from connect_sms.cli.account import Account
    from connect_sms.cli.batch_input import Source
    from connect_sms.cli.output import Output
    from connect_sms.models.store import SendJournal


def batch(
    account: Account,
    out: Output,
    source: Source,
    text: str | None,
    *,
    on_invalid: Literal["raise", "reject"],
    request_size: int,
    output: str | None,
    overwrite: bool,
    resume: str | None,
    dry_run: bool,
    **arguments: Any,
) -> int:
    """Send to all recipients in the source; `arguments` are those of `SmsClient.iter_batch`."""
    check_resume(source, resume, output, overwrite=overwrite)
    output = None if output is None else output_path(output)
    _check_paths(account, source, {"--output": output, "--resume": resume})
    if dry_run:
        return show_dry_run(account, out, source, text, resume=resume, request_size=request_size, **arguments)
    with ExitStack() as stack:
        store = stack.enter_context(account.open_store())
        context = account.context(store, batch_size=request_size)
        plan = BatchPlan.of(context, text, **arguments)
        stop = stack.enter_context(Interrupts())
        recipients: Source | Resumed = source
        try:
            with stop.allowed():
                if resume is not None:
                    file = stack.enter_context(closing(ResultsFile.reopen(resume)))
                    recipients = Resumed(file, source, store, context.settings.sub_account_id)
                elif on_invalid == "raise":
                    recipients = source.keep()
                total = _count(recipients, plan, out, check_all=on_invalid == "raise")
        except KeyboardInterrupt:
            out.note("connect-sms batch: interrupted; nothing was sent")
            error = {"type": "Interrupted", "message": "nothing was sent", "may_have_been_sent": False}
            return out.end(stop.exit_code, error=error)
        if total == 0:
            raise no_recipients_in(source)
        if isinstance(recipients, Resumed):
            results = ResultsWriter(out, recipients.file)
        else:
            results = ResultsWriter(out, open_results(output, out, overwrite=overwrite))
            stack.callback(results.close)
        summary = BatchSummary(out, output if resume is None else resume, resumed=resume is not None)
        results.begin(total, again=resume is not None)
        with ProgressBar(out, "sending", total) as bar:
            lines = InputLines(recipients.lines)
            sending = Sending(out, recipients, lines, results, summary, stop, bar)
            if isinstance(recipients, Resumed):
                sending.keep(recipients)
            journal = _journal(sending, context.journal)
            with client_on(context_of(context.settings, journal=journal)) as sms:
                # Invalid lines are in the results here: with `raise`, they were refused above.
                sending.run(
                    sms.iter_batch(
                        lines.messages(), text, on_invalid="reject", progress=sending.note_end, **arguments
                    )
                )
        if summary.write_error is None:
            results.finish()
        return summary.report(stop)


def _check_paths(account: Account, source: Source, results: dict[str, str | None]) -> None:
    """Check that the results destroy nothing.

    Raises:
        InputProblem: They would.
    """
    writes = [RunPath(option, path) for option, path in results.items() if path is not None]
    check_paths([RunPath("FILE", source.path), *account.reads()], [*store_paths(account.store), *writes])


def _count(recipients: Source | Resumed, plan: BatchPlan, out: Output, *, check_all: bool) -> int | None:
    """Check and count the recipients; None when that is not possible beforehand."""
    if isinstance(recipients, Resumed):
        total = recipients.compare()
        if check_all:
            check(recipients, plan, out)
        return total
    return check(recipients, plan, out) if check_all else recipients.count()


def _journal(sending: Sending, store: SendJournal | None) -> SendJournal | None:
    """Where the recipients of a request are recorded before it goes out."""
    if not sending.results.is_durable:
        return store
    file = ResultsJournal(sending.results, sending.lines, sending.summary, sending.stop)
    return file if store is None else BothJournals(store, file)
