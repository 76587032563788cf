"""A process that keeps receipts: ``python -m tests.slow.pooled_receipts URL NAME COUNT``; prints JSON."""

from __future__ import annotations

import json
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from connect_sms.receipts import parse_all
from tests.support.receipt_samples import as_json, receipt_document
from tests.support.stores import open_at

THREADS = 3


def main() -> None:
    """Record receipts and read each back."""
    url, name, count = sys.argv[1:]
    errors: Counter[str] = Counter()
    kept: list[str] = []
    with open_at(url) as store, ThreadPoolExecutor(THREADS) as threads:

        def one(umid: str) -> None:
            try:
                store.record(parse_all(as_json(receipt_document(umid)), {}))
                kept.append(umid)
            except Exception as error:  # noqa: BLE001  counted
                errors[f"write: {error}"] += 1
            try:
                assert store.status(umid) is not None
            except Exception as error:  # noqa: BLE001  counted
                errors[f"read: {error}"] += 1

        list(threads.map(one, [f"{name}-{number}" for number in range(int(count))]))
    print(json.dumps({"kept": kept, "errors": errors}))  # noqa: T201  a program


if __name__ == "__main__":
    main()
