"""Defects in the wrapper, one at a time: `python -m tools.mutants.wrapper`.

Each is a mistake that somebody could make, and that would send twice, lose a message, leak a secret or claim
what is not so. For each the stages are named that ought to notice; the other tests are not run, so that
this stays quick.
"""

import sys

from contract_tests.contract import ROOT
from tools.mutants._harness import chosen, pytest_stage, run
from tools.mutants.floors import api, batch, calls, cli, mutant, transport, values, wings

#: Without bringing what was found to its smallest form.
_QUICK = "--hypothesis-profile=mutants"


def _folder(folder: str, *slow: str) -> list[str]:
    """The test files of a folder, the slow ones at the end."""
    files = sorted((ROOT / folder).glob("test_*.py"), key=lambda file: (file.name in slow, file.name))
    return [f"{folder}/{file.name}" for file in files]


# In each the quickest come first: the first that fails ends it.
STAGES = (
    pytest_stage("safety", _QUICK, "tests/unit/api"),
    pytest_stage(
        "batch",
        _QUICK,
        *_folder(
            "tests/unit/batch", "test_durable_before_the_wire.py", "test_interrupting.py", "test_streaming.py"
        ),
    ),
    pytest_stage(
        "journal",
        _QUICK,
        "tests/unit/calls/test_cancelled.py",
        "tests/unit/calls/test_slow_store.py",
        "tests/unit/calls/test_durable_before_the_wire.py",
        "tests/unit/calls/test_interrupted_anywhere.py",
    ),
    pytest_stage(
        "pace",
        _QUICK,
        "tests/unit/transport/test_rate_limit.py",
        "tests/unit/calls/test_wait.py",
        "tests/unit/calls/test_call_time.py",
    ),
    pytest_stage("outcomes", _QUICK, "tests/unit/models/test_outcomes.py"),
    pytest_stage("text", _QUICK, "tests/unit/text"),
    pytest_stage(
        "addresses",
        _QUICK,
        "tests/unit/validation/test_fields.py",
        "tests/unit/validation/test_phone_numbers.py",
        "tests/unit/validation/test_schedule.py",
        "tests/unit/validation/test_urls.py",
    ),
    pytest_stage("options", _QUICK, "tests/unit/validation/test_options.py", "tests/unit/config"),
    pytest_stage("secrets", _QUICK, "tests/unit/test_privacy.py"),
    pytest_stage("frames", _QUICK, "tests/unit/test_frames.py"),
    pytest_stage("key file", _QUICK, "tests/unit/test_key_file.py"),
    pytest_stage(
        "http", _QUICK, "tests/unit/transport/test_http.py", "tests/unit/transport/test_failures.py"
    ),
    pytest_stage(
        "strangers",
        _QUICK,
        "tests/unit/transport/test_clean_connections.py",
        "tests/unit/transport/test_attempt.py",
    ),
    pytest_stage("threads", _QUICK, "tests/unit/transport/test_threads.py"),
    pytest_stage("deadlines", _QUICK, "tests/integration/test_deadlines.py"),
    pytest_stage(
        "connections",
        _QUICK,
        "tests/integration/test_connections.py",
    ),
    pytest_stage("checked writes", _QUICK, "tests/integration/test_check_before_write.py"),
    pytest_stage("no proxy", _QUICK, "tests/unit/transport/test_proxies.py"),
    pytest_stage("proxies", _QUICK, "tests/integration/test_proxies.py", "-k", "tunnel or forwards"),
    pytest_stage(
        "foreign",
        _QUICK,
        "tests/integration/test_foreign_transports.py",
        "tests/integration/sandbox/test_transport_check.py",
    ),
    pytest_stage(
        "exports",
        _QUICK,
        "tests/unit/calls/test_download_log.py",
        "tests/unit/calls/test_log_bodies.py",
    ),
    pytest_stage(
        "values", _QUICK, "tests/unit/models/test_one_reader.py", "tests/unit/models/test_readers.py"
    ),
    pytest_stage("reconcile", _QUICK, *_folder("tests/unit/reconcile", "test_reconciler.py")),
    pytest_stage("results", _QUICK, "tests/unit/models/test_to_dict.py"),
    pytest_stage(
        "merging",
        _QUICK,
        "tests/unit/receipts/test_merging.py",
        "tests/integration/receipts/test_merging_in_sql.py",
    ),
    pytest_stage(
        "webhooks",
        _QUICK,
        "tests/unit/receipts/test_webhook_auth.py",
        "tests/unit/receipts/test_both_receivers.py",
        "tests/unit/receipts/test_content_coding.py",
        "tests/unit/receipts/test_wsgi_app.py",
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
        "tests/integration/receipts/test_deleted_beside_another.py",
        "tests/integration/store/test_waiting.py",
        "tests/integration/store/test_time_limits.py",
    ),
    pytest_stage(
        "forks", _QUICK, "tests/integration/test_forked_clients.py", "tests/integration/store/test_fork.py"
    ),
    pytest_stage("sessions", _QUICK, "tests/integration/store/test_sessions.py"),
    pytest_stage("stores", _QUICK, "tests/unit/receipts/test_addresses.py"),
    pytest_stage(
        "resuming",
        _QUICK,
        "tests/unit/cli/test_results_file.py",
        "tests/unit/cli/test_resuming.py",
        "tests/unit/cli/test_resuming_reused_ids.py",
        "tests/unit/cli/test_batch_journal.py",
    ),
    pytest_stage("inputs", _QUICK, "tests/unit/cli/test_inputs.py", "tests/unit/cli/test_input_formats.py"),
    pytest_stage("resumed", _QUICK, "tests/integration/cli/resume"),
    pytest_stage("cells", _QUICK, "tests/unit/text/test_printable.py"),
    pytest_stage("lost output", _QUICK, "tests/integration/cli/test_lost_output.py"),
    pytest_stage("hostile answers", _QUICK, "tests/integration/cli/test_hostile_answers.py"),
    pytest_stage(
        "own paths",
        _QUICK,
        "tests/unit/transport/test_files.py",
        "tests/unit/cli/test_paths.py",
        "tests/integration/cli/test_own_paths.py",
    ),
    pytest_stage("wire", _QUICK, "contract_tests/requests/test_good_arguments.py"),
    pytest_stage("arguments", _QUICK, "contract_tests/requests/test_bad_arguments.py"),
    pytest_stage("answers", _QUICK, "contract_tests/responses/test_generated_answers.py"),
    pytest_stage("hostile", _QUICK, "contract_tests/responses/test_hostile_answers.py"),
)


KNOWN_BAD = mutant(
    "nothing is ever sent",
    "_api/request",
    "TransportFailure = yield Send(request)",
    "TransportFailure = None",
    "safety",
)

MUTANTS = (
    *transport.MUTANTS,
    *api.MUTANTS,
    *calls.MUTANTS,
    *batch.MUTANTS,
    *values.MUTANTS,
    *wings.MUTANTS,
    *cli.MUTANTS,
)


def main() -> int:
    """Try them all; 1 if one survives that is not listed."""
    return run(chosen(MUTANTS, sys.argv[1:]), STAGES, KNOWN_BAD)


if __name__ == "__main__":
    sys.exit(main())
