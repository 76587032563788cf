from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_answer import ErrorAnswer
from ...models.send_message_request import SendMessageRequest
from ...models.sent_message import SentMessage
from ...types import Response


def _get_kwargs(
    sub_account_id: str,
    *,
    body: SendMessageRequest,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/{sub_account_id}/messages".format(
            sub_account_id=quote(str(sub_account_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorAnswer | SentMessage | None:
    if response.status_code == 200:
        response_200 = SentMessage.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = ErrorAnswer.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = ErrorAnswer.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = ErrorAnswer.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = ErrorAnswer.from_dict(response.json())

        return response_404

    if response.status_code == 410:
        response_410 = ErrorAnswer.from_dict(response.json())

        return response_410

    if response.status_code == 422:
        response_422 = ErrorAnswer.from_dict(response.json())

        return response_422

    if response.status_code == 426:
        response_426 = ErrorAnswer.from_dict(response.json())

        return response_426

    if response.status_code == 429:
        response_429 = ErrorAnswer.from_dict(response.json())

        return response_429

    if response.status_code == 500:
        response_500 = ErrorAnswer.from_dict(response.json())

        return response_500

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ErrorAnswer | SentMessage]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    sub_account_id: str,
    *,
    client: AuthenticatedClient,
    body: SendMessageRequest,
) -> Response[ErrorAnswer | SentMessage]:
    """Send one message

     Hands over one message to one destination. Use it for codes, alerts and everything else that must go
    out at once;
    use `sendBatch` for many recipients.

    Check `status.code` in the answer: `QUEUED` means accepted, `REJECTED` means that nothing will be
    sent, although
    the HTTP status is 200 in both cases. Keep `umid`: it is the only key that `getMessage` takes.

    Rate limits: 1,800 requests a second per sub-account and 3,000 a second per IP address.

    Args:
        sub_account_id (str):
        body (SendMessageRequest): One message to one destination.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorAnswer | SentMessage]
    """

    kwargs = _get_kwargs(
        sub_account_id=sub_account_id,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    sub_account_id: str,
    *,
    client: AuthenticatedClient,
    body: SendMessageRequest,
) -> ErrorAnswer | SentMessage | None:
    """Send one message

     Hands over one message to one destination. Use it for codes, alerts and everything else that must go
    out at once;
    use `sendBatch` for many recipients.

    Check `status.code` in the answer: `QUEUED` means accepted, `REJECTED` means that nothing will be
    sent, although
    the HTTP status is 200 in both cases. Keep `umid`: it is the only key that `getMessage` takes.

    Rate limits: 1,800 requests a second per sub-account and 3,000 a second per IP address.

    Args:
        sub_account_id (str):
        body (SendMessageRequest): One message to one destination.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorAnswer | SentMessage
    """

    return sync_detailed(
        sub_account_id=sub_account_id,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    sub_account_id: str,
    *,
    client: AuthenticatedClient,
    body: SendMessageRequest,
) -> Response[ErrorAnswer | SentMessage]:
    """Send one message

     Hands over one message to one destination. Use it for codes, alerts and everything else that must go
    out at once;
    use `sendBatch` for many recipients.

    Check `status.code` in the answer: `QUEUED` means accepted, `REJECTED` means that nothing will be
    sent, although
    the HTTP status is 200 in both cases. Keep `umid`: it is the only key that `getMessage` takes.

    Rate limits: 1,800 requests a second per sub-account and 3,000 a second per IP address.

    Args:
        sub_account_id (str):
        body (SendMessageRequest): One message to one destination.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorAnswer | SentMessage]
    """

    kwargs = _get_kwargs(
        sub_account_id=sub_account_id,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    sub_account_id: str,
    *,
    client: AuthenticatedClient,
    body: SendMessageRequest,
) -> ErrorAnswer | SentMessage | None:
    """Send one message

     Hands over one message to one destination. Use it for codes, alerts and everything else that must go
    out at once;
    use `sendBatch` for many recipients.

    Check `status.code` in the answer: `QUEUED` means accepted, `REJECTED` means that nothing will be
    sent, although
    the HTTP status is 200 in both cases. Keep `umid`: it is the only key that `getMessage` takes.

    Rate limits: 1,800 requests a second per sub-account and 3,000 a second per IP address.

    Args:
        sub_account_id (str):
        body (SendMessageRequest): One message to one destination.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorAnswer | SentMessage
    """

    return (
        await asyncio_detailed(
            sub_account_id=sub_account_id,
            client=client,
            body=body,
        )
    ).parsed
