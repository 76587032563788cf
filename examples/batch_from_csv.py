"""Send to everyone in a CSV file, and write a CSV file with the result for each.

To run it::

    pip install connect-sms
    export CONNECT_SMS_API_KEY=... CONNECT_SMS_SUB_ACCOUNT_ID=...
    python batch_from_csv.py recipients.csv results.csv

The columns are fields of `connect_sms.Message`: destination, text and, if you like, client_message_id, your
own id of the message, which comes back in receipts.
"""

from __future__ import annotations

import csv
import sys

from connect_sms import BatchInterrupted, BatchResult, ConnectSmsError, SmsClient


def main(recipients: str, results: str) -> int:
    with SmsClient.from_env() as sms, open(recipients, newline="", encoding="utf-8") as file:
        # An empty cell is a field that is not given.
        rows = [{name: cell for name, cell in row.items() if cell} for row in csv.DictReader(file)]
        try:
            # A wrong number is reported as rejected, and the others are sent.
            result = sms.send_batch(rows, on_invalid="reject")
        except BatchInterrupted as error:
            result = error.result  # it stopped half-way: what is known of every recipient
        except ConnectSmsError as error:
            print(f"Nothing was sent: {error}")
            return 1
    write(result, results)
    print(
        f"{len(result.accepted)} accepted, {len(result.rejected)} rejected, "
        f"{len(result.unknown)} unknown, {len(result.not_sent)} not sent"
    )
    # Those that are unknown may have been sent: look for their receipts before you send them again.
    return 0 if result.ok else 1


def write(result: BatchResult, path: str) -> None:
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["destination", "client_message_id", "result", "umid", "reason"])
        for name in ("accepted", "rejected", "unknown", "not_sent"):
            for row in getattr(result, name):
                writer.writerow([row.destination, row.client_message_id, name, row.umid, row.reason])


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2]))
