from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.batch_of_destinations import BatchOfDestinations
from ...models.batch_of_messages import BatchOfMessages
from ...models.error_answer import ErrorAnswer
from ...models.sent_batch import SentBatch
from ...types import Response


def _get_kwargs(
    sub_account_id: str,
    *,
    body: BatchOfDestinations | BatchOfMessages,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/{sub_account_id}/batch".format(
            sub_account_id=quote(str(sub_account_id), safe=""),
        ),
    }

    if isinstance(body, BatchOfMessages):
        _kwargs["json"] = body.to_dict()
    else:
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorAnswer | SentBatch | None:
    if response.status_code == 200:
        response_200 = SentBatch.from_dict(response.json())

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
) -> Response[ErrorAnswer | SentBatch]:
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
    body: BatchOfDestinations | BatchOfMessages,
) -> Response[ErrorAnswer | SentBatch]:
    """Send up to 10,000 messages, at the other address

     The same operation as `sendBatch` under the path that one catalogue of the API prints. Use it only
    when a server
    answers 404 or 405 at `/{subAccountId}/messages/batch`, which shows that nothing was processed
    there.

    Args:
        sub_account_id (str):
        body (BatchOfDestinations | BatchOfMessages):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorAnswer | SentBatch]
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
    body: BatchOfDestinations | BatchOfMessages,
) -> ErrorAnswer | SentBatch | None:
    """Send up to 10,000 messages, at the other address

     The same operation as `sendBatch` under the path that one catalogue of the API prints. Use it only
    when a server
    answers 404 or 405 at `/{subAccountId}/messages/batch`, which shows that nothing was processed
    there.

    Args:
        sub_account_id (str):
        body (BatchOfDestinations | BatchOfMessages):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorAnswer | SentBatch
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
    body: BatchOfDestinations | BatchOfMessages,
) -> Response[ErrorAnswer | SentBatch]:
    """Send up to 10,000 messages, at the other address

     The same operation as `sendBatch` under the path that one catalogue of the API prints. Use it only
    when a server
    answers 404 or 405 at `/{subAccountId}/messages/batch`, which shows that nothing was processed
    there.

    Args:
        sub_account_id (str):
        body (BatchOfDestinations | BatchOfMessages):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorAnswer | SentBatch]
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
    body: BatchOfDestinations | BatchOfMessages,
) -> ErrorAnswer | SentBatch | None:
    """Send up to 10,000 messages, at the other address

     The same operation as `sendBatch` under the path that one catalogue of the API prints. Use it only
    when a server
    answers 404 or 405 at `/{subAccountId}/messages/batch`, which shows that nothing was processed
    there.

    Args:
        sub_account_id (str):
        body (BatchOfDestinations | BatchOfMessages):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorAnswer | SentBatch
    """

    return (
        await asyncio_detailed(
            sub_account_id=sub_account_id,
            client=client,
            body=body,
        )
    ).parsed
