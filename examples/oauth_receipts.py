"""A Flask app for a webhook that is registered with OAuth client credentials: token endpoint and receiver.

To run it::

    pip install 'connect-sms[receipts]' flask
    export CLIENT_ID=8x8 CLIENT_SECRET=... SIGNING_KEY=...  # two long random values: openssl rand -hex 24
    python oauth_receipts.py                                # tokens from /token, POST to /receipts

Put a proxy with TLS in front of it, and register with 8x8 the URL of /receipts and, as `oauth`, the URL of
/token, the id, the secret, and "header" or "body" as the place of the credentials.
"""

from __future__ import annotations

import hmac
import os

from flask import Flask, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from connect_sms.receipts import WebhookAuth, WebhookRequest, WsgiReceiver, open_store

LIFETIME = 3600  # seconds

client = f"{os.environ['CLIENT_ID']}:{os.environ['CLIENT_SECRET']}"
signer = URLSafeTimedSerializer(os.environ["SIGNING_KEY"], salt="receipts")


def verify(given: WebhookRequest) -> bool:
    """Whether a token is one of ours and has not expired."""
    try:
        return bool(signer.loads(given.token or "", max_age=LIFETIME) == "receipts")
    except BadSignature:
        return False


store = open_store(os.environ.get("RECEIPT_STORE", "receipts.db"))
receiver = WsgiReceiver(store, WebhookAuth(verifier=verify), monitoring=False)
app = Flask(__name__)
app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/receipts": receiver})  # type: ignore[method-assign]


@app.post("/token")
def token() -> tuple[dict[str, object], int]:
    """Give a token to the client whose credentials come as HTTP Basic or in the form (RFC 6749, 4.4)."""
    basic, form = request.authorization, request.form
    names = ("username", "password") if basic else ("client_id", "client_secret")
    given = ":".join(str((basic or form).get(name)) for name in names)
    if not hmac.compare_digest(given.encode(), client.encode()):
        return {"error": "invalid_client"}, 401
    if form.get("grant_type") != "client_credentials":
        return {"error": "unsupported_grant_type"}, 400
    return {"access_token": signer.dumps("receipts"), "token_type": "Bearer", "expires_in": LIFETIME}, 200


if __name__ == "__main__":
    app.run(port=int(os.environ.get("PORT", "8000")))
