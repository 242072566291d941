from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.creation_options import CreationOptions
from ...models.passkey_sign_up_request import PasskeySignUpRequest
from ...models.problem import Problem
from ...types import Response


def _get_kwargs(
    *,
    body: PasskeySignUpRequest,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/auth/passkeys/signup/options",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> CreationOptions | Problem | None:
    expected = "application/problem+json" if response.status_code >= 400 else "application/json"
    if not response.headers.get("Content-Type", "").startswith(expected):
        # Not an answer of the API: the page of a proxy in front of it, for instance.
        if client.raise_on_unexpected_status:
            raise errors.UnexpectedStatus(response.status_code, response.content)
        return None

    if response.status_code == 200:
        response_200 = CreationOptions.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())

        return response_400

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())

        return response_403

    if response.status_code == 409:
        response_409 = Problem.from_dict(response.json())

        return response_409

    if response.status_code == 413:
        response_413 = Problem.from_dict(response.json())

        return response_413

    if response.status_code == 415:
        response_415 = Problem.from_dict(response.json())

        return response_415

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
) -> Response[CreationOptions | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: PasskeySignUpRequest,
) -> Response[CreationOptions | Problem]:
    """Prepare an account with a passkey and no password.

     Hand `options` to the browser, and what it makes of them to `POST /passkeys/signup`, once. No
    account
    is made until then. The fields beside `email` are those of the sign-up form. Where addresses are
    confirmed first, nobody signs up so.

    Args:
        body (PasskeySignUpRequest): A new account without a password: e-mail and the profile
            fields of the model.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CreationOptions | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: PasskeySignUpRequest,
) -> CreationOptions | Problem | None:
    """Prepare an account with a passkey and no password.

     Hand `options` to the browser, and what it makes of them to `POST /passkeys/signup`, once. No
    account
    is made until then. The fields beside `email` are those of the sign-up form. Where addresses are
    confirmed first, nobody signs up so.

    Args:
        body (PasskeySignUpRequest): A new account without a password: e-mail and the profile
            fields of the model.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CreationOptions | Problem
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: PasskeySignUpRequest,
) -> Response[CreationOptions | Problem]:
    """Prepare an account with a passkey and no password.

     Hand `options` to the browser, and what it makes of them to `POST /passkeys/signup`, once. No
    account
    is made until then. The fields beside `email` are those of the sign-up form. Where addresses are
    confirmed first, nobody signs up so.

    Args:
        body (PasskeySignUpRequest): A new account without a password: e-mail and the profile
            fields of the model.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CreationOptions | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: PasskeySignUpRequest,
) -> CreationOptions | Problem | None:
    """Prepare an account with a passkey and no password.

     Hand `options` to the browser, and what it makes of them to `POST /passkeys/signup`, once. No
    account
    is made until then. The fields beside `email` are those of the sign-up form. Where addresses are
    confirmed first, nobody signs up so.

    Args:
        body (PasskeySignUpRequest): A new account without a password: e-mail and the profile
            fields of the model.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CreationOptions | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
