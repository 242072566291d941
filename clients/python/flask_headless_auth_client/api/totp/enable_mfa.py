from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.totp_enrolment import TotpEnrolment
from ...models.totp_request import TotpRequest
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: TotpRequest | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/auth/mfa/enable",
    }

    if not isinstance(body, Unset):
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | TotpEnrolment | None:
    expected = "application/problem+json" if response.status_code >= 400 else "application/json"
    if not response.headers.get("Content-Type", "").startswith(expected):
        # Not an answer of the API: the page of a proxy in front of it, for instance.
        if client.raise_on_unexpected_status:
            raise errors.UnexpectedStatus(response.status_code, response.content)
        return None

    if response.status_code == 200:
        response_200 = TotpEnrolment.from_dict(response.json())

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
) -> Response[Problem | TotpEnrolment]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: TotpRequest | Unset = UNSET,
) -> Response[Problem | TotpEnrolment]:
    """Begin to set up an authenticator app as the second factor.

     Show `qr_svg` or `secret`, then send the first code of the app to `POST /mfa/verify`. Nothing
    changes
    before that, and beginning again is harmless.

    Args:
        body (TotpRequest | Unset): Who enrols: nothing for somebody signed in, else the
            `enrolment` of the sign-in that asks for it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | TotpEnrolment]
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
    body: TotpRequest | Unset = UNSET,
) -> Problem | TotpEnrolment | None:
    """Begin to set up an authenticator app as the second factor.

     Show `qr_svg` or `secret`, then send the first code of the app to `POST /mfa/verify`. Nothing
    changes
    before that, and beginning again is harmless.

    Args:
        body (TotpRequest | Unset): Who enrols: nothing for somebody signed in, else the
            `enrolment` of the sign-in that asks for it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | TotpEnrolment
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: TotpRequest | Unset = UNSET,
) -> Response[Problem | TotpEnrolment]:
    """Begin to set up an authenticator app as the second factor.

     Show `qr_svg` or `secret`, then send the first code of the app to `POST /mfa/verify`. Nothing
    changes
    before that, and beginning again is harmless.

    Args:
        body (TotpRequest | Unset): Who enrols: nothing for somebody signed in, else the
            `enrolment` of the sign-in that asks for it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | TotpEnrolment]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: TotpRequest | Unset = UNSET,
) -> Problem | TotpEnrolment | None:
    """Begin to set up an authenticator app as the second factor.

     Show `qr_svg` or `secret`, then send the first code of the app to `POST /mfa/verify`. Nothing
    changes
    before that, and beginning again is harmless.

    Args:
        body (TotpRequest | Unset): Who enrols: nothing for somebody signed in, else the
            `enrolment` of the sign-in that asks for it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | TotpEnrolment
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
