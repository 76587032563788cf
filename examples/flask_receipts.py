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

from flask import Flask, abort
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from connect_sms.receipts import DeliveryReceipt, Event, WebhookAuth, WsgiReceiver, open_store

store = open_store(os.environ.get("RECEIPT_STORE", "receipts.db"))


def on_event(event: Event) -> None:
    # Called once an event is stored, and again after a crash: it must be idempotent.
    if isinstance(event, DeliveryReceipt) and event.status.outcome.is_final:
        print(f"{event.status.client_message_id}: {event.status.outcome}", flush=True)


auth = WebhookAuth(os.environ["CONNECT_SMS_RECEIPT_AUTHORIZATION"])
receiver = WsgiReceiver(store, auth, on_event=on_event, monitoring=False)

app = Flask(__name__)
app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/receipts": receiver})  # type: ignore[method-assign]


@app.get("/messages/<client_message_id>")
def message(client_message_id: str) -> dict[str, str]:
    """The status of a message, merged from all its receipts."""
    status = store.status_by_client_id(client_message_id)
    if status is None:
        abort(404)
    return {"umid": status.umid, "outcome": status.outcome}


if __name__ == "__main__":
    app.run(port=int(os.environ.get("PORT", "8000")))
