"""A caller that knows nothing but HTTP: the tests here are about the service, not about our client."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import httpx

    from connect_sms.sandbox import Sandbox

NUMBER = "+447700900123"
OTHER = "+12025550123"
KEY = "sandbox-key"


@dataclass
class Api:
    """The three operations, without any rule of their own."""

    http: httpx.Client
    sandbox: Sandbox
    sub_account: str = "sandbox"

    def send(self, *, fault: str | None = None, **fields: Any) -> httpx.Response:
        """A single send with sound defaults; a field given as None is left out."""
        body = {"destination": NUMBER, "text": "Hello", **fields}
        return self.raw_send({name: value for name, value in body.items() if value is not None}, fault=fault)

    def raw_send(self, body: Any, *, fault: str | None = None) -> httpx.Response:
        return self.http.post(f"/{self.sub_account}/messages", json=body, headers=_headers(fault))

    def batch(
        self, *, fault: str | None = None, path: str = "messages/batch", **fields: Any
    ) -> httpx.Response:
        return self.http.post(f"/{self.sub_account}/{path}", json=fields, headers=_headers(fault))

    def batch_to(self, *destinations: str, **fields: Any) -> httpx.Response:
        """A batch with one message a destination and an id for each, and its items in the answer."""
        messages = [
            {"destination": number, "text": "Hello", "clientMessageId": f"id-{place}"}
            for place, number in enumerate(destinations)
        ]
        return self.batch(messages=messages, includeMessagesInResponse=True, **fields)

    def status(self, umid: str, *, fault: str | None = None) -> httpx.Response:
        return self.http.get(f"/{self.sub_account}/messages/{umid}", headers=_headers(fault))

    def umid(self, **fields: Any) -> str:
        """Send, and give the UMID."""
        answer = self.send(**fields)
        assert answer.status_code == 200, answer.text
        return cast("str", answer.json()["umid"])

    def state(self, umid: str) -> dict[str, Any]:
        """The status object of a status answer."""
        return cast("dict[str, Any]", self.status(umid).json()["status"])


def _headers(fault: str | None) -> dict[str, str]:
    return {} if fault is None else {"X-Sandbox-Fault": fault}


def refusal(answer: httpx.Response) -> tuple[int, int | None]:
    """HTTP status and API code of a refusal, whose shape is checked."""
    body = answer.json()
    assert set(body) == {"code", "message", "errorId", "timestamp"}
    assert isinstance(body["message"], str)
    assert len(body["errorId"]) == 36
    return answer.status_code, body["code"]
