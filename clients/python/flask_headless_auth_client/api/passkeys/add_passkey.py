from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.challenge import Challenge
from ...models.delivery import Delivery
from ...models.enrolment_required import EnrolmentRequired
from ...models.new_passkey import NewPasskey
from ...models.passkey_added import PasskeyAdded
from ...models.problem import Problem
from ...models.signed_in import SignedIn
from ...models.verification_required import VerificationRequired
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: NewPasskey,
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
        "url": "/api/auth/passkeys/register",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Challenge | EnrolmentRequired | PasskeyAdded | SignedIn | VerificationRequired | Problem | None:
    expected = "application/problem+json" if response.status_code >= 400 else "application/json"
    if not response.headers.get("Content-Type", "").startswith(expected):
        # Not an answer of the API: the page of a proxy in front of it, for instance.
        if client.raise_on_unexpected_status:
            raise errors.UnexpectedStatus(response.status_code, response.content)
        return None

    if response.status_code == 201:

        def _parse_response_201(
            data: object,
        ) -> Challenge | EnrolmentRequired | PasskeyAdded | SignedIn | VerificationRequired:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_passkey_answer_type_0 = PasskeyAdded.from_dict(data)

                return componentsschemas_passkey_answer_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_passkey_answer_type_1 = SignedIn.from_dict(data)

                return componentsschemas_passkey_answer_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_passkey_answer_type_2 = Challenge.from_dict(data)

                return componentsschemas_passkey_answer_type_2
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_passkey_answer_type_3 = EnrolmentRequired.from_dict(data)

                return componentsschemas_passkey_answer_type_3
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            componentsschemas_passkey_answer_type_4 = VerificationRequired.from_dict(data)

            return componentsschemas_passkey_answer_type_4

        response_201 = _parse_response_201(response.json())

        return response_201

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
) -> Response[Challenge | EnrolmentRequired | PasskeyAdded | SignedIn | VerificationRequired | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: NewPasskey,
    x_auth_delivery: Delivery | Unset = UNSET,
    x_trusted_device: str | Unset = UNSET,
) -> Response[Challenge | EnrolmentRequired | PasskeyAdded | SignedIn | VerificationRequired | Problem]:
    """Add a passkey to my account.

     `credential` is `toJSON()` of what the browser made. All other sessions end. With `enrolment` the
    passkey is the second factor that a sign-in waits for, and the answer is that of the sign-in.

    Args:
        x_auth_delivery (Delivery | Unset): How tokens are delivered: as httpOnly cookies, or in
            the body.
        x_trusted_device (str | Unset):
        body (NewPasskey): A passkey to add, and what to call it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Challenge | EnrolmentRequired | PasskeyAdded | SignedIn | VerificationRequired | Problem]
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
    body: NewPasskey,
    x_auth_delivery: Delivery | Unset = UNSET,
    x_trusted_device: str | Unset = UNSET,
) -> Challenge | EnrolmentRequired | PasskeyAdded | SignedIn | VerificationRequired | Problem | None:
    """Add a passkey to my account.

     `credential` is `toJSON()` of what the browser made. All other sessions end. With `enrolment` the
    passkey is the second factor that a sign-in waits for, and the answer is that of the sign-in.

    Args:
        x_auth_delivery (Delivery | Unset): How tokens are delivered: as httpOnly cookies, or in
            the body.
        x_trusted_device (str | Unset):
        body (NewPasskey): A passkey to add, and what to call it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Challenge | EnrolmentRequired | PasskeyAdded | SignedIn | VerificationRequired | Problem
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
    body: NewPasskey,
    x_auth_delivery: Delivery | Unset = UNSET,
    x_trusted_device: str | Unset = UNSET,
) -> Response[Challenge | EnrolmentRequired | PasskeyAdded | SignedIn | VerificationRequired | Problem]:
    """Add a passkey to my account.

     `credential` is `toJSON()` of what the browser made. All other sessions end. With `enrolment` the
    passkey is the second factor that a sign-in waits for, and the answer is that of the sign-in.

    Args:
        x_auth_delivery (Delivery | Unset): How tokens are delivered: as httpOnly cookies, or in
            the body.
        x_trusted_device (str | Unset):
        body (NewPasskey): A passkey to add, and what to call it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Challenge | EnrolmentRequired | PasskeyAdded | SignedIn | VerificationRequired | Problem]
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
    body: NewPasskey,
    x_auth_delivery: Delivery | Unset = UNSET,
    x_trusted_device: str | Unset = UNSET,
) -> Challenge | EnrolmentRequired | PasskeyAdded | SignedIn | VerificationRequired | Problem | None:
    """Add a passkey to my account.

     `credential` is `toJSON()` of what the browser made. All other sessions end. With `enrolment` the
    passkey is the second factor that a sign-in waits for, and the answer is that of the sign-in.

    Args:
        x_auth_delivery (Delivery | Unset): How tokens are delivered: as httpOnly cookies, or in
            the body.
        x_trusted_device (str | Unset):
        body (NewPasskey): A passkey to add, and what to call it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Challenge | EnrolmentRequired | PasskeyAdded | SignedIn | VerificationRequired | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            x_auth_delivery=x_auth_delivery,
            x_trusted_device=x_trusted_device,
        )
    ).parsed
