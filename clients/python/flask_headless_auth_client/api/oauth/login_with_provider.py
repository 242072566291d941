from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    provider: str,
    *,
    redirect_uri: str | Unset = UNSET,
    code_challenge: str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["redirect_uri"] = redirect_uri

    params["code_challenge"] = code_challenge

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/auth/login/{provider}".format(
            provider=quote(str(provider), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | Problem | None:
    expected = "application/problem+json" if response.status_code >= 400 else "application/json"
    if not response.headers.get("Content-Type", "").startswith(expected):
        # Not an answer of the API: the page of a proxy in front of it, for instance.
        if client.raise_on_unexpected_status:
            raise errors.UnexpectedStatus(response.status_code, response.content)
        return None

    if response.status_code == 302:
        response_302 = cast(Any, None)
        return response_302

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

    if response.status_code == 422:
        response_422 = Problem.from_dict(response.json())

        return response_422

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
) -> Response[Any | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    provider: str,
    *,
    client: AuthenticatedClient | Client,
    redirect_uri: str | Unset = UNSET,
    code_challenge: str | Unset = UNSET,
) -> Response[Any | Problem]:
    """Begin to sign in with a provider: let the browser open this address.

     Not to be fetched: it is a link or `location.href`. The browser returns to `redirect_uri`, or to
    POST_LOGIN_REDIRECT_URL, signed in by cookies. With `?code=` the sign-in goes on at
    `POST /oauth/exchange`; with `?error=` it has failed, and the value is a `code` of a problem.

    Args:
        provider (str): The providers of this application.
        redirect_uri (str | Unset):
        code_challenge (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem]
    """

    kwargs = _get_kwargs(
        provider=provider,
        redirect_uri=redirect_uri,
        code_challenge=code_challenge,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    provider: str,
    *,
    client: AuthenticatedClient | Client,
    redirect_uri: str | Unset = UNSET,
    code_challenge: str | Unset = UNSET,
) -> Any | Problem | None:
    """Begin to sign in with a provider: let the browser open this address.

     Not to be fetched: it is a link or `location.href`. The browser returns to `redirect_uri`, or to
    POST_LOGIN_REDIRECT_URL, signed in by cookies. With `?code=` the sign-in goes on at
    `POST /oauth/exchange`; with `?error=` it has failed, and the value is a `code` of a problem.

    Args:
        provider (str): The providers of this application.
        redirect_uri (str | Unset):
        code_challenge (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem
    """

    return sync_detailed(
        provider=provider,
        client=client,
        redirect_uri=redirect_uri,
        code_challenge=code_challenge,
    ).parsed


async def asyncio_detailed(
    provider: str,
    *,
    client: AuthenticatedClient | Client,
    redirect_uri: str | Unset = UNSET,
    code_challenge: str | Unset = UNSET,
) -> Response[Any | Problem]:
    """Begin to sign in with a provider: let the browser open this address.

     Not to be fetched: it is a link or `location.href`. The browser returns to `redirect_uri`, or to
    POST_LOGIN_REDIRECT_URL, signed in by cookies. With `?code=` the sign-in goes on at
    `POST /oauth/exchange`; with `?error=` it has failed, and the value is a `code` of a problem.

    Args:
        provider (str): The providers of this application.
        redirect_uri (str | Unset):
        code_challenge (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem]
    """

    kwargs = _get_kwargs(
        provider=provider,
        redirect_uri=redirect_uri,
        code_challenge=code_challenge,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    provider: str,
    *,
    client: AuthenticatedClient | Client,
    redirect_uri: str | Unset = UNSET,
    code_challenge: str | Unset = UNSET,
) -> Any | Problem | None:
    """Begin to sign in with a provider: let the browser open this address.

     Not to be fetched: it is a link or `location.href`. The browser returns to `redirect_uri`, or to
    POST_LOGIN_REDIRECT_URL, signed in by cookies. With `?code=` the sign-in goes on at
    `POST /oauth/exchange`; with `?error=` it has failed, and the value is a `code` of a problem.

    Args:
        provider (str): The providers of this application.
        redirect_uri (str | Unset):
        code_challenge (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem
    """

    return (
        await asyncio_detailed(
            provider=provider,
            client=client,
            redirect_uri=redirect_uri,
            code_challenge=code_challenge,
        )
    ).parsed
