"""Sign in with a provider, link one, prove presence by one."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import request
from sqlalchemy.exc import IntegrityError

from flask_headless_auth import clock, cookies, links, users
from flask_headless_auth.database import emit, once_more, transaction
from flask_headless_auth.errors import (
    AuthError,
    Conflict,
    InvalidCredentials,
    NotFound,
    OAuthCodeInvalid,
    ProviderFailed,
    ProviderTokenRefused,
    ProviderUnknown,
    SessionEnded,
    ValidationFailed,
)
from flask_headless_auth.feature import Proof
from flask_headless_auth.features.oauth import (
    attempts,
    browser,
    linking,
    models,
    persons,
    protocol,
    registrations,
)
from flask_headless_auth.features.oauth.attempts import Attempt
from flask_headless_auth.features.oauth.events import ProviderUnlinked
from flask_headless_auth.features.oauth.persons import Told
from flask_headless_auth.features.oauth.providers import Registration
from flask_headless_auth.features.oauth.registrations import Registrations
from flask_headless_auth.features.sessions import logic as sessions
from flask_headless_auth.features.signin import logic as signin
from flask_headless_auth.features.signin.events import SignInFailed
from flask_headless_auth.guards import authenticate, signed_in_user
from flask_headless_auth.settings import CoreSettings
from flask_headless_auth.state import part, settings
from flask_headless_auth.vault import Unsealable, Vault

PROVIDER = "provider"
"""The method of the proof; RFC 8176 has no word for it."""

SOON = 60
"""Seconds before its end at which a provider's token is replaced."""


def sign_in(provider: str, *, redirect_uri: str | None = None, code_challenge: str | None = None) -> str:
    """Where to send the browser: to the provider, or, when that does not answer, back with `?error=`.

    Raises:
        ProviderUnknown, PublicUrlMissing: as they say.
        ValidationFailed: nobody may be sent to *redirect_uri*, or tokens travel in no cookies and there is no
            *code_challenge*.
    """
    ours, target = registrations.at(provider), _target(redirect_uri)
    if code_challenge is None and "cookie" not in part(cookies.Transport).channels:
        raise ValidationFailed(errors={"code_challenge": ["Needed where tokens do not travel as cookies."]})
    try:
        return _begin(ours, "sign_in", target, challenge=code_challenge)
    except ProviderFailed as refusal:
        return links.with_query(target, error=refusal.code)


def start_linking(provider: str, *, redirect_uri: str | None = None) -> dict[str, Any]:
    """Where to send the browser of the signed-in user to link an identity.

    Raises:
        ProviderUnknown, ProviderFailed, PublicUrlMissing: as they say.
        ValidationFailed: nobody may be sent to *redirect_uri*.
    """
    ours, target = registrations.at(provider), _target(redirect_uri)
    url = _begin(ours, "link", target, user=signed_in_user(), session_id=authenticate()["sid"])
    return {"authorization_url": url}


def _target(redirect_uri: str | None) -> str:
    links.check(redirect_uri, "redirect_uri")
    core = settings(CoreSettings)
    return redirect_uri or core.post_login_redirect_url or core.frontend_url or f"{links.public_url()}/"


def _callback_of(ours: Registration) -> str:
    return f"{links.public_url()}{settings(CoreSettings).url_prefix}/callback/{ours.name}"


def _begin(ours: Registration, goal: str, target: str, **whose: Any) -> str:
    callback = _callback_of(ours)
    with transaction():
        attempt, state = attempts.begin(ours, goal, target, **whose)
    return protocol.authorization_url(
        ours,
        redirect_uri=callback,
        state=state,
        nonce=attempt.nonce,
        verifier=attempt.verifier,
        goal=goal,
    )


def come_back(
    provider: str,
    *,
    state: str,
    code: str | None = None,
    error: str | None = None,
    iss: str | None = None,
    person: str | None = None,
) -> str:
    """Where to send the browser that comes back from a provider: the front end, with `?code=` or `?error=`.

    No transaction is open while the provider is asked.

    Raises:
        ProviderUnknown, PublicUrlMissing: as they say.
        OAuthStateInvalid: this browser was not sent to this provider, or was back already.
    """
    ours = registrations.at(provider)
    with transaction():
        attempt = attempts.redeem(ours, state)
    try:
        said = persons.ask(ours, attempt, _callback_of(ours), code=code, error=error, iss=iss, person=person)
        answer = once_more(lambda: _GOALS[attempt.goal](ours, attempt, said))
    except AuthError as refusal:
        if attempt.goal != "link":
            _record_failure(attempt.user_id)
        answer = {"error": refusal.code}
    if "code" not in answer or attempt.goal != "sign_in":
        browser.unbind(attempt.binding)
    return links.with_query(attempt.target, **answer)


def _record_failure(user_id: Any = None) -> None:
    with transaction():
        user = users.by_id(user_id) if user_id is not None else None
        emit(SignInFailed(user=user, method=PROVIDER))


def _come_back_to_sign_in(ours: Registration, attempt: Attempt, said: Told) -> dict[str, str]:
    """Signed in by cookies, or a code where the front end has to go on: a second factor, no cookies."""

    def work() -> dict[str, str]:
        with transaction():
            user, held = linking.user_for(ours, said)
            if attempt.challenge is None and user is not None:
                cookies.want("cookie")
                if signin.finish(user, [_proof()])["status"] == "signed_in":
                    return {}
            if user is not None and user.is_active is not True:
                raise InvalidCredentials
            return {"code": attempts.code_for(attempt, user, held=held)}

    return _one_account(work)


def _one_account(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The answer of *work*; where a parallel first sign-in won, the second time finds its account."""
    try:
        return work()
    except IntegrityError:
        pass
    try:
        return work()
    except IntegrityError:
        raise Conflict from None


def _proof() -> Proof:
    return Proof(PROVIDER, clock.timestamp())


def _come_back_to_link(ours: Registration, attempt: Attempt, said: Told) -> dict[str, str]:
    """Linked, if the session that wanted it still stands: the browser sends no Strict cookie along."""

    def work() -> dict[str, str]:
        claims = {"type": "access", "sid": attempt.session_id, "sub": attempt.user_id}
        with transaction():
            user = users.by_id(attempt.user_id)
            if user is None or not sessions.admits(claims):
                raise SessionEnded
            linking.link(ours, said, user)
        return {}

    return _one_account(work)


def _come_back_to_prove(ours: Registration, attempt: Attempt, said: Told) -> dict[str, str]:
    """A code that proves presence, if the identity is one of the same user's."""
    with transaction():
        known = models.find(models.id_of(ours.name, said.subject))
        if known is None or known.user_id != attempt.user_id:
            raise InvalidCredentials
        return {"code": attempts.presence_code(attempt, users.by_id(attempt.user_id))}


_GOALS: Mapping[str, Callable[[Registration, Attempt, Told], dict[str, str]]] = {
    "sign_in": _come_back_to_sign_in,
    "link": _come_back_to_link,
    "presence": _come_back_to_prove,
}


def exchange(*, code: str, code_verifier: str | None = None, remember: bool = True) -> dict[str, Any]:
    """The sign-in answer for the code of a redirect.

    Raises:
        OAuthCodeInvalid: the code is no good, or this is not the client that began.
        InvalidCredentials, SecondFactorUnavailable: as at every sign-in.
    """
    redeemed = None
    try:
        with transaction():
            redeemed = attempts.redeem_code(code, code_verifier)
        if redeemed.content["held"] is not None:
            return dict(redeemed.content["held"])
        user = users.by_id(redeemed.user_id)
        if user is None:
            raise OAuthCodeInvalid
        return signin.finish(user, [Proof(PROVIDER, redeemed.content["at"])], remember=remember)
    except AuthError:
        _record_failure(redeemed.user_id if redeemed is not None else None)
        raise


def nonce_for(provider: str) -> dict[str, Any]:
    """A nonce that a native app hands to the provider.

    Raises:
        ProviderUnknown: there is none of this name that signs ID tokens.
    """
    ours = _signing(provider)
    with transaction():
        nonce = attempts.new_nonce(ours)
    return {"nonce": nonce, "expires_in": int(attempts.NONCE_LIFE.total_seconds())}


def with_id_token(provider: str, *, id_token: str, remember: bool = True) -> dict[str, Any]:
    """Sign in with the ID token that a native app got from the provider.

    Raises:
        ProviderTokenRefused: it is not one for this application, or its nonce is not a good one of ours.
        ProviderFailed: the provider's keys cannot be had.
        AccountNotLinked, EmailMissing, SignUpClosed: no account is to be had.
        InvalidCredentials, SecondFactorUnavailable: as at every sign-in.
    """
    ours = _signing(provider)
    try:
        said = _told_by_token(ours, id_token)

        def work() -> dict[str, Any]:
            with transaction():
                user, held = linking.user_for(ours, said)
                return dict(held) if held is not None else signin.finish(user, [_proof()], remember=remember)

        return once_more(lambda: _one_account(work))
    except AuthError:
        _record_failure()
        raise


def _told_by_token(ours: Registration, id_token: str) -> Told:
    """Who is named by an ID token that carries a nonce of ours, which is used up."""
    with protocol.translated(ours, ProviderTokenRefused):
        claims = protocol.read_id_token(ours, id_token, audiences=(ours.client_id, *ours.native_client_ids))
        said = persons.told(ours, claims, {}, None)
    with transaction():
        is_good = attempts.redeem_nonce(ours, claims.get("nonce"))
    if not is_good:
        raise ProviderTokenRefused
    return said


def _signing(provider: str) -> Registration:
    ours = registrations.at(provider)
    if ours.issuer is None:
        raise ProviderUnknown
    return ours


def mine() -> list[models.Identity]:
    """The identities of the signed-in user."""
    return list(models.all_of(authenticate()["sub"]))


def unlink(identity_id: str) -> None:
    """Unlink an identity of the signed-in user.

    Raises:
        NotFound: it is not theirs.
        LastLoginMethod: there is no other way in.
    """
    claims = authenticate()
    with transaction():
        # Nothing is read in front of the lock: on MariaDB an older read would hide what others remove.
        users.locked(claims["sub"])
        user = signed_in_user()
        known = models.find(identity_id)
        if known is None or known.user_id != users.key_of(user):
            raise NotFound("You have no such identity.")
        provider, counts = known.provider, known.provider in part(Registrations)
        models.remove(identity_id, users.key_of(user))
        if counts:
            users.keep_a_way_in(user)
        emit(ProviderUnlinked(user=user, provider=provider, label=registrations.label_of(provider)))


def ways_in(user: Any) -> int:
    """The identities at providers that are on."""
    return models.count_of(users.key_of(user), registrations.names())


def has_identity(user: Any) -> bool:
    """Whether the user can prove presence at a provider."""
    return ways_in(user) > 0


def start_proof(user: Any) -> dict[str, Any]:
    """Where to send the browser to prove presence at the provider that the request's body names.

    Raises:
        ValidationFailed: the user has no identity there, or may not be sent back to where the body says.
        ProviderFailed, PublicUrlMissing: as they say.
    """
    asked = request.get_json(silent=True) or {}
    known = [one.provider for one in models.all_of(users.key_of(user)) if one.provider in part(Registrations)]
    provider = asked.get("provider", known[0] if len(set(known)) == 1 else None)
    if provider not in known:
        listed = ", ".join(dict.fromkeys(known))
        raise ValidationFailed(errors={"provider": [f"Name one of yours: {listed}."]})
    ours, target = registrations.at(provider), _target(asked.get("redirect_uri"))
    url = _begin(ours, "presence", target, user=user, session_id=authenticate()["sid"])
    return {"authorization_url": url}


def proves(user: Any, answer: Mapping[str, Any]) -> bool:
    """Whether the answer has the code of a proof at a provider, of this user in this session."""
    with transaction():
        return attempts.proves_presence(answer.get("code") or "", user, authenticate()["sid"])


def token_of(user: Any, provider: str) -> str | None:
    """An access token of the user's at a provider, refreshed where it is over; None where there is none.

    Raises:
        ProviderFailed: it is over, and the provider gives no new one.
    """
    ours = registrations.at(provider)
    kept = models.with_tokens_of(users.key_of(user), provider)
    if kept is None or kept.tokens is None:
        return None
    identity_id, sealed = kept.id, kept.tokens
    try:
        tokens = part(Vault).open(linking.SEALED, sealed)
    except Unsealable:
        return None
    if tokens.get("expires_at", clock.timestamp() + SOON + 1) > clock.timestamp() + SOON:
        return str(tokens["access_token"])
    if "refresh_token" not in tokens:
        return None
    fresh = protocol.refreshed(ours, tokens["refresh_token"])
    with transaction():
        models.replace_tokens(identity_id, sealed, linking.sealed(fresh, sealed) or sealed)
    return str(fresh["access_token"])


def forget_user(user: Any) -> dict[str, int]:
    """Erase the user's identities."""
    return {"identities": models.erase_all_of(users.key_of(user))}


def disown(user: Any) -> dict[str, int]:
    """Unlink every identity: they are not the owner's of the address."""
    return forget_user(user)


def export_user(user: Any) -> dict[str, Any]:
    """The user's identities, without tokens."""
    return {
        "identities": [
            {
                "provider": one.provider,
                "subject": one.subject,
                "email": one.email,
                "created_at": one.created_at.isoformat(),
                "last_used_at": one.last_used_at.isoformat(),
            }
            for one in models.all_of(users.key_of(user))
        ]
    }
