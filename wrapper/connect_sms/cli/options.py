"""Arguments and options that several commands share."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON, in the shape docs/cli.md describes.")]
ShowNumbers = Annotated[bool, typer.Option("--show-numbers", help="Show phone numbers whole, not masked.")]
Debug = Annotated[
    bool, typer.Option("--debug", help="Log what happens; show a traceback of what is unexpected.")
]

SubAccount = Annotated[
    str | None, typer.Option("--sub-account", help="Sub-account to use. [env: CONNECT_SMS_SUB_ACCOUNT_ID]")
]
Region = Annotated[
    Literal["asia-pacific", "north-america", "europe", "indonesia"] | None,
    typer.Option("--region", help="The account's region. [env: CONNECT_SMS_REGION]"),
]
BaseUrl = Annotated[
    str | None,
    typer.Option("--base-url", help="Instead of a region, such as a sandbox's. [env: CONNECT_SMS_BASE_URL]"),
]
KeyFile = Annotated[
    str | None,
    typer.Option(
        "--key-file",
        metavar="PATH",
        help="File that holds the API key. [env: CONNECT_SMS_API_KEY, CONNECT_SMS_API_KEY_FILE]",
    ),
]
Timeout = Annotated[
    float | None,
    typer.Option(
        "--timeout", metavar="SECONDS", help="Longest wait for an answer. [env: CONNECT_SMS_TIMEOUT]"
    ),
]

Sender = Annotated[str | None, typer.Option("--sender", help="Sender ID to show. [env: CONNECT_SMS_SENDER]")]
UncheckedSender = Annotated[
    str | None,
    typer.Option(
        "--unchecked-sender",
        metavar="SENDER",
        help="Sender ID that 8x8 has confirmed although its rule refuses it, such as 'H&M'.",
    ),
]
Encoding = Annotated[
    str | None, typer.Option("--encoding", metavar="AUTO|GSM7|UCS2", help="Encoding to request.")
]
Scheduled = Annotated[
    str | None,
    typer.Option(
        "--scheduled",
        metavar="TIME",
        help="When to send: 2030-01-31T09:00:00+01:00, or +90m, +2h, +3d from now.",
    ),
]
Expiry = Annotated[
    str | None,
    typer.Option("--expiry", metavar="TIME", help="End of delivery attempts; like --scheduled."),
]
ReceiptUrl = Annotated[str | None, typer.Option("--receipt-url", help="Where 8x8 posts delivery receipts.")]
Country = Annotated[
    str | None, typer.Option("--country", metavar="XX", help="Country of national numbers, such as GB.")
]
ClientIp = Annotated[
    str | None, typer.Option("--client-ip", help="Address of the end user, for 8x8's limits per address.")
]
Track = Annotated[
    Literal["Outcome", "None"] | None, typer.Option("--track", help="Whether to track conversions.")
]
MaxParts = Annotated[
    int | None, typer.Option("--max-parts", help="Refuse texts that take more parts than this, 1 to 10.")
]
DryRun = Annotated[
    bool,
    typer.Option(
        "--dry-run", help="Send nothing; show encoding, parts, non-GSM characters and the exact request."
    ),
]
Until = Annotated[
    Literal["final", "operator", "sent"],
    typer.Option(
        "--until", help="What to wait for: the outcome, delivery to the operator, or having left 8x8."
    ),
]
NoteIn = Annotated[
    str | None,
    typer.Option(
        "--store",
        help="Record sends, for connect-sms reconcile: a file, or postgresql://... (see receipts).",
    ),
]
Store = Annotated[str, typer.Option("--store", help="The receipt store: a file, or postgresql://...")]
Umid = Annotated[str, typer.Argument(metavar="UMID", help="8x8's id of the message, as `send` printed it.")]
WaitTimeout = Annotated[
    float, typer.Option("--wait-timeout", metavar="SECONDS", help="Longest wait for the outcome.")
]
Host = Annotated[str, typer.Option("--host", help="Where to listen; only this machine by default.")]
Port = Annotated[
    int, typer.Option("--port", min=0, max=65_535, help="Port to listen on; 0 chooses a free one.")
]
