"""Defects in the sandbox, one at a time: `python -m tools.mutants.sandbox`.

Each would make it a false witness. The contract notices what a schema can say; the rest is for the tests of the
sandbox itself and for those of how it behaves over time. For each defect the stage is named that ought to notice.
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
    pytest_stage("travel", _QUICK, "tests/unit/sandbox/test_travel.py"),
    pytest_stage("texts", _QUICK, "tests/unit/sandbox/test_texts.py"),
    pytest_stage("faults", _QUICK, "tests/unit/sandbox/test_faults.py"),
    pytest_stage("receipts", _QUICK, "tests/unit/sandbox/test_receipts.py"),
)


def mutant(name: str, module: str, old: str, new: str, stage: str) -> Mutant:
    """A defect in a module of the sandbox."""
    return Mutant(name, f"wrapper/connect_sms/sandbox/{module}.py", old, new, stages=(stage,))


KNOWN_BAD = mutant(
    "every send is refused",
    "rules",
    "    message, encoding = reader.message(body, _NOTHING, single=True)",
    '    raise Refusal(1004, "no")',
    "single",
)

MUTANTS = (
    # What the contract says
    mutant("an error that is no object", "replies", '        "message": message,', '        "message": [message],', "contract"),
    mutant("an answer that does not say it is JSON", "replies", '"application/json; charset=utf-8"', '"text/plain"', "contract"),
    mutant("a price in words", "settings", '{"total": round(each * parts, 6),', '{"total": str(each * parts),', "contract"),
    mutant("any key will do", "settings", "return self.accounts.get(key)", "return next(iter(self.accounts.values()))", "contract"),
    mutant("a 405 that names no other way", "service", 'allow = (("Allow", _METHODS[operation]),)', "allow = ()", "contract"),
    mutant("a wait with a unit", "replies", 'wait = f"{seconds:g}"', 'wait = f"{seconds:g}s"', "contract"),
    mutant("an order that is answered with 200", "service", "return replace(reply, status=202) if reply.status == 200 else reply", "return reply", "contract"),
    mutant("the newest message is not found", "messages", "if index < len(self._rows) and", "if index + 1 < len(self._rows) and", "contract"),
    mutant("a misspelt field is taken", "rules", "if not fields.keys() <= allowed and", "if not fields.keys() and", "contract"),
    mutant("a sender of any form", "checks", "if not numeric and not _is_alphanumeric(source):", "if not numeric and not source:", "single"),
    mutant("an id of a batch as long as you like", "checks", "MAX_CLIENT_BATCH_ID: Final = 20", "MAX_CLIENT_BATCH_ID: Final = 21", "batch"),
    mutant("a send that fails on the unexpected", "rules", "if destination.__class__ is not str:", "if destination.__class__ is list:", "contract"),
    # What no schema can say
    mutant("rejected messages count as accepted", "replies", '"acceptedCount": len(messages) - rejected', '"acceptedCount": len(messages)', "counts"),
    mutant("a log that counts the rejected", "messages", "if message.rejection is None:\n", "if message is not None:\n", "counts"),
    mutant("one id for two messages", "messages", "(index * _STRIDE & _MASK)", "(index // 2 * _STRIDE & _MASK)", "counts"),
    mutant("items in another order", "replies", "items = list(map(single_body, messages, submission.written, submission.encodings))", "items = list(map(single_body, messages[::-1], submission.written, submission.encodings))", "counts"),
    mutant("status requests without a limit", "service", "_JITTER: Final = 0.1", "_JITTER: Final = 1.0", "pace"),
    mutant("one status limit for everybody", "service", "f\"{'read' if reading else 'send'} {sub_account}\"", "'read' if reading else 'send'", "access"),
    mutant("a message that is back in the queue", "messages", "            since, current = at, stop\n", "            since, current = at, (stop if stop.after < 2 else QUEUED)\n", "monotone"),
    mutant("a message that was sent expires", "messages", '"rejected", "sent"})', '"rejected"})', "travel"),
    mutant("the number in full", "replies", 'number[:-_MASKED_DIGITS] + "x" * _MASKED_DIGITS if settings.masked else number', "number", "travel"),
    mutant("somebody else's message", "service", "if message is None or message.terms.sub_account != sub_account:", "if message is None:", "access"),
    mutant("an eleventh part", "texts", "MAX_PARTS: Final = 10", "MAX_PARTS: Final = 11", "texts"),
    mutant("the end of a text is not cut off", "rules", "text = text[: content.cut]", "pass", "single"),
    mutant("eight days ahead", "rules", "MAX_AHEAD: Final = 7 * 86_400.0", "MAX_AHEAD: Final = 8 * 86_400.0", "single"),
    mutant("one message too many", "rules", "if len(entries) > settings.max_batch:", "if len(entries) > settings.max_batch + 1:", "batch"),
    mutant("destinations beside messages are sent to", "rules", "    if entries is None:\n", '    if entries is None or "destinations" in body:\n', "batch"),
    # What proofs are read from
    mutant("a fault after acceptance accepts nothing", "service", 'moment == "late":', 'moment in {"late", "after"}:', "faults"),
    mutant("halfway is all the way", "service", "messages = messages[: math.ceil(len(messages) * fault.share)]", "pass", "faults"),
    mutant("receipts leave the machine", "receipts", 'return is_loopback(urlsplit(url).hostname or "")', "return True", "receipts"),
    mutant("a receipt that failed is forgotten", "receipts", "if not any(results) and", "if not results and", "receipts"),
)  # fmt: skip


def main() -> int:
    """Try them all."""
    return run(chosen(MUTANTS, sys.argv[1:]), STAGES, KNOWN_BAD)


if __name__ == "__main__":
    sys.exit(main())
