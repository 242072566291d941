"""The two ceremonies of WebAuthn: what browsers are asked, and whether what they answer holds. Pure.

`py_webauthn` judges most of it; what level 3 demands besides is judged here. Bytes are base64url without
padding in everything that is kept or sent.
"""

import base64
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from flask_headless_auth.features.passkeys.party import RelyingParty

A = TypeVar("A")

Credential = Mapping[str, Any]
"""A `PublicKeyCredential` as its `toJSON()` gives it. Nothing of it is trusted, the types neither."""

Verification = Literal["required", "preferred"]

ES256, EDDSA, RS256 = -7, -8, -257
ALGORITHMS = (ES256, EDDSA, RS256)
"""Signatures that are offered and taken (COSE), first choice first."""

ATTESTATIONS = ("none", "packed")
"""None is asked for; browsers let an authenticator's own signature stand. The others are not even read."""

LARGEST = 16_384
"""Most characters of any member of an answer."""

LONGEST_ID = 1023
"""Most bytes of a credential id (WebAuthn L3 §7.1)."""

TRANSPORTS = ("usb", "nfc", "ble", "smart-card", "hybrid", "internal", "cable")


class Unproven(Exception):
    """The answer does not hold; the message is for the log alone."""


@dataclass(frozen=True)
class Created:
    """A new credential."""

    credential_id: str
    public_key: str
    sign_count: int
    transports: list[str]
    aaguid: str
    is_user_verified: bool
    is_backup_eligible: bool
    is_backed_up: bool


@dataclass(frozen=True)
class Asserted:
    """What an authenticator said of itself and its user when it signed."""

    sign_count: int
    is_user_verified: bool
    is_backup_eligible: bool
    is_backed_up: bool


def creation_options(
    party: RelyingParty,
    challenge: str,
    *,
    handle: str,
    name: str,
    exclude: Sequence[Mapping[str, Any]],
    verification: Verification,
    seconds: int,
) -> dict[str, Any]:
    """What `navigator.credentials.create` takes (`PublicKeyCredentialCreationOptionsJSON`)."""
    return {
        "rp": {"id": party.id, "name": party.name},
        "user": {"id": handle, "name": name, "displayName": name},
        "challenge": challenge,
        "pubKeyCredParams": [{"type": "public-key", "alg": one} for one in ALGORITHMS],
        "timeout": seconds * 1000,
        "excludeCredentials": list(exclude),
        "authenticatorSelection": {
            "residentKey": "required",
            "requireResidentKey": True,
            "userVerification": verification,
        },
        "attestation": "none",
    }


def request_options(
    party: RelyingParty,
    challenge: str,
    *,
    allowed: Sequence[Mapping[str, Any]],
    verification: Verification,
    seconds: int,
) -> dict[str, Any]:
    """What `navigator.credentials.get` takes (`PublicKeyCredentialRequestOptionsJSON`)."""
    return {
        "challenge": challenge,
        "timeout": seconds * 1000,
        "rpId": party.id,
        "allowCredentials": list(allowed),
        "userVerification": verification,
    }


def challenge_of(credential: Credential) -> str:
    """The challenge that an answer names, or "" where it names none."""
    try:
        challenge = _client_data(credential)["challenge"]
    except (Unproven, KeyError):
        return ""
    return challenge if isinstance(challenge, str) else ""


def id_of(credential: Credential) -> str:
    """The id of the credential that an answer is of, or "" where it names none."""
    named = credential.get("id")
    return named if isinstance(named, str) and len(named) <= LARGEST else ""


def handle_in(credential: Credential) -> str:
    """The user handle that an answer names, or "" where it names none."""
    response = credential.get("response")
    handle = response.get("userHandle") if isinstance(response, Mapping) else None
    return handle if isinstance(handle, str) else ""


def created(credential: Credential, challenge: str, party: RelyingParty, *, must_verify: bool) -> Created:
    """The credential of an answer to `create` (WebAuthn L3 §7.1).

    Raises:
        Unproven: it does not hold.
    """
    return _judged(lambda: _created(credential, challenge, party, must_verify))


def _created(credential: Credential, challenge: str, party: RelyingParty, must_verify: bool) -> Created:
    from webauthn import verify_registration_response
    from webauthn.helpers import (
        decode_credential_public_key,
        decoded_public_key_to_cryptography,
        parse_attestation_object,
    )
    from webauthn.helpers.cose import COSEAlgorithmIdentifier
    from webauthn.helpers.structs import CredentialDeviceType

    _check_context(credential)
    response = credential["response"]
    attested = parse_attestation_object(_bytes(response["attestationObject"]))
    if attested.fmt not in ATTESTATIONS:
        raise Unproven("an attestation that was not asked for")
    verified = verify_registration_response(
        credential=dict(credential),
        expected_challenge=_bytes(challenge),
        expected_rp_id=party.id,
        expected_origin=list(party.origins),
        require_user_verification=must_verify,
        supported_pub_key_algs=[COSEAlgorithmIdentifier(one) for one in ALGORITHMS],
    )
    if text_of(verified.credential_id) != credential["id"] or len(verified.credential_id) > LONGEST_ID:
        raise Unproven("another credential than the answer names")
    key = decode_credential_public_key(verified.credential_public_key)
    if not _is_sound(decoded_public_key_to_cryptography(key), key.alg):
        raise Unproven("not a key for its algorithm")
    return Created(
        credential_id=text_of(verified.credential_id),
        public_key=text_of(verified.credential_public_key),
        sign_count=verified.sign_count,
        transports=_transports(response.get("transports")),
        aaguid=verified.aaguid,
        is_user_verified=verified.user_verified,
        is_backup_eligible=verified.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
        is_backed_up=verified.credential_backed_up,
    )


def asserted(credential: Credential, challenge: str, party: RelyingParty, public_key: str) -> Asserted:
    """What an answer to `get` says, signed with the key that *public_key* belongs to (WebAuthn L3 §7.2).

    Whose it is and whether its counter has grown is for the caller to judge, who keeps both.

    Raises:
        Unproven: it does not hold.
    """
    return _judged(lambda: _asserted(credential, challenge, party, public_key))


def _asserted(credential: Credential, challenge: str, party: RelyingParty, public_key: str) -> Asserted:
    from webauthn import verify_authentication_response
    from webauthn.helpers.structs import CredentialDeviceType

    _check_context(credential)
    # The library skips what is no base64url; one answer has one spelling here.
    for member in ("authenticatorData", "signature"):
        _bytes(credential["response"][member])
    verified = verify_authentication_response(
        credential=dict(credential),
        expected_challenge=_bytes(challenge),
        expected_rp_id=party.id,
        expected_origin=list(party.origins),
        credential_public_key=_bytes(public_key),
        # The counter is compared by the statement that keeps it, behind the signature: an unsigned one
        # would let anybody raise the alarm.
        credential_current_sign_count=0,
    )
    return Asserted(
        sign_count=verified.new_sign_count,
        is_user_verified=verified.user_verified,
        is_backup_eligible=verified.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
        is_backed_up=verified.credential_backed_up,
    )


def _judged(judge: Callable[[], A]) -> A:
    try:
        return judge()
    except Unproven:
        raise
    except Exception as problem:
        # Bytes of strangers make the parsers below raise whatever they like: KeyError, ValueError, …
        raise Unproven(f"{type(problem).__name__}: {problem}") from problem


def _check_context(credential: Credential) -> None:
    """Pages that embed this one may not use its passkeys (WebAuthn L3 §7.1 steps 10 to 12)."""
    said = _client_data(credential)
    if said.get("crossOrigin", False) is not False or "topOrigin" in said:
        raise Unproven("used inside a page of another site")


def _client_data(credential: Credential) -> Mapping[str, Any]:
    response = credential.get("response")
    text = response.get("clientDataJSON") if isinstance(response, Mapping) else None
    try:
        said = json.loads(_bytes(text).decode("utf-8"))
    except (ValueError, RecursionError) as problem:
        raise Unproven("client data that is not JSON") from problem
    if not isinstance(said, dict):
        raise Unproven("client data that is no object")
    return said


_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")


def _bytes(text: Any) -> bytes:
    if not isinstance(text, str) or len(text) > LARGEST or not _BASE64URL.fullmatch(text):
        raise Unproven("not base64url")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def text_of(raw: bytes) -> str:
    """Bytes as base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _is_sound(key: Any, algorithm: int) -> bool:
    """Whether a key is one that its algorithm may have (WebAuthn L3 §5.8.5)."""
    if isinstance(key, ec.EllipticCurvePublicKey):
        return algorithm == ES256 and isinstance(key.curve, ec.SECP256R1)
    if isinstance(key, rsa.RSAPublicKey):
        return algorithm == RS256 and 2048 <= key.key_size <= 4096
    return algorithm == EDDSA and isinstance(key, ed25519.Ed25519PublicKey)


def _transports(said: Any) -> list[str]:
    return [one for one in TRANSPORTS if one in said] if isinstance(said, list) else []
