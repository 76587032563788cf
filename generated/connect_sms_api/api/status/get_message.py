from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_answer import ErrorAnswer
from ...models.message_details import MessageDetails
from ...types import Response


def _get_kwargs(
    sub_account_id: str,
    umid: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/{sub_account_id}/messages/{umid}".format(
            sub_account_id=quote(str(sub_account_id), safe=""),
            umid=quote(str(umid), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorAnswer | MessageDetails | None:
    if response.status_code == 200:
        response_200 = MessageDetails.from_dict(response.json())

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
) -> Response[ErrorAnswer | MessageDetails]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    sub_account_id: str,
    umid: str,
    *,
    client: AuthenticatedClient,
) -> Response[ErrorAnswer | MessageDetails]:
    """Get the status of a message

     Answers the present state of one message, its price and its number of parts. Number and text come
    back masked unless
    the account is set up otherwise.

    Limit: **one request per second and sub-account**; beyond it the answer is 429. A receipt
    (`dlrCallbackUrl`) brings
    the same news without polling. A state of `delivered` with the detail `delivered_to_operator` is not
    yet delivery to
    the handset.

    Args:
        sub_account_id (str):
        umid (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorAnswer | MessageDetails]
    """

    kwargs = _get_kwargs(
        sub_account_id=sub_account_id,
        umid=umid,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    sub_account_id: str,
    umid: str,
    *,
    client: AuthenticatedClient,
) -> ErrorAnswer | MessageDetails | None:
    """Get the status of a message

     Answers the present state of one message, its price and its number of parts. Number and text come
    back masked unless
    the account is set up otherwise.

    Limit: **one request per second and sub-account**; beyond it the answer is 429. A receipt
    (`dlrCallbackUrl`) brings
    the same news without polling. A state of `delivered` with the detail `delivered_to_operator` is not
    yet delivery to
    the handset.

    Args:
        sub_account_id (str):
        umid (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorAnswer | MessageDetails
    """

    return sync_detailed(
        sub_account_id=sub_account_id,
        umid=umid,
        client=client,
    ).parsed


async def asyncio_detailed(
    sub_account_id: str,
    umid: str,
    *,
    client: AuthenticatedClient,
) -> Response[ErrorAnswer | MessageDetails]:
    """Get the status of a message

     Answers the present state of one message, its price and its number of parts. Number and text come
    back masked unless
    the account is set up otherwise.

    Limit: **one request per second and sub-account**; beyond it the answer is 429. A receipt
    (`dlrCallbackUrl`) brings
    the same news without polling. A state of `delivered` with the detail `delivered_to_operator` is not
    yet delivery to
    the handset.

    Args:
        sub_account_id (str):
        umid (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorAnswer | MessageDetails]
    """

    kwargs = _get_kwargs(
        sub_account_id=sub_account_id,
        umid=umid,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    sub_account_id: str,
    umid: str,
    *,
    client: AuthenticatedClient,
) -> ErrorAnswer | MessageDetails | None:
    """Get the status of a message

     Answers the present state of one message, its price and its number of parts. Number and text come
    back masked unless
    the account is set up otherwise.

    Limit: **one request per second and sub-account**; beyond it the answer is 429. A receipt
    (`dlrCallbackUrl`) brings
    the same news without polling. A state of `delivered` with the detail `delivered_to_operator` is not
    yet delivery to
    the handset.

    Args:
        sub_account_id (str):
        umid (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorAnswer | MessageDetails
    """

    return (
        await asyncio_detailed(
            sub_account_id=sub_account_id,
            umid=umid,
            client=client,
        )
    ).parsed
