from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.challenge import Challenge
from ...models.delivery import Delivery
from ...models.enrolment_required import EnrolmentRequired
from ...models.exchange import Exchange
from ...models.problem import Problem
from ...models.signed_in import SignedIn
from ...models.verification_required import VerificationRequired
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: Exchange,
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
        "url": "/api/auth/oauth/exchange",
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
) -> Response[Challenge | EnrolmentRequired | SignedIn | VerificationRequired | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: Exchange,
    x_auth_delivery: Delivery | Unset = UNSET,
    x_trusted_device: str | Unset = UNSET,
) -> Response[Challenge | EnrolmentRequired | SignedIn | VerificationRequired | Problem]:
    """Go on with a sign-in at a provider: exchange the `code` of the redirect.

     It works once, within 60 seconds, with the `code_verifier` of the `code_challenge`, or from the
    browser that began.

    Args:
        x_auth_delivery (Delivery | Unset): How tokens are delivered: as httpOnly cookies, or in
            the body.
        x_trusted_device (str | Unset):
        body (Exchange): The code of the redirect, and what belongs to it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Challenge | EnrolmentRequired | SignedIn | VerificationRequired | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
        x_auth_delivery=x_auth_delivery,
        x_trusted_device=x_trusted_device,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: Exchange,
    x_auth_delivery: Delivery | Unset = UNSET,
    x_trusted_device: str | Unset = UNSET,
) -> Challenge | EnrolmentRequired | SignedIn | VerificationRequired | Problem | None:
    """Go on with a sign-in at a provider: exchange the `code` of the redirect.

     It works once, within 60 seconds, with the `code_verifier` of the `code_challenge`, or from the
    browser that began.

    Args:
        x_auth_delivery (Delivery | Unset): How tokens are delivered: as httpOnly cookies, or in
            the body.
        x_trusted_device (str | Unset):
        body (Exchange): The code of the redirect, and what belongs to it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Challenge | EnrolmentRequired | SignedIn | VerificationRequired | Problem
    """

    return sync_detailed(
        client=client,
        body=body,
        x_auth_delivery=x_auth_delivery,
        x_trusted_device=x_trusted_device,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: Exchange,
    x_auth_delivery: Delivery | Unset = UNSET,
    x_trusted_device: str | Unset = UNSET,
) -> Response[Challenge | EnrolmentRequired | SignedIn | VerificationRequired | Problem]:
    """Go on with a sign-in at a provider: exchange the `code` of the redirect.

     It works once, within 60 seconds, with the `code_verifier` of the `code_challenge`, or from the
    browser that began.

    Args:
        x_auth_delivery (Delivery | Unset): How tokens are delivered: as httpOnly cookies, or in
            the body.
        x_trusted_device (str | Unset):
        body (Exchange): The code of the redirect, and what belongs to it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Challenge | EnrolmentRequired | SignedIn | VerificationRequired | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
        x_auth_delivery=x_auth_delivery,
        x_trusted_device=x_trusted_device,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: Exchange,
    x_auth_delivery: Delivery | Unset = UNSET,
    x_trusted_device: str | Unset = UNSET,
) -> Challenge | EnrolmentRequired | SignedIn | VerificationRequired | Problem | None:
    """Go on with a sign-in at a provider: exchange the `code` of the redirect.

     It works once, within 60 seconds, with the `code_verifier` of the `code_challenge`, or from the
    browser that began.

    Args:
        x_auth_delivery (Delivery | Unset): How tokens are delivered: as httpOnly cookies, or in
            the body.
        x_trusted_device (str | Unset):
        body (Exchange): The code of the redirect, and what belongs to it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Challenge | EnrolmentRequired | SignedIn | VerificationRequired | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            x_auth_delivery=x_auth_delivery,
            x_trusted_device=x_trusted_device,
        )
    ).parsed
