"""The token that the sandbox posts with: where its credentials go, and how long it is kept."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from connect_sms.sandbox import OAuthClient
from connect_sms.sandbox.webhooks.oauth import TokenSource

if TYPE_CHECKING:
    from collections.abc import Mapping

CLIENT = OAuthClient(url="http://127.0.0.1:1/token", client_id="8x8 & co", client_secret="s3cr3t:/")


class Endpoint:
    """Answers with one token after the other."""

    def __init__(self, **answer: object) -> None:
        self.answer = answer
        self.asked: list[tuple[str, dict[str, str], dict[str, str]]] = []

    def __call__(self, url: str, headers: Mapping[str, str], form: Mapping[str, str]) -> bytes:
        self.asked.append((url, dict(headers), dict(form)))
        return json.dumps({"access_token": f"t-{len(self.asked)}", **self.answer}).encode()


def test_the_credentials_go_into_the_header_each_encoded_as_in_a_form() -> None:
    endpoint = Endpoint(expires_in=60)
    assert TokenSource(endpoint).authorization(CLIENT) == "Bearer t-1"
    pair = base64.b64encode(b"8x8+%26+co:s3cr3t%3A%2F").decode()
    assert endpoint.asked == [
        (CLIENT.url, {"Authorization": f"Basic {pair}"}, {"grant_type": "client_credentials"})
    ]


def test_or_into_the_form() -> None:
    endpoint = Endpoint()
    client = replace(CLIENT, credentials_location="body", scope="sms:receipts")
    TokenSource(endpoint).authorization(client)
    credentials = {"client_id": client.client_id, "client_secret": client.client_secret}
    form = {"grant_type": "client_credentials", **credentials, "scope": "sms:receipts"}
    assert endpoint.asked == [(client.url, {}, form)]


@pytest.mark.parametrize(("answer", "fetched"), [({"expires_in": 60}, 1), ({"expires_in": 5}, 2), ({}, 2)])
def test_a_token_is_kept_until_it_expires(answer: dict[str, Any], fetched: int) -> None:
    endpoint = Endpoint(**answer)
    source = TokenSource(endpoint)
    assert [source.authorization(CLIENT) for _ in range(2)][-1] == f"Bearer t-{fetched}"


def test_another_is_fetched_when_it_was_refused_or_the_client_is_another() -> None:
    endpoint = Endpoint(expires_in=60)
    source = TokenSource(endpoint)
    source.authorization(CLIENT)
    source.forget()
    assert source.authorization(CLIENT) == "Bearer t-2"
    assert source.authorization(replace(CLIENT, client_id="other")) == "Bearer t-3"


@pytest.mark.parametrize("said", [b"[]", b"{}", b'{"access_token": 1}', b"<html>"])
def test_an_answer_without_a_token_is_an_error(said: bytes) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        TokenSource(lambda *_: said).authorization(CLIENT)
    assert CLIENT.client_secret not in str(caught.value)


def test_no_secret_shows_when_printed() -> None:
    assert CLIENT.client_secret not in repr(CLIENT)
