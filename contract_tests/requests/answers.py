"""Good answers for requests that are being looked at: each says of every message that it was taken."""

from typing import Any

import httpx

from contract_tests.support.witnesses import body_of


def taken(request: httpx.Request) -> httpx.Response:
    """Accept whatever was asked, the messages of a batch in reverse order."""
    if request.method == "GET":
        return httpx.Response(200, json={"status": {"state": "sent"}})
    body = body_of(request)
    if "messages" not in body:
        return httpx.Response(200, json=_accepted(body))
    messages = [_accepted(message) for message in reversed(body["messages"])]
    counts = {"acceptedCount": len(messages), "rejectedCount": 0}
    return httpx.Response(200, json={"batchId": "b", **counts, "messages": messages})


def umid_of(own_id: str) -> str:
    """The id under which `taken` accepts a message."""
    return f"umid of {own_id}"


def _accepted(message: dict[str, Any]) -> dict[str, Any]:
    own_id = message["clientMessageId"]
    return {"umid": umid_of(own_id), "clientMessageId": own_id, "status": {"code": "QUEUED"}}
