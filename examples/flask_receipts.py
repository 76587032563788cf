"""A Flask app that stores delivery receipts.

To run it::

    pip install 'connect-sms[receipts]' flask
    export CONNECT_SMS_RECEIPT_AUTHORIZATION="Basic ..."    # the value that is registered with 8x8
    python flask_receipts.py                                # POST to http://127.0.0.1:8000/receipts

Serve it with a WSGI server such as gunicorn (`gunicorn flask_receipts:app`), put a proxy with TLS in front of
it, and register its URL with 8x8.
"""

from __future__ import annotations

import os

from flask import Flask, abort, request

from connect_sms.errors import StoreUnavailable
from connect_sms.receipts import WebhookAuth, open_store, parse_all

store = open_store(os.environ.get("RECEIPT_STORE", "receipts.db"))
auth = WebhookAuth(os.environ["CONNECT_SMS_RECEIPT_AUTHORIZATION"])

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 65_536


@app.post("/receipts")
def receive() -> tuple[str, int]:
    """Store what 8x8 posts."""
    headers = dict(request.headers)
    if not auth.check(headers, request.remote_addr):
        return "", 401
    try:
        # It returns when the events are on the disk. What was seen before, or cannot be read, does no harm.
        store.record(parse_all(request.get_data(), headers))
    except StoreUnavailable:
        return "", 503  # 8x8 posts it again later
    return "", 200


@app.get("/messages/<client_message_id>")
def message(client_message_id: str) -> dict[str, str]:
    """The status of a message, merged from all its receipts."""
    status = store.status_by_client_id(client_message_id)
    if status is None:
        abort(404)
    return {"umid": status.umid, "outcome": status.outcome}


if __name__ == "__main__":
    app.run(port=int(os.environ.get("PORT", "8000")))
