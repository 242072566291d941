"""What is said to a provider and what it answers: OAuth 2.0 and OpenID Connect, spoken by Authlib.

Everything that a provider answers is a stranger's text: small, soon, from where the discovery document of the
configured issuer says, and checked. No database, and no transaction is open meanwhile.
"""

import hmac
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from flask_headless_auth import clock
from flask_headless_auth.errors import ProviderFailed
from flask_headless_auth.features.oauth import fetch
from flask_headless_auth.features.oauth.fetch import Refused
from flask_headless_auth.features.oauth.providers import Claims, Registration
from flask_headless_auth.features.oauth.settings import OAuthSettings
from flask_headless_auth.state import settings

log = logging.getLogger("flask_headless_auth")

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures of ID tokens: with a published key only, never with a shared secret (RFC 8725 §3.1)."""

KEPT = timedelta(hours=1)
"""How long a discovery document and keys are believed."""

AGAIN = timedelta(seconds=30)
"""How soon keys are asked for again because a token names one that is not among them."""

LEEWAY = 60
"""Seconds by which a provider's clock may differ."""


def authorization_url(
    ours: Registration, *, redirect_uri: str, state: str, nonce: str, verifier: str, goal: str
) -> str:
    """Where to send the browser: with state, PKCE S256 (RFC 7636) and, for OpenID Connect, a nonce.

    Raises:
        ProviderFailed: its discovery document cannot be had.
    """
    with _talking(ours) as session:
        parameters, scopes = _asked_for(ours, goal)
        if ours.issuer is not None:
            parameters["nonce"] = nonce
        url, _ = session.create_authorization_url(
            _endpoint(ours, "authorization_endpoint"),
            state=state,
            code_verifier=verifier,
            redirect_uri=redirect_uri,
            scope=" ".join(scopes),
            **parameters,
        )
        return str(url)


def _asked_for(ours: Registration, goal: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """The further members of an authorization request, and its scopes."""
    at = ours.provider
    if goal == "presence":
        return {**at.parameters, **at.presence}, ours.scopes
    if settings(OAuthSettings).store_tokens:
        return {**at.parameters, **at.offline}, (*ours.scopes, *at.offline_scopes)
    return dict(at.parameters), ours.scopes


def check_freshness(ours: Registration, claims: Claims, since: int) -> None:
    """Refuse an old sign-in at a provider that was asked for a new one (`max_age=0`).

    Raises:
        Refused: the person did not sign in there just now.
    """
    if "max_age" in ours.provider.presence and claims["auth_time"] < since - LEEWAY:
        raise Refused("the sign-in at the provider is an old one")


def redeem(
    ours: Registration, code: str, *, redirect_uri: str, nonce: str, verifier: str
) -> tuple[Claims, dict[str, Any]]:
    """Who came back with this code, in the provider's own words, and the provider's tokens.

    Raises:
        ProviderFailed: the provider does not answer, refuses the code, or its answer proves nothing.
    """
    with _talking(ours) as session:
        tokens = session.fetch_token(
            _endpoint(ours, "token_endpoint"),
            grant_type="authorization_code",
            code=code,
            redirect_uri=redirect_uri,
            code_verifier=verifier,
            headers=fetch.HEADERS,
        )
        if ours.issuer is None:
            asked = ours.provider.resources.items()
            return {name: fetch.get(session, url, tokens) for name, url in asked}, dict(tokens)
        claims = read_id_token(
            ours, tokens.get("id_token"), audiences=(ours.client_id,), access_token=tokens.get("access_token")
        )
        if not hmac.compare_digest(str(claims.get("nonce")).encode(), nonce.encode()):
            raise Refused("the nonce is another one")
        return _with_userinfo(ours, session, claims, tokens), dict(tokens)


def _with_userinfo(ours: Registration, session: Any, claims: Claims, tokens: Mapping[str, Any]) -> Claims:
    """The claims, completed by the userinfo endpoint where the ID token has no address."""
    url = metadata(ours).get("userinfo_endpoint")
    if claims.get("email") or url is None:
        return claims
    told = fetch.get(session, fetch.safe(ours, url), tokens)
    # OpenID Connect §5.3.2: without the same subject it is somebody else's.
    if told.get("sub") != claims["sub"]:
        raise Refused("userinfo is somebody else's")
    return {**told, **claims}


def refreshed(ours: Registration, refresh_token: str) -> dict[str, Any]:
    """New tokens for a refresh token.

    Raises:
        ProviderFailed: it does not give any.
    """
    with _talking(ours) as session:
        return dict(
            session.refresh_token(
                _endpoint(ours, "token_endpoint"), refresh_token=refresh_token, headers=dict(fetch.HEADERS)
            )
        )


def read_id_token(
    ours: Registration, token: object, *, audiences: tuple[str, ...], access_token: str | None = None
) -> Claims:
    """The claims of an ID token, verified as OpenID Connect §3.1.3.7 says; the caller compares the nonce.

    Raises:
        Refused, or what Authlib raises: it is not one of this issuer for this application now.
    """
    from authlib.oidc.core import CodeIDToken
    from joserfc import jwt

    if not isinstance(token, str):
        raise Refused("there is no ID token")
    read = jwt.decode(token, key=lambda signed: _key(ours, signed), algorithms=ALGORITHMS)
    claims: dict[str, Any] = read.claims
    if not ours.is_issuer(claims.get("iss")):
        raise Refused(f"the issuer is {claims.get('iss')!r:.100}")
    audience = claims.get("aud")
    named = [audience] if isinstance(audience, str) else audience
    # Authlib takes another client's token when `azp` is ours; every audience must be one of ours.
    if not isinstance(named, list) or not named or not all(one in audiences for one in named):
        raise Refused("the audience is somebody else")
    if not isinstance(claims.get("sub"), str) or isinstance(claims.get("exp"), bool):
        raise Refused("a claim is of the wrong type")
    known_as = next((one for one in audiences if one == claims.get("azp")), named[0])
    params = {"client_id": known_as, "access_token": access_token}
    CodeIDToken(claims, read.header, {}, params).validate(now=clock.timestamp(), leeway=LEEWAY)
    return claims


def _key(ours: Registration, signed: Any) -> Any:
    """The published key that an ID token names; keys are asked for anew when it is not among those known."""
    from joserfc.errors import InvalidKeyIdError
    from joserfc.jwk import KeySet

    headers = signed.headers()
    uri = fetch.safe(ours, metadata(ours).get("jwks_uri"))
    for is_last in (False, True):
        known = fetch.document(uri, ours, at_most=AGAIN if is_last else KEPT)
        usable = [one for one in known["keys"] if one.get("kty") in ("RSA", "EC", "OKP")]
        keys = KeySet.import_key_set({"keys": [one for one in usable if one.get("use", "sig") == "sig"]})
        try:
            return keys.get_by_kid(headers.get("kid"), {"alg": headers["alg"]})
        except InvalidKeyIdError:
            if is_last:
                raise
    raise AssertionError  # pragma: no cover - the last turn answers or raises


def metadata(ours: Registration) -> Mapping[str, Any]:
    """The provider's discovery document (OpenID Connect Discovery §4), or its known endpoints.

    Raises:
        Refused: the document is another issuer's (§4.3).
    """
    if ours.discovery is None:
        return ours.provider.endpoints
    found = fetch.document(ours.discovery, ours, at_most=KEPT)
    if found.get("issuer") != ours.issuer:
        raise Refused(f"the discovery document is of {found.get('issuer')!r:.100}")
    return found


def check_issuer(ours: Registration, told: str | None) -> None:
    """Refuse an authorization response of another issuer (RFC 9207 §2.4).

    Raises:
        ProviderFailed: it is of another one, or does not say, where the provider promises to.
    """
    with _translated(ours):
        promised = metadata(ours).get("authorization_response_iss_parameter_supported") is True
        if (told is not None or promised) and ours.issuer is not None and not ours.is_issuer(told):
            raise Refused(f"the response is of {told!r:.100}")


@contextmanager
def _talking(ours: Registration) -> Iterator[Any]:
    """A session with a provider. Whatever goes wrong in it is the provider's failure."""
    with _translated(ours):
        from authlib.integrations.requests_client import OAuth2Session

        secret = _signed_secret(ours) if ours.provider.signs_secret else ours.client_secret
        with OAuth2Session(
            ours.client_id,
            secret,
            code_challenge_method="S256",
            token_endpoint_auth_method=_client_auth(ours, secret),
            default_timeout=fetch.TIMEOUT,
        ) as session:
            fetch.limit(session)
            yield session


@contextmanager
def translated(ours: Registration, into: Callable[[], Exception]) -> Iterator[None]:
    """Within the block, whatever a provider's answer breaks becomes one refusal; the log has the reason."""
    import requests
    from authlib.common.errors import AuthlibBaseError
    from joserfc.errors import JoseError

    try:
        yield
    except requests.RequestException as problem:
        _log(ours, problem)
        raise ProviderFailed from None
    except (*_BROKEN, AuthlibBaseError, JoseError) as problem:
        _log(ours, problem)
        raise into() from None


_BROKEN = (Refused, ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What reading a stranger's text raises where it is not what it should be."""


def _translated(ours: Registration) -> Any:
    return translated(ours, ProviderFailed)


def _log(ours: Registration, problem: Exception) -> None:
    log.warning("%s: %s: %.300s", ours.name, type(problem).__name__, problem)


def _client_auth(ours: Registration, secret: str | None) -> str:
    if secret is None:
        return "none"
    known = metadata(ours).get("token_endpoint_auth_methods_supported", ["client_secret_post"])
    # In the body: servers differ in how they read odd characters of a secret in Basic.
    return "client_secret_post" if "client_secret_post" in known else "client_secret_basic"


def _signed_secret(ours: Registration) -> str:
    """A client secret for the next minutes: a JWT signed with the registration's own key (Apple)."""
    from joserfc import jwt
    from joserfc.jwk import ECKey

    now = clock.timestamp()
    claims = {"iss": ours.team_id, "iat": now, "exp": now + 300, "aud": ours.issuer, "sub": ours.client_id}
    key = ECKey.import_key(ours.private_key)
    return str(jwt.encode({"alg": "ES256", "kid": ours.key_id}, claims, key, algorithms=["ES256"]))


def _endpoint(ours: Registration, name: str) -> str:
    return fetch.safe(ours, metadata(ours).get(name))
