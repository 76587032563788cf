"""Changes of a vendor's file, one at a time, which must be noticed: `python -m tools.mutants.drift`.

Each is made in a file of our own making, and in the vendor's own where that is at hand. Beside them stand
rewritings that change no meaning, and about which nothing may be said.
"""

import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from contract_tests.contract import load
from contract_tests.vendor_drift.compare import Comparison, compare_documents
from contract_tests.vendor_drift.keywords import UnknownKeywordError
from contract_tests.vendor_drift.posing import Vendor, posing_as_vendor
from contract_tests.vendor_drift.vendor_file import VENDOR_FILE, read_vendor
from tools.mutants._harness import chosen
from tools.mutants.vendor_changes import documents, operations, schemas
from tools.mutants.vendor_changes._change import Change
from tools.mutants.vendor_changes.rewritings import REWRITINGS

CHANGES: Sequence[Change] = (*schemas.CHANGES, *operations.CHANGES, *documents.CHANGES)


def witness(vendor: Mapping[str, Any], before: Comparison, change: Change) -> str:
    """Say by what a change is noticed: the first place that differs from before; nothing when none does."""
    changed = Vendor(vendor)
    change.make(changed)
    try:
        after = compare_documents(load(), changed.document)
    except UnknownKeywordError as error:
        return str(error).splitlines()[-1].strip()
    old, new = ({str(row): row for row in found.differences} for found in (before, after))
    places = {f"{new[row].severity}: {row}" for row in new.keys() - old.keys()}
    places |= {f"no longer: {row}" for row in old.keys() - new.keys()}
    prose = {
        place for place in before.prose | after.prose if before.prose.get(place) != after.prose.get(place)
    }
    # A difference says more than a hash that is another.
    return min(places or {f"prose: {place}" for place in prose}, default="")


def kind_of(change: Change, seen: str, *, rewriting: bool) -> str:
    """What became of a change, in capital letters where it is a fault."""
    if rewriting:
        return "NOISE" if seen else "quiet"
    if change.survives:
        return "STALE" if seen else "allowed"
    return "noticed" if seen else "MISSED"


def main(words: Sequence[str] = ()) -> int:
    """Try them all, or those whose name holds one of the words; 1 when one is missed, or noise is made."""
    vendors = {"ours": posing_as_vendor()}
    if VENDOR_FILE.is_file():
        vendors["8x8"] = read_vendor()
    else:
        print("THE VENDOR'S FILE IS ABSENT: the changes are made in a file of our own alone")
    failed, began = 0, time.monotonic()
    for name, vendor in vendors.items():
        before = compare_documents(load(), vendor)
        counts: Counter[str] = Counter()
        for change in chosen((*CHANGES, *REWRITINGS), words):
            seen = witness(vendor, before, change)
            kind = kind_of(change, seen, rewriting=change in REWRITINGS)
            counts[kind] += 1
            print(f"{kind:8} {name:4} {change.name:50} {seen or change.survives}"[:200])
        failed += sum(count for kind, count in counts.items() if kind.isupper())
        print(f"{name}: " + ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())))
    print(f"in {time.monotonic() - began:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
