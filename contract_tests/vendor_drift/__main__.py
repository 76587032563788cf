"""Print how the contract departs from the vendor's file: `python -m contract_tests.vendor_drift`."""

import sys

from contract_tests.vendor_drift.compare import (
    VENDOR_FILE,
    classify_response,
    differences,
    load_both,
    read_known,
)


def main() -> int:
    """Print the known deviations by reason, then what is new and what is gone; 1 if there is any."""
    if not VENDOR_FILE.is_file():
        print("SKIPPED, nothing was compared: the vendor's file is not on this machine", file=sys.stderr)
        return 0
    known = read_known()
    new, gone = classify_response(differences(*load_both()), known)
    for reason in dict.fromkeys(known.values()):
        rows = [row for row, why in known.items() if why == reason and row not in gone]
        print(f"\n{reason}", *rows, sep="\n    ")
    print(f"\n{len(known) - len(gone)} known deviations, {len(new)} new ones, {len(gone)} recorded but gone")
    for label, rows in (("NEW ", new), ("GONE", gone)):
        for row in rows:
            print(f"{label} {row}")
    return 1 if new or gone else 0


if __name__ == "__main__":
    sys.exit(main())
