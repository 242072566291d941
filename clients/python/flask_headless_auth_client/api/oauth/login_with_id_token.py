from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.challenge import Challenge
from ...models.delivery import Delivery
from ...models.enrolment_required import EnrolmentRequired
from ...models.id_token import IdToken
from ...models.problem import Problem
from ...models.signed_in import SignedIn
from ...models.verification_required import VerificationRequired
from ...types import UNSET, Response, Unset


def _get_kwargs(
    provider: str,
    *,
    body: IdToken,
    x_auth_delivery: Delivery | Unset = UNSET,
    x_trusted_device: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(x_auth_delivery, Unset):
        headers["X-Auth-Delivery"] = str(x_auth_delivery)

    if not isinstance(x_trusted_device, Unset):
        headers["X-Trusted-Device"] = x_trusted_device

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/auth/login/{provider}/token".format(
            provider=quote(str(provider), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Challenge | EnrolmentRequired | SignedIn | VerificationRequired | Problem | None:
    expected = "application/problem+json" if response.status_code >= 400 else "application/json"
    if not response.headers.get("Content-Type", "").startswith(expected):
        # Not an answer of the API: the page of a proxy in front of it, for instance.
        if client.raise_on_unexpected_status:
            raise errors.UnexpectedStatus(response.status_code, response.content)
        return None

    if response.status_code == 200:

        def _parse_response_200(
            data: object,
        ) -> Challenge | EnrolmentRequired | SignedIn | VerificationRequired:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_sign_in_answer_type_0 = SignedIn.from_dict(data)

                return componentsschemas_sign_in_answer_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_sign_in_answer_type_1 = Challenge.from_dict(data)

                return componentsschemas_sign_in_answer_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_sign_in_answer_type_2 = EnrolmentRequired.from_dict(data)

                return componentsschemas_sign_in_answer_type_2
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            componentsschemas_sign_in_answer_type_3 = VerificationRequired.from_dict(data)

            return componentsschemas_sign_in_answer_type_3

        response_200 = _parse_response_200(response.json())

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
) -> Response[Challenge | EnrolmentRequired | SignedIn | VerificationRequired | Problem]:
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
    body: IdToken,
    x_auth_delivery: Delivery | Unset = UNSET,
    x_trusted_device: str | Unset = UNSET,
) -> Response[Challenge | EnrolmentRequired | SignedIn | VerificationRequired | Problem]:
    """Sign in with an ID token from a provider's native SDK.

     It must carry a nonce of `POST /login/<provider>/nonce`, which works once.

    Args:
        provider (str): The providers of this application.
        x_auth_delivery (Delivery | Unset): How tokens are delivered: as httpOnly cookies, or in
            the body.
        x_trusted_device (str | Unset):
        body (IdToken): An ID token from the provider's native sign-in.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Challenge | EnrolmentRequired | SignedIn | VerificationRequired | Problem]
    """

    kwargs = _get_kwargs(
        provider=provider,
        body=body,
        x_auth_delivery=x_auth_delivery,
        x_trusted_device=x_trusted_device,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    provider: str,
    *,
    client: AuthenticatedClient | Client,
    body: IdToken,
    x_auth_delivery: Delivery | Unset = UNSET,
    x_trusted_device: str | Unset = UNSET,
) -> Challenge | EnrolmentRequired | SignedIn | VerificationRequired | Problem | None:
    """Sign in with an ID token from a provider's native SDK.

     It must carry a nonce of `POST /login/<provider>/nonce`, which works once.

    Args:
        provider (str): The providers of this application.
        x_auth_delivery (Delivery | Unset): How tokens are delivered: as httpOnly cookies, or in
            the body.
        x_trusted_device (str | Unset):
        body (IdToken): An ID token from the provider's native sign-in.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Challenge | EnrolmentRequired | SignedIn | VerificationRequired | Problem
    """

    return sync_detailed(
        provider=provider,
        client=client,
        body=body,
        x_auth_delivery=x_auth_delivery,
        x_trusted_device=x_trusted_device,
    ).parsed


async def asyncio_detailed(
    provider: str,
    *,
    client: AuthenticatedClient | Client,
    body: IdToken,
    x_auth_delivery: Delivery | Unset = UNSET,
    x_trusted_device: str | Unset = UNSET,
) -> Response[Challenge | EnrolmentRequired | SignedIn | VerificationRequired | Problem]:
    """Sign in with an ID token from a provider's native SDK.

     It must carry a nonce of `POST /login/<provider>/nonce`, which works once.

    Args:
        provider (str): The providers of this application.
        x_auth_delivery (Delivery | Unset): How tokens are delivered: as httpOnly cookies, or in
            the body.
        x_trusted_device (str | Unset):
        body (IdToken): An ID token from the provider's native sign-in.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Challenge | EnrolmentRequired | SignedIn | VerificationRequired | Problem]
    """

    kwargs = _get_kwargs(
        provider=provider,
        body=body,
        x_auth_delivery=x_auth_delivery,
        x_trusted_device=x_trusted_device,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    provider: str,
    *,
    client: AuthenticatedClient | Client,
    body: IdToken,
    x_auth_delivery: Delivery | Unset = UNSET,
    x_trusted_device: str | Unset = UNSET,
) -> Challenge | EnrolmentRequired | SignedIn | VerificationRequired | Problem | None:
    """Sign in with an ID token from a provider's native SDK.

     It must carry a nonce of `POST /login/<provider>/nonce`, which works once.

    Args:
        provider (str): The providers of this application.
        x_auth_delivery (Delivery | Unset): How tokens are delivered: as httpOnly cookies, or in
            the body.
        x_trusted_device (str | Unset):
        body (IdToken): An ID token from the provider's native sign-in.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Challenge | EnrolmentRequired | SignedIn | VerificationRequired | Problem
    """

    return (
        await asyncio_detailed(
            provider=provider,
            client=client,
            body=body,
            x_auth_delivery=x_auth_delivery,
            x_trusted_device=x_trusted_device,
        )
    ).parsed
