"""What it costs to read and write the rows of a batch with generated classes, beside orjson itself.

Run it with ``python -m benchmarks.batch_rows``. All figures are CPU time, medians, and ratios within one run.
"""

from __future__ import annotations

import gc
import statistics
import time
from typing import TYPE_CHECKING, Any

import orjson

from connect_sms._api.operation import Success
from connect_sms._api.operations import SEND_BATCH
from connect_sms._batch.response import read_response
from connect_sms._batch.rows import Checker
from connect_sms.config import make_settings
from connect_sms.models.responses import RawResponse
from connect_sms_api.models import BatchMessage, BatchOfMessages, SentBatch

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = 10_000
ROUNDS = 11
TEXT = "Sale ends Friday"


def cpu(function: Callable[[], object]) -> float:
    """Milliseconds of CPU time, the median of several rounds."""
    spent: list[float] = []
    for _ in range(ROUNDS):
        gc.collect()
        started = time.process_time()
        function()
        spent.append(time.process_time() - started)
    return statistics.median(spent) * 1000


def main() -> None:
    """Measure and print."""
    settings = make_settings(api_key="key", sub_account_id="Acme")
    checker = Checker(settings, TEXT, None, {"sender": "ACME"})
    rows = [checker.row(place, f"+4477009{place:05d}") for place in range(ROWS)]
    said: list[dict[str, Any]] = [
        {
            "umid": f"6c4b8a3e-0000-4000-8000-{row.index:012d}",
            "clientMessageId": row.client_message_id,
            "destination": row.destination[1:],
            "encoding": "GSM7",
            "status": {"code": "QUEUED", "description": "SMS is accepted and queued for processing"},
        }
        for row in rows
    ]
    head = {"batchId": "b", "acceptedCount": ROWS, "rejectedCount": 0}
    body = orjson.dumps({**head, "messages": said})
    document = orjson.loads(body)
    done = Success(SEND_BATCH.read(document), document, RawResponse(200, {}, body))

    def generated_write() -> object:
        messages = [
            BatchMessage(row.destination, row.text, source="ACME", client_message_id=row.client_message_id)
            for row in rows
        ]
        return BatchOfMessages(messages).to_dict()

    assert generated_write() == {"messages": [row.document() for row in rows]}
    assert len(read_response(rows, done).accepted) == ROWS

    loads, dumps = cpu(lambda: orjson.loads(body)), cpu(lambda: orjson.dumps(document))
    table = [
        ("read: orjson.loads alone", loads, loads),
        ("read: into generated objects", cpu(lambda: SentBatch.from_dict(document)), loads),
        ("read: into results, as the wrapper does", cpu(lambda: read_response(rows, done)), loads),
        ("write: orjson.dumps alone", dumps, dumps),
        ("write: through generated objects", cpu(generated_write), dumps),
        ("write: as the wrapper does", cpu(lambda: [row.document() for row in rows]), dumps),
    ]
    print(f"{ROWS:,} rows{'':34}ms CPU   of orjson")
    for what, spent, of in table:
        print(f"{what:44}{spent:8.1f}{spent / of:10.1f} x")


if __name__ == "__main__":
    main()
