"""The rows of a log export's CSV file.

The columns are those that 8x8 documents, in its order. Their format (quoting, unknown values) is not
documented.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

COLUMNS: Final = (
    "umid",
    "subaccountid",
    "direction",
    "country",
    "operator",
    "mcc",
    "mnc",
    "status_value",
    "status_details",
    "status_errorcode",
    "status_errormessage",
    "status_timestamp",
    "msisdn",
    "source",
    "encoding",
    "createdat",
    "smscount",
    "price_currency",
    "price_persms",
    "price_total",
    "clientmessageid",
    "clientbatchid",
    "batchid",
    "body",
)
"""The columns of a file."""


def csv_file(statuses: Iterable[dict[str, Any]]) -> bytes:
    """A file with a row for each response to a status request."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(map(_row, statuses))
    return text.getvalue().encode()


def _row(message: dict[str, Any]) -> list[object]:
    status, price = message["status"], message["price"]
    charged = bool(price["total"])
    return [
        message["umid"],
        message["subAccountId"],
        1,
        message["country"],
        None,
        None,
        None,
        status["state"],
        status["detail"],
        status["errorCode"],
        status["errorMessage"],
        status["timestamp"],
        message["msisdn"],
        message["source"],
        message["encoding"],
        message["createdAt"],
        message["smsCount"],
        price["currency"] if charged else None,
        price["perSms"] if charged else None,
        price["total"] if charged else None,
        message["clientMessageId"],
        message["clientBatchId"],
        message["batchId"],
        message["body"],
    ]
