from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.authorization import Authorization
from ...models.link_request import LinkRequest
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    identity: str,
    *,
    body: LinkRequest | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/auth/identities/{identity}".format(
            identity=quote(str(identity), safe=""),
        ),
    }

    if not isinstance(body, Unset):
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Authorization | Problem | None:
    expected = "application/problem+json" if response.status_code >= 400 else "application/json"
    if not response.headers.get("Content-Type", "").startswith(expected):
        # Not an answer of the API: the page of a proxy in front of it, for instance.
        if client.raise_on_unexpected_status:
            raise errors.UnexpectedStatus(response.status_code, response.content)
        return None

    if response.status_code == 200:
        response_200 = Authorization.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

    if response.status_code == 413:
        response_413 = Problem.from_dict(response.json())

        return response_413

    if response.status_code == 415:
        response_415 = Problem.from_dict(response.json())

        return response_415

    if response.status_code == 422:
        response_422 = Problem.from_dict(response.json())

        return response_422

    if response.status_code == 424:
        response_424 = Problem.from_dict(response.json())

        return response_424

    if response.status_code == 429:
        response_429 = Problem.from_dict(response.json())

        return response_429

    if response.status_code == 500:
        response_500 = Problem.from_dict(response.json())

        return response_500

    if response.status_code == 503:
        response_503 = Problem.from_dict(response.json())

        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Authorization | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    identity: str,
    *,
    client: AuthenticatedClient,
    body: LinkRequest | Unset = UNSET,
) -> Response[Authorization | Problem]:
    """Begin to link a provider to my account.

     Send the browser to `authorization_url`, in which it must keep this answer's cookie. It returns to
    `redirect_uri`; with `?error=` it is not linked, and the value is a `code` of a problem.

    Args:
        identity (str):
        body (LinkRequest | Unset): Where to return to.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Authorization | Problem]
    """

    kwargs = _get_kwargs(
        identity=identity,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    identity: str,
    *,
    client: AuthenticatedClient,
    body: LinkRequest | Unset = UNSET,
) -> Authorization | Problem | None:
    """Begin to link a provider to my account.

     Send the browser to `authorization_url`, in which it must keep this answer's cookie. It returns to
    `redirect_uri`; with `?error=` it is not linked, and the value is a `code` of a problem.

    Args:
        identity (str):
        body (LinkRequest | Unset): Where to return to.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Authorization | Problem
    """

    return sync_detailed(
        identity=identity,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    identity: str,
    *,
    client: AuthenticatedClient,
    body: LinkRequest | Unset = UNSET,
) -> Response[Authorization | Problem]:
    """Begin to link a provider to my account.

     Send the browser to `authorization_url`, in which it must keep this answer's cookie. It returns to
    `redirect_uri`; with `?error=` it is not linked, and the value is a `code` of a problem.

    Args:
        identity (str):
        body (LinkRequest | Unset): Where to return to.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Authorization | Problem]
    """

    kwargs = _get_kwargs(
        identity=identity,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    identity: str,
    *,
    client: AuthenticatedClient,
    body: LinkRequest | Unset = UNSET,
) -> Authorization | Problem | None:
    """Begin to link a provider to my account.

     Send the browser to `authorization_url`, in which it must keep this answer's cookie. It returns to
    `redirect_uri`; with `?error=` it is not linked, and the value is a `code` of a problem.

    Args:
        identity (str):
        body (LinkRequest | Unset): Where to return to.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Authorization | Problem
    """

    return (
        await asyncio_detailed(
            identity=identity,
            client=client,
            body=body,
        )
    ).parsed
