"""A FastAPI app that stores delivery receipts.

To run it::

    pip install 'connect-sms[receipts]' fastapi
    export CONNECT_SMS_RECEIPT_AUTHORIZATION="Basic ..."    # the value that is registered with 8x8
    python fastapi_receipts.py                              # POST to http://127.0.0.1:8000/receipts/

Put a proxy with TLS in front of it, and register its URL, with the slash at the end, with 8x8.
"""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI, HTTPException

from connect_sms.receipts import DeliveryReceipt, Event, Receiver, WebhookAuth, open_store

store = open_store(os.environ.get("RECEIPT_STORE", "receipts.db"))


def on_event(event: Event) -> None:
    # Called once an event is stored, and again after a crash: it must be idempotent.
    if isinstance(event, DeliveryReceipt) and event.status.outcome.is_final:
        print(f"{event.status.client_message_id}: {event.status.outcome}", flush=True)


auth = WebhookAuth(os.environ["CONNECT_SMS_RECEIPT_AUTHORIZATION"])
receiver = Receiver(store, auth, on_event=on_event, monitoring=False)


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
    await receiver.start()
    yield
    await receiver.stop()
    store.close()


app = FastAPI(lifespan=lifespan)
app.mount("/receipts", receiver)


@app.get("/messages/{client_message_id}")
def message(client_message_id: str) -> dict[str, str]:
    """The status of a message, merged from all its receipts."""
    status = store.status_by_client_id(client_message_id)
    if status is None:
        raise HTTPException(404)
    return {"umid": status.umid, "outcome": status.outcome}


if __name__ == "__main__":
    uvicorn.run(app, port=int(os.environ.get("PORT", "8000")))
