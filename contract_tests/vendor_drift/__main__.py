"""Print how the contract departs from the vendor's file: `python -m contract_tests.vendor_drift`.

The vendor's file is where `CONNECT_SMS_VENDOR_FILE` says. 0 when nothing is new, 1 when something is, 2 when
nothing could be compared: the file cannot be read, or holds a keyword that nobody has taught the comparison.
"""

import argparse
import sys
from collections.abc import Sequence

from contract_tests.contract import load
from contract_tests.vendor_drift.compare import compare_documents
from contract_tests.vendor_drift.keywords import UnknownKeywordError
from contract_tests.vendor_drift.known import (
    DEVIATIONS_FILE,
    News,
    news,
    read_deviations,
    read_prose,
    write_prose,
)
from contract_tests.vendor_drift.vendor_file import VENDOR_FILE, read_vendor


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the known deviations by reason, then what is new and what is gone."""
    parser = argparse.ArgumentParser(prog="python -m contract_tests.vendor_drift", description=__doc__)
    parser.add_argument("--require", action="store_true", help="fail where the vendor's file is absent")
    parser.add_argument("--accept-prose", action="store_true", help="record the vendor's prose as read")
    options = parser.parse_args(arguments)
    if not VENDOR_FILE.is_file():
        print(f"SKIPPED, nothing was compared: there is no {VENDOR_FILE}", file=sys.stderr)
        return 2 if options.require else 0
    try:
        found = compare_documents(load(), read_vendor())
    except UnknownKeywordError as error:
        print(f"NOTHING WAS COMPARED: {error}", file=sys.stderr)
        return 2
    if options.accept_prose:
        write_prose(found.prose)
    deviations = read_deviations()
    unknown = news(found, deviations, read_prose())
    for reason in dict.fromkeys(deviations.values()):
        rows = [row for row, why in deviations.items() if why == reason and row not in unknown.gone]
        print(f"\n{reason}", *rows, sep="\n    ")
    return _report(unknown, len(deviations) - len(unknown.gone))


def _report(unknown: News, known: int) -> int:
    print(
        f"\n{known} known deviations, {len(unknown.new)} new ones, {len(unknown.gone)} recorded but gone, "
        f"{len(unknown.prose)} places of prose changed"
    )
    for found in unknown.new:
        print(f"NEW   {found.severity} in a {found.direction}: {found}")
    for row in unknown.gone:
        print(f"GONE  {row}")
    for place in unknown.prose:
        print(f"PROSE {place}")
    if unknown.new or unknown.gone:
        print(f"Mend openapi.yaml, or record it with its reason in {DEVIATIONS_FILE.name}.")
    if unknown.prose:
        print("Read these places in the vendor's file, then record them with --accept-prose.")
    return 1 if any(unknown) else 0


if __name__ == "__main__":
    sys.exit(main())
