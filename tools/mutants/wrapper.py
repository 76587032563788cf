"""Defects in the wrapper, one at a time: `python -m tools.mutants.wrapper`.

Each is a mistake that somebody could make, and that would send twice, lose a message, leak a secret or claim
what is not so. For each the stages are named that ought to notice; the rest of the tests is not asked, to keep
this quick.
"""

# Code is quoted as it stands, however long its line.
# ruff: noqa: E501

import sys

from tools.mutants._harness import Mutant, chosen, pytest_stage, run

#: Without bringing what was found to its smallest form.
_QUICK = "--hypothesis-profile=mutants"

STAGES = (
    pytest_stage("safety", _QUICK, "tests/unit/api"),
    pytest_stage("batch", _QUICK, "tests/unit/batch"),
    pytest_stage("pace", _QUICK, "tests/unit/transport/test_rate_limit.py", "tests/unit/calls/test_wait.py"),
    pytest_stage("outcomes", _QUICK, "tests/unit/models/test_outcomes.py"),
    pytest_stage("text", _QUICK, "tests/unit/text/test_segments.py"),
    pytest_stage("addresses", _QUICK, "tests/unit/validation/test_fields.py"),
    pytest_stage("options", _QUICK, "tests/unit/validation/test_options.py", "tests/unit/test_config.py"),
    pytest_stage("secrets", _QUICK, "tests/unit/test_privacy.py"),
    pytest_stage("http", _QUICK, "tests/unit/transport/test_http.py"),
    pytest_stage("connections", _QUICK, "tests/integration/test_connections.py"),
    pytest_stage("exports", _QUICK, "tests/unit/calls/test_log_export.py"),
    pytest_stage("reconcile", _QUICK, "tests/unit/reconcile"),
    pytest_stage("results", _QUICK, "tests/unit/models/test_to_dict.py"),
    pytest_stage(
        "merging",
        _QUICK,
        "tests/unit/receipts/test_merging.py",
        "tests/integration/receipts/test_merging_in_sql.py",
    ),
    pytest_stage("store", _QUICK, "tests/integration/receipts/test_store.py"),
    pytest_stage(
        "handing over",
        _QUICK,
        "tests/integration/receipts/test_handing_over.py",
        "tests/integration/receipts/test_shared_umids.py",
    ),
    pytest_stage(
        "files",
        _QUICK,
        "tests/integration/receipts/test_missing_files.py",
        "tests/integration/store/test_waiting.py",
    ),
    pytest_stage("wire", _QUICK, "contract_tests/requests/test_good_arguments.py"),
    pytest_stage("arguments", _QUICK, "contract_tests/requests/test_bad_arguments.py"),
    pytest_stage("answers", _QUICK, "contract_tests/responses/test_generated_answers.py"),
    pytest_stage("hostile", _QUICK, "contract_tests/responses/test_hostile_answers.py"),
)


def mutant(name: str, module: str, old: str, new: str, *stages: str, survives: str = "") -> Mutant:
    """A defect in a module of the wrapper."""
    return Mutant(name, f"wrapper/connect_sms/{module}.py", old, new, survives, stages=stages)


KNOWN_BAD = mutant(
    "nothing is ever sent", "_api/request", "reply = yield Send(limited)", "reply = None", "wire"
)

MUTANTS = (
    # Sending twice, or claiming that nothing was sent
    mutant(
        "a send is repeated after a 5xx",
        "_api/response_policy",
        '    if not what.operation.is_read:\n        return OutcomeUnknown(\n            reason=f"HTTP {status}",',
        '    if not what.operation.is_read and status < 500:\n        return OutcomeUnknown(\n            reason=f"HTTP {status}",',
        "safety",
    ),
    mutant(
        "a send is repeated after a lost answer",
        "_api/response_policy",
        '    if what.operation.is_read:\n        msg = f"the status request got no',
        '    if what.operation.is_read or reason == "ReadTimeout":\n        msg = f"the status request got no',
        "safety",
    ),
    mutant(
        "a gateway's 408 counts as not sent",
        "_api/response_policy",
        "frozenset({408, 499})",
        "frozenset({499})",
        "safety",
    ),
    mutant(
        "a broken connection counts as none (httpx)",
        "_transport/exchange",
        "httpx.PoolTimeout, httpx.ProxyError)",
        "httpx.PoolTimeout, httpx.ProxyError, httpx.ReadError)",
        "connections",
    ),
    mutant(
        "a read timeout counts as no connection",
        "_transport/exchange",
        "(httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout,",
        "(httpx.ConnectError, httpx.TimeoutException,",
        "connections",
    ),
    mutant(
        "aiohttp's reset counts as no connection",
        "_transport/exchange",
        '{"ClientConnectorError", "ConnectionTimeoutError", "ClientHttpProxyError"}',
        '{"ClientConnectorError", "ConnectionTimeoutError", "ClientHttpProxyError", "ClientOSError"}',
        "connections",
    ),
    mutant(
        "aiohttp's own exception is not looked at",
        "_transport/exchange",
        '    if cause is not None and type(cause).__module__.startswith("aiohttp"):',
        '    if cause is None and type(cause).__module__.startswith("aiohttp"):',
        "connections",
    ),
    mutant(
        "an unreadable 200 counts as not sent",
        "_api/response_policy",
        "    if what.operation.is_read:\n        return InvalidResponse(reason=problem, response=reply)",
        "    if True:\n        return InvalidResponse(reason=problem, response=reply)",
        "safety",
    ),
    mutant(
        "a redirect is followed",
        "_transport/connection",
        "follow_redirects=False",
        "follow_redirects=True",
        "connections",
    ),
    mutant(
        "one try more than allowed",
        "_api/request",
        "if failed_tries >= retries.tries",
        "if failed_tries > retries.tries",
        "safety",
    ),
    mutant(
        "a batch goes to the other path after a 401",
        "_batch/request",
        "_NO_SUCH_PATH: Final = frozenset({404, 405})",
        "_NO_SUCH_PATH: Final = frozenset({401, 404, 405})",
        "batch",
    ),
    mutant(
        "a batch does not know the other path",
        "_batch/request",
        "_NO_SUCH_PATH: Final = frozenset({404, 405})",
        "_NO_SUCH_PATH: Final = frozenset({405})",
        "batch",
    ),
    mutant(
        "the other path is never remembered",
        "_batch/request",
        "capabilities.catalogue_batch_path = paths[1] is SEND_BATCH_AT_CATALOGUE_PATH",
        "capabilities.catalogue_batch_path = False",
        "batch",
    ),
    # What an answer says
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
        "        if umid:\n            return None\n",
        "        if True:\n            return None\n",
        "safety",
    ),
    mutant(
        "with the operator counts as delivered",
        "models/outcomes",
        'whole = _word(detail) in {"", "delivered_to_recipient"}',
        "whole = True",
        "outcomes",
    ),
    mutant(
        "with the operator is final",
        "models/outcomes",
        "FINAL_RANK: Final = 7",
        "FINAL_RANK: Final = 5",
        "outcomes",
    ),
    mutant(
        "expired counts as failed",
        "models/outcomes",
        "ErrorCategory.EXPIRED: Outcome.EXPIRED}",
        "ErrorCategory.EXPIRED: Outcome.FAILED}",
        "outcomes",
    ),
    mutant(
        "a word of tomorrow is an error",
        "models/outcomes",
        "outcome = _BY_WORD.get(word, Outcome.UNKNOWN)",
        "outcome = _BY_WORD[word]",
        "answers",
    ),
    mutant(
        "an amount as a float sees it", "models/readers", "Decimal(str(value))", "Decimal(value)", "answers"
    ),
    mutant(
        "batch results are matched by position",
        "_batch/response",
        "item = said.pop(own_id, None)",
        "item = said.pop(next(iter(said), own_id), None)",
        "wire",
    ),
    mutant(
        "a batch believes an answer about somebody else",
        "_batch/response",
        "code = None if said else _all_alike",
        "code = _all_alike",
        "hostile",
    ),
    mutant(
        "of two contradicting results the first is believed",
        "_batch/response",
        "            said[own_id] = _CONTRADICTION\n",
        "            pass\n",
        "hostile",
    ),
    # What goes on the wire
    mutant("another scheme in the header", "_api/eight_by_eight", 'b"Bearer "', 'b"Token "', "wire"),
    mutant(
        "no id of our own",
        "_api/bodies",
        "text=text, client_message_id=client_message_id, **_arguments(options)",
        "text=text, **_arguments(options)",
        "wire",
    ),
    mutant(
        "a batch that asks for no results",
        "_api/bodies",
        "include_messages_in_response=True",
        "include_messages_in_response=False",
        "wire",
    ),
    mutant("a region at another host", "config", "https://sms.8x8.uk/", "https://sms.uk.8x8.com/", "wire"),
    mutant(
        "a time without its offset",
        "_validation/options",
        'check_scheduled(given["scheduled"], now=now())',
        'check_scheduled(given["scheduled"], now=now()).replace(tzinfo=None)',
        "wire",
    ),
    mutant("a batch of 10,001", "config", '"batch_size": 10_000,', '"batch_size": 10_001,', "options"),
    mutant(
        "extra fields override what was checked",
        "_validation/options",
        "    if taken:\n",
        "    if len(taken) > 1:\n",
        "arguments",
    ),
    mutant("a country in lower case", "_validation/fields", "return value.upper()", "return value", "wire"),
    mutant("a timeout that is none", "_transport/exchange", '"read": timeout.read,', '"read": None,', "wire"),
    # Arguments
    mutant(
        "a naive time is taken",
        "_validation/schedule",
        "if value.utcoffset() is None:",
        "if value.utcoffset() is False:",
        "addresses",
    ),
    mutant(
        "a schedule of 8 days",
        "_validation/schedule",
        "timedelta(days=7)\n",
        "timedelta(days=8)\n",
        "addresses",
    ),
    mutant(
        "dots alone as a umid", "_validation/fields", 'if not text.strip("."):', 'if text == "":', "addresses"
    ),
    mutant(
        "a line break after a number",
        "_validation/phone_numbers",
        '_is_destination = re.compile(r"\\+?[1-9][0-9]{6,14}").fullmatch',
        '_is_destination = re.compile(r"\\+?[1-9][0-9]{6,14}$").match',
        "addresses",
    ),
    mutant(
        "digits of any script",
        "_validation/phone_numbers",
        '_is_destination = re.compile(r"\\+?[1-9][0-9]{6,14}").fullmatch',
        '_is_destination = re.compile(r"\\+?[1-9]\\d{6,14}").fullmatch',
        "addresses",
    ),
    mutant(
        "a name of 12 characters",
        "_validation/fields",
        "(?:[A-Za-z0-9 ]{0,9}[A-Za-z0-9])?",
        "(?:[A-Za-z0-9 ]{0,10}[A-Za-z0-9])?",
        "addresses",
    ),
    mutant("eleven parts", "text/counting", "MAX_PARTS: Final = 10", "MAX_PARTS: Final = 11", "text"),
    mutant("153 taken for 160", "text/gsm7", '"GSM7": 153', '"GSM7": 160', "text"),
    mutant(
        "a longest text of the client is ignored",
        "_calls/send",
        "settings.max_parts if max_parts is None else max_parts",
        "10 if max_parts is None else max_parts",
        "options",
    ),
    mutant(
        "a longest text of the client is ignored by its batches",
        "_batch/rows",
        "settings.max_parts if max_parts is None else max_parts",
        "10 if max_parts is None else max_parts",
        "batch",
    ),
    mutant("two messages of one id", "_batch/rows", "        self._callers_ids.add(own_id)\n", "", "batch"),
    # A batch request by request
    mutant(
        "a batch keeps requests that the caller has",
        "_batch/tracker",
        "        self.chunker.chunks.remove(chunk)\n",
        "",
        "batch",
    ),
    mutant(
        "a result is yielded while other requests are under way",
        "_batch/sender",
        "batch.run(concurrency, refill_at=0)",
        "batch.run(concurrency, refill_at=concurrency - 1)",
        "batch",
    ),
    mutant(
        "a wrong message of an iterator stops the batch late",
        "_batch/sender",
        "            if self.problems and not self.sized:\n                break\n",
        "",
        "batch",
    ),
    mutant(
        "a loop that was left reports what the caller has",
        "_transport/runners",
        "emit.taken()  # also when the caller leaves the loop here",
        "pass",
        "batch",
    ),
    # Pace
    mutant(
        "status requests at any pace",
        "_transport/rate_limit",
        "self._next = moment + interval",
        "self._next = moment",
        "pace",
    ),
    mutant(
        "each client paces itself",
        "_transport/rate_limit",
        "setdefault((base_url, account), RateLimiter())",
        "setdefault((base_url, account, object()), RateLimiter())",
        "pace",
    ),
    mutant(
        "a date in Retry-After is passed over",
        "_api/response_policy",
        "            moment = parsedate_to_datetime(value)\n",
        "            return None\n",
        "safety",
    ),
    mutant(
        "a server may ask for any wait",
        "_api/response_policy",
        "return min(seconds, context.settings.retries.max_retry_after)",
        "return seconds",
        "safety",
    ),
    # Secrets
    mutant(
        "the key in a repr",
        "config",
        "return \"Secret('***')\"",
        'return f"Secret({self._value!r})"',
        "secrets",
    ),
    mutant(
        "numbers are not masked",
        "models/redaction",
        "{digits[:4]}{'*' * (len(digits) - 7)}{digits[-3:]}",
        "{digits}",
        "secrets",
    ),
    mutant(
        "a server's words are passed on",
        "_api/response_policy",
        "scrub(message, *private)[:500]",
        "message[:500]",
        "secrets",
    ),
    # Logs, and who is sent to again
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
        "no check is made before a write",
        "_transport/exchange",
        'return event in _FIRST_WRITE and info["request"].method != b"CONNECT"',
        "return False",
        "connections",
    ),
    mutant(
        "the request for a tunnel is checked in place of the message",
        "_transport/exchange",
        'return event in _FIRST_WRITE and info["request"].method != b"CONNECT"',
        "return event in _FIRST_WRITE",
        "connections",
    ),
    mutant(
        "what a check refused counts as sent",
        "_transport/http_pool",
        "        if check is not None and check.refusal is not None:\n            raise check.refusal\n",
        "",
        "connections",
    ),
    mutant(
        "what a check refused counts as sent (asyncio)",
        "_transport/async_http_pool",
        "        if check is not None and check.refusal is not None:\n            raise check.refusal\n",
        "",
        "connections",
    ),
    mutant(
        "a log is written on the event loop",
        "_transport/async_http_pool",
        "await run_sync(sink.flush)",
        "sink.flush()",
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
        "the link to a log is logged",
        "_transport/http_pool",
        "self._file_transport(ready.url).handle_request(ready)",
        "self._client.send(ready, stream=True)",
        "connections",
    ),
    mutant(
        "half a log is kept", "_calls/download", "        yield RunBlocking(sink.restart)\n", "", "exports"
    ),
    mutant(
        "a log of any size",
        "_calls/download",
        "if self._file.size + len(self._kept) + len(piece) > self._max_bytes:",
        "if False:",
        "exports",
    ),
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
        "a masked number takes the place of the number",
        "models/decoding",
        "read_number: Callable[[object], str | None] = as_phone_number,",
        "read_number: Callable[[object], str | None] = as_word,",
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
        "receipts/_statements",
        "AND attempt.provider = m.provider AND {_NO_UMID}",
        "AND {_NO_UMID}",
        "store",
    ),
    mutant(
        "what is withdrawn may be a send whose answer was lost",
        "receipts/_rows",
        """    "AND outcome = 'handing_over'"\n""",
        """    ""\n""",
        "handing over",
    ),
    mutant(
        "a message is being handed over for ever",
        "receipts/_reading",
        "return deadline <= self._now or self._is_gone(owner)",
        "return self._is_gone(owner)",
        "handing over",
    ),
    mutant(
        "nobody notices that a process was killed",
        "receipts/_reading",
        "return deadline <= self._now or self._is_gone(owner)",
        "return deadline <= self._now",
        "handing over",
    ),
    mutant(
        "a send that was answered hides a later one with its id",
        "receipts/_statements",
        "AND u.umid <> '' AND u.sent_at IS NULL{condition})",
        "AND u.umid <> ''{condition})",
        "handing over",
    ),
    mutant(
        "a receipt without an id goes to all messages with its UMID",
        "receipts/_statements",
        "{_named('k', 'm')} AND k.client_message_id <> m.client_message_id",
        "{_named('k', 'm')} AND k.client_message_id = ''",
        "handing over",
    ),
    mutant(
        "a deleted log is not noticed",
        "store/sqlite_files",
        "self._opened |= {end: _number_of(self._paths[end]) for end in _SIDES}",
        "self._opened |= {}",
        "files",
    ),
    mutant(
        "who waited behind others waits as long again for a lock",
        "store/writer",
        "return job.since + self._database.busy_timeout - time.monotonic()",
        "return self._database.busy_timeout",
        "files",
    ),
    mutant(
        "to_dict shows numbers",
        "models/reprs",
        "if number is None or show_numbers or _is_masked_by_8x8(number):",
        "if number is None or not show_numbers or _is_masked_by_8x8(number):",
        "results",
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


def main() -> int:
    """Try them all; 1 if one survives that is not listed."""
    return run(chosen(MUTANTS, sys.argv[1:]), STAGES, KNOWN_BAD)


if __name__ == "__main__":
    sys.exit(main())
