"""The server that is asked: where it is, and who asks."""

import json
import os
import time
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import httpx
import pytest
from jsonschema import Draft202012Validator

from connect_sms.sandbox.settings import DEFAULT_KEY, DEFAULT_SUB_ACCOUNT
from contract_tests.contract import follow, load, operations

_TRIES: Final = 6
_TO: Final = "+447700900123"


class Target(NamedTuple):
    """A server of the contract.

    Attributes:
        url: What a client takes as its base URL.
        key: An API key of it.
        sub_account: A sub-account of that key.
        to: A number that messages may go to.
        transport: What carries requests, where that is not a socket.
    """

    url: str
    key: str = DEFAULT_KEY
    sub_account: str = DEFAULT_SUB_ACCOUNT
    to: str = _TO
    transport: httpx.BaseTransport | None = None

    @property
    def is_near(self) -> bool:
        """Whether it is on this machine, where no message costs anything."""
        return (urlsplit(self.url).hostname or "") in {"localhost", "127.0.0.1", "::1"}

    def ask(
        self, operation: str, body: object = None, *, authorization: str | None = "", **names: str
    ) -> httpx.Response:
        """Call an operation. Whoever is over a rate limit waits, as the contract says.

        Args:
            operation: Its operationId.
            body: JSON, if any.
            authorization: The header; the key's own when empty, none when None.
            names: What stands in the path, besides the sub-account.
        """
        found = operations(load())[operation]
        path = found.path.format(subAccountId=self.sub_account, **names)
        own = f"Bearer {self.key}" if authorization == "" else authorization
        headers = {"content-type": "application/json"} | ({} if own is None else {"authorization": own})
        content = None if body is None else json.dumps(body).encode()
        with httpx.Client(trust_env=False, transport=self.transport, timeout=30) as http:
            tries = 1
            while True:
                answer = http.request(found.method, self.url + path, headers=headers, content=content)
                if answer.status_code != httpx.codes.TOO_MANY_REQUESTS or tries == _TRIES:
                    return answer
                check_answer(operation, answer)
                time.sleep(float(answer.headers.get("retry-after", "1")))
                tries += 1


def from_environment() -> Target | None:
    """The server that ``make contract-sandbox URL=...`` names; None when it names none."""
    url, key, sub_account, to = (
        os.environ.get(f"CONTRACT_{name}") for name in ("URL", "KEY", "SUB_ACCOUNT", "TO")
    )
    if not url:
        return None
    target = Target(url.rstrip("/"), key or DEFAULT_KEY, sub_account or DEFAULT_SUB_ACCOUNT, to or _TO)
    if not target.is_near and not to:
        pytest.exit("messages from another machine may cost money: say where they go, with CONTRACT_TO", 2)
    return target


def check_answer(operation: str, answer: httpx.Response) -> Any:
    """The JSON of an answer that the contract describes for that operation and status.

    Raises:
        AssertionError: It describes another.
    """
    responses = operations(load())[operation].body["responses"]
    status = str(answer.status_code)
    wanted = responses.get(status) or responses.get(f"{status[0]}XX") or responses.get("default")
    assert wanted is not None, f"{operation} answered {status}, which the contract does not have"
    media = follow(load(), wanted)["content"]
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    assert kind in media, f"{operation} answered {status} with {kind or 'no type'}"
    schema = {**media[kind]["schema"], "components": load()["components"]}
    document = answer.json()
    problems = [problem.message for problem in Draft202012Validator(schema).iter_errors(document)]
    assert problems == [], f"{operation} answered {status}"
    return document
