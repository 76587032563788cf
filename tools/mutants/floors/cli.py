"""Defects in the command line: a batch that is killed and resumed."""

from tools.mutants.floors import mutant

MUTANTS = (
    mutant(
        "nobody is in the results file before the request goes out",
        "cli/batch_journal",
        "                self.results.record(rows)\n",
        "                pass\n",
        "resuming",
    ),
    mutant(
        "who cannot be written down is sent to",
        "cli/batch_journal",
        "                raise ResultsUnavailable(fault) from None\n",
        "",
        "resumed",
    ),
    mutant(
        "what one journal could not record stays in the other",
        "cli/batch_journal",
        "                self.first.withdraw(messages, timeout=0)\n            raise\n",
        "                pass\n            raise\n",
        "resuming",
    ),
    mutant(
        "another message with the same id settles a recipient",
        "cli/batch_resume",
        "if status.sent_at == sent_at]",
        "]",
        "resuming",
    ),
    mutant(
        "who may have been sent to is sent to again",
        "cli/batch_resume",
        'elif row.result == "not_sent":',
        'elif row.result != "accepted":',
        "resuming",
    ),
    mutant(
        "who is sent to after all gets another id",
        "cli/batch_resume",
        "own_id = line.client_message_id or row.client_message_id\n",
        "own_id = line.client_message_id\n",
        "resuming",
    ),
    mutant(
        "a lost send of which nothing came counts as sent",
        "cli/batch_resume",
        "return silent or status.outcome in",
        "return status.outcome in",
        "resuming",
    ),
    mutant(
        "the number of recipients is not compared",
        "cli/batch_resume",
        "if recipients != before:",
        "if False:",
        "resuming",
    ),
    mutant(
        "results are read where they were last written",
        "cli/results_file",
        'return Path(self.path).open("rb")',
        'return os.fdopen(os.dup(self._fd), "rb")',
        "resuming",
    ),
    mutant(
        "half a row stays in the results",
        "cli/results_file",
        "                os.ftruncate(self._fd, before)\n",
        "                pass\n",
        "resuming",
    ),
    mutant(
        "two processes go on with one batch",
        "cli/results_file",
        "if not free or not",
        "if not",
        "resuming",
    ),
    mutant(
        "a batch that has not ended is overwritten",
        "cli/results_file",
        "            if file.is_unfinished():\n",
        "            if False:\n",
        "resuming",
    ),
)
