from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_answer import ErrorAnswer
from ...models.log_export import LogExport
from ...types import Response


def _get_kwargs(
    sub_account_id: str,
    job_id: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/{sub_account_id}/messages/exports/{job_id}".format(
            sub_account_id=quote(str(sub_account_id), safe=""),
            job_id=quote(str(job_id), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorAnswer | LogExport | None:
    if response.status_code == 200:
        response_200 = LogExport.from_dict(response.json())

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
) -> Response[ErrorAnswer | LogExport]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    sub_account_id: str,
    job_id: str,
    *,
    client: AuthenticatedClient,
) -> Response[ErrorAnswer | LogExport]:
    """Ask how far a log export has come

     Answers the state of the job and, once it is `succeeded`, where its files can be fetched and until
    when. Fetch them
    without the API key: a link may lead to another host. Only a link to this very host that answers 401
    or 403 may want
    it, which 8x8 does not say. A span without any message ends as `empty`.

    Args:
        sub_account_id (str):
        job_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorAnswer | LogExport]
    """

    kwargs = _get_kwargs(
        sub_account_id=sub_account_id,
        job_id=job_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    sub_account_id: str,
    job_id: str,
    *,
    client: AuthenticatedClient,
) -> ErrorAnswer | LogExport | None:
    """Ask how far a log export has come

     Answers the state of the job and, once it is `succeeded`, where its files can be fetched and until
    when. Fetch them
    without the API key: a link may lead to another host. Only a link to this very host that answers 401
    or 403 may want
    it, which 8x8 does not say. A span without any message ends as `empty`.

    Args:
        sub_account_id (str):
        job_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorAnswer | LogExport
    """

    return sync_detailed(
        sub_account_id=sub_account_id,
        job_id=job_id,
        client=client,
    ).parsed


async def asyncio_detailed(
    sub_account_id: str,
    job_id: str,
    *,
    client: AuthenticatedClient,
) -> Response[ErrorAnswer | LogExport]:
    """Ask how far a log export has come

     Answers the state of the job and, once it is `succeeded`, where its files can be fetched and until
    when. Fetch them
    without the API key: a link may lead to another host. Only a link to this very host that answers 401
    or 403 may want
    it, which 8x8 does not say. A span without any message ends as `empty`.

    Args:
        sub_account_id (str):
        job_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorAnswer | LogExport]
    """

    kwargs = _get_kwargs(
        sub_account_id=sub_account_id,
        job_id=job_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    sub_account_id: str,
    job_id: str,
    *,
    client: AuthenticatedClient,
) -> ErrorAnswer | LogExport | None:
    """Ask how far a log export has come

     Answers the state of the job and, once it is `succeeded`, where its files can be fetched and until
    when. Fetch them
    without the API key: a link may lead to another host. Only a link to this very host that answers 401
    or 403 may want
    it, which 8x8 does not say. A span without any message ends as `empty`.

    Args:
        sub_account_id (str):
        job_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorAnswer | LogExport
    """

    return (
        await asyncio_detailed(
            sub_account_id=sub_account_id,
            job_id=job_id,
            client=client,
        )
    ).parsed
