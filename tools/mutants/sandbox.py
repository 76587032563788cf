"""Defects in the sandbox, one at a time: `python -m tools.mutants.sandbox`.

Each would let tests against it pass that should fail. The contract finds what a schema can say; the tests of the
sandbox and of its behaviour over time find the rest. Each defect names the stage that must find it.
"""

# Code is quoted as it stands, however long its line.
# ruff: noqa: E501

import sys

from tools.mutants._harness import Mutant, chosen, pytest_stage, run

#: Fewer cases, and nothing brought to its smallest form.
_QUICK = "--hypothesis-profile=mutants"
_CONTRACT = "contract_tests/sandbox/test_schemathesis.py::test_the_sandbox_keeps_the_contract[light]"
_TIME = "contract_tests/sandbox/test_over_time.py"

STAGES = (
    pytest_stage("contract", _QUICK, _CONTRACT),
    pytest_stage("counts", _QUICK, f"{_TIME}::test_the_counts_add_up_and_the_log_says_the_same"),
    pytest_stage("pace", _QUICK, f"{_TIME}::test_one_status_request_a_second_and_sub_account"),
    pytest_stage("monotone", _QUICK, f"{_TIME}::test_no_message_ever_goes_back"),
    pytest_stage("single", _QUICK, "tests/unit/sandbox/test_single.py"),
    pytest_stage("batch", _QUICK, "tests/unit/sandbox/test_batch.py"),
    pytest_stage("access", _QUICK, "tests/unit/sandbox/test_access.py"),
    pytest_stage("hosts", _QUICK, "tests/unit/sandbox/test_hosts.py"),
    pytest_stage("scenarios", _QUICK, "tests/unit/sandbox/test_scenarios.py"),
    pytest_stage("segments", _QUICK, "tests/unit/sandbox/test_segments.py"),
    pytest_stage("faults", _QUICK, "tests/unit/sandbox/test_faults.py"),
    pytest_stage("receipts", _QUICK, "tests/unit/sandbox/test_receipts.py"),
)


def mutant(name: str, module: str, old: str, new: str, stage: str) -> Mutant:
    """A defect in a module of the sandbox."""
    return Mutant(name, f"wrapper/connect_sms/sandbox/{module}.py", old, new, stages=(stage,))


KNOWN_BAD = mutant(
    "every send is refused",
    "api/submissions",
    '    submission.add(message, body["destination"], encoding)',
    '    raise Refusal(1004, "no")',
    "single",
)

MUTANTS = (
    # What the contract says
    mutant("an error that is no object", "api/responses", '        "message": message,', '        "message": [message],', "contract"),
    mutant("an answer that does not say it is JSON", "api/responses", '"application/json; charset=utf-8"', '"text/plain"', "contract"),
    mutant("a price in words", "settings", '{"total": round(each * parts, 6),', '{"total": str(each * parts),', "contract"),
    mutant("any key will do", "settings", "return self.accounts.get(key)", "return next(iter(self.accounts.values()))", "contract"),
    mutant("a 405 that names no other way", "api/routing", 'allow = (("Allow", _METHODS[found.operation]),)', "allow = ()", "contract"),
    mutant("a wait with a unit", "api/responses", 'wait = f"{seconds:g}"', 'wait = f"{seconds:g}s"', "contract"),
    mutant("an order that is answered with 200", "api/service", "return replace(response, status=202) if response.status == HTTPStatus.OK else response", "return response", "contract"),
    mutant("the newest message is not found", "message_log", "and index < len(self._messages) else None", "and index + 1 < len(self._messages) else None", "contract"),
    mutant("a misspelt field is taken", "api/validation", "if not fields.keys() <= allowed and", "if not fields.keys() and", "contract"),
    mutant("a sender of any form", "api/validation", "if not numeric and not _is_name(source):", "if not numeric and not source:", "single"),
    mutant("an id of a batch as long as you like", "api/validation", "MAX_CLIENT_BATCH_ID: Final = 20", "MAX_CLIENT_BATCH_ID: Final = 21", "batch"),
    mutant("a send that fails on the unexpected", "api/message_reader", "if destination.__class__ is not str:", "if destination.__class__ is list:", "contract"),
    # What no schema can say
    mutant("rejected messages count as accepted", "api/bodies", '"acceptedCount": len(messages) - rejected', '"acceptedCount": len(messages)', "counts"),
    mutant("a log that counts the rejected", "acceptance_log", "if message.rejection is None:\n", "if message is not None:\n", "counts"),
    mutant("one id for two messages", "umids", "(index * _STRIDE & _MASK)", "(index // 2 * _STRIDE & _MASK)", "counts"),
    mutant("items in another order", "api/bodies", "items = list(map(single_body, messages, submission.written, submission.encodings))", "items = list(map(single_body, messages[::-1], submission.written, submission.encodings))", "counts"),
    mutant("status requests without a limit", "api/rate_limit", "_JITTER: Final = 0.1", "_JITTER: Final = 1.0", "pace"),
    mutant("one status limit for everybody", "api/service", "f\"{'read' if reading else 'send'} {found.sub_account}\"", "'read' if reading else 'send'", "access"),
    mutant("a message that is back in the queue", "messages", "            since, current = at, change\n", "            since, current = at, (change if change.after < 2 else QUEUED)\n", "monotone"),
    mutant("a message that was sent expires", "messages", '"rejected", "sent"})', '"rejected"})', "scenarios"),
    mutant("the number in full", "api/bodies", 'number[:-_MASKED_DIGITS] + "x" * _MASKED_DIGITS if settings.masked else number', "number", "scenarios"),
    mutant("somebody else's message", "api/service", "if message is None or message.shared.sub_account != found.sub_account:", "if message is None:", "access"),
    mutant("an eleventh part", "api/segments", "MAX_PARTS: Final = 10", "MAX_PARTS: Final = 11", "segments"),
    mutant("the end of a text is not cut off", "api/message_reader", "return text[: segments.cut], segments, None", "return text, segments, None", "single"),
    mutant("eight days ahead", "api/message_reader", "MAX_AHEAD: Final = 7 * 86_400.0", "MAX_AHEAD: Final = 8 * 86_400.0", "single"),
    mutant("one message too many", "api/submissions", "if len(entries) > settings.max_batch:", "if len(entries) > settings.max_batch + 1:", "batch"),
    mutant("destinations beside messages are sent to", "api/submissions", "    if entries is None:\n", '    if entries is None or "destinations" in body:\n', "batch"),
    # Who may ask
    mutant("any host on loopback", "http/access", "if not (is_loopback(name) or", "if not (True or", "hosts"),
    mutant("a host that begins as ours", "http/access", 'name.endswith(".localhost")', '"localhost" in name', "hosts"),
    mutant("a page of another site resets it", "http/access", "if _netloc(origin) not in hosts:", "if False:", "hosts"),
    # What proofs are read from
    mutant("a fault after acceptance accepts nothing", "api/acceptance", 'moment == "late":', 'moment in {"late", "after"}:', "faults"),
    mutant("halfway is all the way", "api/acceptance", "messages = messages[: math.ceil(len(messages) * fault.share)]", "pass", "faults"),
    mutant("receipts leave the machine", "webhooks/poster", 'return is_loopback(urlsplit(url).hostname or "")', "return True", "receipts"),
    mutant("a receipt that failed is forgotten", "webhooks/sender", "if not any(results) and", "if not results and", "receipts"),
)  # fmt: skip


def main() -> int:
    """Try them all."""
    return run(chosen(MUTANTS, sys.argv[1:]), STAGES, KNOWN_BAD)


if __name__ == "__main__":
    sys.exit(main())
