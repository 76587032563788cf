"""Send one message, and wait until it is delivered.

To run it::

    pip install connect-sms
    export CONNECT_SMS_API_KEY=... CONNECT_SMS_SUB_ACCOUNT_ID=...
    python send_one.py +447700900123 "Your code is 482910"
"""

from __future__ import annotations

import sys

from connect_sms import ConnectSmsError, OutcomeUnknown, SmsClient, WaitTimeout


def main(to: str, text: str) -> int:
    # Key, sub-account and region come from the environment. One client serves a whole program.
    with SmsClient.from_env() as sms:
        try:
            sent = sms.send(to, text)
        except OutcomeUnknown as error:
            # The response was lost, so the message may be on its way: do not just send it again.
            # A receipt or the log export will tell; both carry this id.
            print(f"It may have been sent, as {error.client_message_id}: {error}")
            return 2
        except ConnectSmsError as error:
            print(f"It was not sent: {error}")
            return 1
        print(f"Accepted by 8x8 as {sent.umid}")

        try:
            status = sms.wait(sent.umid, timeout=60)
        except WaitTimeout:
            print("There is no final state after a minute")
            return 0
        print(f"Outcome: {status.outcome}")
        if status.error is not None:
            print(f"Because: {status.error.reason}. {status.error.advice}")
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2]))
