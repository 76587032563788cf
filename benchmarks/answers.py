"""What each vendor's API answers to a message it takes, in the shape its own SDK reads."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

DESTINATION: Final = "+447700900123"
SENDER: Final = "+12025550123"
TEXT: Final = "Your code is 482910"
SUB_ACCOUNT: Final = "acme_alerts"
ACCOUNT: Final = "MAXXXXXXXXXXXXXXXXXX"
BATCH_ID: Final = "9e5d6c31-7c5b-4f7e-b7f8-3a4f7e1d6c33"
MESSAGE_ID: Final = "0d9b2c7e-51a4-4f0e-9a53-6f1c2f6f0b11"
MOMENT: Final = "2026-07-01T17:00:00.000Z"

_QUEUED: Final = {"code": "QUEUED", "description": "Accepted and waiting to be sent"}

_TWILIO: Final = {
    "account_sid": ACCOUNT,
    "api_version": "2010-04-01",
    "body": TEXT,
    "date_created": "Wed, 01 Jul 2026 17:00:00 +0000",
    "date_sent": None,
    "date_updated": "Wed, 01 Jul 2026 17:00:00 +0000",
    "direction": "outbound-api",
    "error_code": None,
    "error_message": None,
    "from": SENDER,
    "messaging_service_sid": None,
    "num_media": "0",
    "num_segments": "1",
    "price": None,
    "price_unit": None,
    "sid": MESSAGE_ID,
    "status": "queued",
    "subresource_uris": {"media": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{MESSAGE_ID}/Media.json"},
    "to": DESTINATION,
    "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{MESSAGE_ID}.json",
}
_VONAGE: Final = {
    "message-count": "1",
    "messages": [
        {
            "to": DESTINATION[1:],
            "message-id": MESSAGE_ID,
            "status": "0",
            "remaining-balance": "3.14159265",
            "message-price": "0.03330000",
            "network": "12345",
        }
    ],
}
_SINCH: Final = {
    "id": MESSAGE_ID,
    "to": [DESTINATION[1:]],
    "from": SENDER[1:],
    "canceled": False,
    "body": TEXT,
    "type": "mt_text",
    "created_at": MOMENT,
    "modified_at": MOMENT,
    "delivery_report": "none",
    "expire_at": "2026-07-04T17:00:00.000Z",
    "flash_message": False,
}
_PLIVO: Final = {"message": "message(s) queued", "message_uuid": [MESSAGE_ID], "api_id": BATCH_ID}
_TELNYX: Final = {
    "data": {
        "record_type": "message",
        "direction": "outbound",
        "id": MESSAGE_ID,
        "type": "SMS",
        "messaging_profile_id": BATCH_ID,
        "organization_id": BATCH_ID,
        "from": {"phone_number": SENDER, "carrier": "", "line_type": ""},
        "to": [{"phone_number": DESTINATION, "status": "queued", "carrier": "", "line_type": ""}],
        "text": TEXT,
        "media": [],
        "webhook_url": None,
        "webhook_failover_url": None,
        "encoding": "GSM-7",
        "parts": 1,
        "tags": [],
        "cost": None,
        "received_at": MOMENT,
        "sent_at": None,
        "completed_at": None,
        "valid_until": "2026-07-01T18:00:00.000Z",
        "errors": [],
    }
}
_EIGHT_BY_EIGHT: Final = {
    "umid": MESSAGE_ID,
    "clientMessageId": "booking-7731",
    "destination": DESTINATION[1:],
    "encoding": "GSM7",
    "status": _QUEUED,
}


def _ready(status: int, document: dict[str, Any]) -> Callable[[bytes], tuple[int, bytes]]:
    body = json.dumps(document).encode()
    return lambda _: (status, body)


def _batch(body: bytes) -> tuple[int, bytes]:
    """The only answer that depends on what was sent: a line for each message, with its own id."""
    sent = json.loads(body)["messages"]
    lines = [
        {
            "umid": f"0d9b2c7e-51a4-4f0e-9a53-{at:012x}",
            "clientMessageId": message["clientMessageId"],
            "destination": message["destination"],
            "encoding": "GSM7",
            "status": _QUEUED,
        }
        for at, message in enumerate(sent)
    ]
    answer = {
        "batchId": BATCH_ID,
        "clientBatchId": None,
        "acceptedCount": len(sent),
        "rejectedCount": 0,
        "messages": lines,
    }
    return 200, json.dumps(answer).encode()


#: By the beginning and the end of a path.
_ANSWERS: Final = {
    ("/8x8/", "/messages"): _ready(200, _EIGHT_BY_EIGHT),
    ("/8x8/", "/messages/batch"): _batch,
    ("/2010-04-01/", "/Messages.json"): _ready(201, _TWILIO),
    ("/sms/", "/json"): _ready(200, _VONAGE),
    ("/xms/", "/batches"): _ready(201, _SINCH),
    ("/v1/Account/", "/Message/"): _ready(202, _PLIVO),
    ("/v2/", "/messages"): _ready(200, _TELNYX),
}
_NOT_FOUND: Final = partial(_ready(404, {"message": "no such path"}), b"")


def answer_to(path: str, body: bytes) -> tuple[int, bytes]:
    """Status and body of the answer to a request."""
    for (beginning, ending), answer in _ANSWERS.items():
        if path.startswith(beginning) and path.endswith(ending):
            return answer(body)
    return _NOT_FOUND()
