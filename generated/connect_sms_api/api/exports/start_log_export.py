from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_answer import ErrorAnswer
from ...models.log_export_request import LogExportRequest
from ...models.ordered_log_export import OrderedLogExport
from ...types import Response


def _get_kwargs(
    sub_account_id: str,
    *,
    body: LogExportRequest,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/{sub_account_id}/messages/exports".format(
            sub_account_id=quote(str(sub_account_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorAnswer | OrderedLogExport | None:
    if response.status_code == 202:
        response_202 = OrderedLogExport.from_dict(response.json())

        return response_202

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
) -> Response[ErrorAnswer | OrderedLogExport]:
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
    body: LogExportRequest,
) -> Response[ErrorAnswer | OrderedLogExport]:
    """Have a log of messages written

     Orders a CSV file of the messages of a span of time, and answers at once with the id of the job that
    writes it. Ask
    `getLogExport` until it is done.

    The log is the only place that has the status of a send whose answer was lost: it carries
    `clientMessageId` beside
    `umid`, and the status call needs a UMID. Ordering the same log twice costs nothing but time.

    Args:
        sub_account_id (str):
        body (LogExportRequest): The time range of a log, and its further limits.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorAnswer | OrderedLogExport]
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
    body: LogExportRequest,
) -> ErrorAnswer | OrderedLogExport | None:
    """Have a log of messages written

     Orders a CSV file of the messages of a span of time, and answers at once with the id of the job that
    writes it. Ask
    `getLogExport` until it is done.

    The log is the only place that has the status of a send whose answer was lost: it carries
    `clientMessageId` beside
    `umid`, and the status call needs a UMID. Ordering the same log twice costs nothing but time.

    Args:
        sub_account_id (str):
        body (LogExportRequest): The time range of a log, and its further limits.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorAnswer | OrderedLogExport
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
    body: LogExportRequest,
) -> Response[ErrorAnswer | OrderedLogExport]:
    """Have a log of messages written

     Orders a CSV file of the messages of a span of time, and answers at once with the id of the job that
    writes it. Ask
    `getLogExport` until it is done.

    The log is the only place that has the status of a send whose answer was lost: it carries
    `clientMessageId` beside
    `umid`, and the status call needs a UMID. Ordering the same log twice costs nothing but time.

    Args:
        sub_account_id (str):
        body (LogExportRequest): The time range of a log, and its further limits.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorAnswer | OrderedLogExport]
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
    body: LogExportRequest,
) -> ErrorAnswer | OrderedLogExport | None:
    """Have a log of messages written

     Orders a CSV file of the messages of a span of time, and answers at once with the id of the job that
    writes it. Ask
    `getLogExport` until it is done.

    The log is the only place that has the status of a send whose answer was lost: it carries
    `clientMessageId` beside
    `umid`, and the status call needs a UMID. Ordering the same log twice costs nothing but time.

    Args:
        sub_account_id (str):
        body (LogExportRequest): The time range of a log, and its further limits.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorAnswer | OrderedLogExport
    """

    return (
        await asyncio_detailed(
            sub_account_id=sub_account_id,
            client=client,
            body=body,
        )
    ).parsed
