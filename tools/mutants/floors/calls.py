"""Defects in single calls: send, log exports, downloads."""

from tools.mutants.floors import mutant

MUTANTS = (
    mutant(
        "a rejection counts as sent",
        "_calls/send",
        '.upper() == "REJECTED"',
        '.upper() == "REFUSED"',
        "answers",
    ),
    mutant(
        "a missing umid counts as sent",
        "_calls/send",
        "    if not as_str(done.value.umid) and not _is_rejected(done):\n",
        "    if done is None:\n",
        "safety",
    ),
    mutant(
        "a longest text of the client is ignored",
        "_calls/send",
        "settings.max_parts if max_parts is None else max_parts",
        "10 if max_parts is None else max_parts",
        "options",
    ),
    mutant(
        "the key goes along with a link",
        "_calls/download",
        "    headers = [\n",
        "    headers = [\n        *context.headers,\n",
        "exports",
    ),
    mutant(
        "a link over plain HTTP is followed",
        "_calls/download",
        'parts.scheme == "http" and is_loopback(host)',
        'parts.scheme == "http"',
        "exports",
    ),
    mutant(
        "a cancelled download leaves its file behind",
        "_calls/log_export",
        "file.discard, shielded=True",
        "file.discard",
        "exports",
    ),
    mutant(
        "half a log is kept",
        "_calls/download",
        "        yield RunBlocking(sink.restart)\n",
        "",
        "exports",
    ),
    mutant(
        "a log of any size",
        "_calls/download",
        "if self._file.size + len(self._kept) + len(piece) > self._max_bytes:",
        "if False:",
        "exports",
    ),
    mutant(
        "what is under way when a signal comes counts as not sent",
        "_calls/send",
        "if stop is None or not record.in_doubt:",
        "if True:",
        "journal",
    ),
)
