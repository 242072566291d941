"""Endpoints of providers."""

from collections.abc import Mapping
from typing import Any

import flask
from flask.views import MethodView

from flask_headless_auth import http
from flask_headless_auth.errors import (
    AccountNotLinked,
    Conflict,
    EmailMissing,
    InvalidCredentials,
    LastLoginMethod,
    OAuthCodeInvalid,
    OAuthStateInvalid,
    ProviderFailed,
    ProviderTokenRefused,
    ProviderUnknown,
    PublicUrlMissing,
    SecondFactorUnavailable,
    SignUpClosed,
    ValidationFailed,
)
from flask_headless_auth.features.email.events import EmailConfirmed
from flask_headless_auth.features.oauth import logic, registrations
from flask_headless_auth.features.oauth.events import ProviderLinked, ProviderUnlinked
from flask_headless_auth.features.oauth.models import Identity
from flask_headless_auth.features.oauth.schemas import (
    AuthorizationSchema,
    CallbackFormSchema,
    CallbackQuerySchema,
    ExchangeSchema,
    IdentityListSchema,
    IdTokenSchema,
    LinkRequestSchema,
    NonceSchema,
    SignInQuerySchema,
    UnlinkedSchema,
)
from flask_headless_auth.features.signin.events import SignedIn, SignInFailed
from flask_headless_auth.features.signin.schemas import SignInAnswerSchema
from flask_headless_auth.features.signup.events import SignedUp
from flask_headless_auth.guards import fresh_login_required, login_required
from flask_headless_auth.limits import limited

blueprint = http.Blueprint("oauth", __name__, description="Sign in with other providers, and link them.")

NAMED: list[dict[str, Any]] = [
    {
        "in": "path",
        "name": "provider",
        "required": True,
        "description": "`name` of one of the `providers` of GET /config.",
        "schema": {
            "type": "string",
            "description": "The providers of this application.",
            "x-component": "ProviderName",
        },
    }
]
# One name for both: OpenAPI has no two paths that differ by the name of a parameter alone.
ONE = [
    {
        "in": "path",
        "name": "identity",
        "description": "To link: `name` of a provider of GET /config. To unlink: `id` of GET /identities.",
    }
]
AWAY = {"description": "On to the provider, or back to the front end with `?error=`."}
BACK = {"description": "Back to the front end."}
LOCATION = {"Location": {"description": "Where to go on.", "schema": {"type": "string", "format": "uri"}}}


@blueprint.route("/login/<provider>", parameters=NAMED)
class LoginWithProvider(MethodView):
    @limited("provider_login")
    @blueprint.never_head
    @blueprint.raises(ProviderUnknown, PublicUrlMissing)
    @blueprint.arguments(SignInQuerySchema, location="query")
    @blueprint.response(302, headers=LOCATION, **AWAY)
    def get(self, query: Mapping[str, Any], provider: str) -> flask.Response:
        """Begin to sign in with a provider: let the browser open this address.

        Not to be fetched: it is a link or `location.href`. The browser returns to `redirect_uri`, or to
        POST_LOGIN_REDIRECT_URL, signed in by cookies. With `?code=` the sign-in goes on at
        `POST /oauth/exchange`; with `?error=` it has failed, and the value is a `code` of a problem.
        """
        return _to(logic.sign_in(provider, **query))


@blueprint.route("/callback/<provider>", parameters=NAMED)
class ProviderCallback(MethodView):
    @limited("provider_callback")
    @blueprint.never_head
    @blueprint.raises(OAuthStateInvalid, ProviderUnknown, PublicUrlMissing)
    @blueprint.emits(SignedIn, SignedUp, SignInFailed, ProviderLinked, EmailConfirmed)
    @blueprint.arguments(CallbackQuerySchema, location="query")
    @blueprint.response(302, headers=LOCATION, **BACK)
    def get(self, query: Mapping[str, Any], provider: str) -> flask.Response:
        """Come back from a provider; only providers send browsers here.

        Sets the cookies of the sign-in and returns to the front end. No token is ever in the address.
        """
        return _to(logic.come_back(provider, **query))


@blueprint.route("/callback/<provider>", parameters=NAMED)
class ProviderFormCallback(MethodView):
    @limited("provider_callback")
    @blueprint.any_origin
    @blueprint.raises(OAuthStateInvalid, ProviderUnknown, PublicUrlMissing)
    @blueprint.emits(SignedIn, SignedUp, SignInFailed, ProviderLinked, EmailConfirmed)
    @blueprint.arguments(CallbackFormSchema, location="form")
    @blueprint.response(302, headers=LOCATION, **BACK)
    def post(self, form: Mapping[str, Any], provider: str) -> flask.Response:
        """Come back from a provider that answers with a form, as Apple does.

        The same as the GET. The state and its cookie guard it, and not the origin of the page.
        """
        return _to(logic.come_back(provider, **form))


@blueprint.route("/oauth/exchange")
class ExchangeCode(MethodView):
    @limited("provider_exchange")
    @blueprint.delivers
    @blueprint.raises(OAuthCodeInvalid, InvalidCredentials, SecondFactorUnavailable)
    @blueprint.emits(SignedIn, SignInFailed)
    @blueprint.arguments(ExchangeSchema)
    @blueprint.response(200, SignInAnswerSchema)
    def post(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Go on with a sign-in at a provider: exchange the `code` of the redirect.

        It works once, within 60 seconds, with the `code_verifier` of the `code_challenge`, or from the
        browser that began.
        """
        return logic.exchange(**body)


@blueprint.route("/login/<provider>/nonce", parameters=NAMED)
class GetProviderNonce(MethodView):
    @limited("provider_login")
    @blueprint.raises(ProviderUnknown)
    @blueprint.response(200, NonceSchema)
    def post(self, provider: str) -> dict[str, Any]:
        """Get a nonce for a native sign-in.

        Hand it to the provider's SDK as it is; the ID token that comes then carries it.
        """
        return logic.nonce_for(provider)


@blueprint.route("/login/<provider>/token", parameters=NAMED)
class LoginWithIdToken(MethodView):
    @limited("provider_login")
    @blueprint.delivers
    @blueprint.raises(
        ProviderUnknown, ProviderTokenRefused, ProviderFailed, AccountNotLinked, Conflict, EmailMissing,
        SignUpClosed, InvalidCredentials, SecondFactorUnavailable,
    )  # fmt: skip
    @blueprint.emits(SignedIn, SignedUp, SignInFailed, ProviderLinked, EmailConfirmed)
    @blueprint.arguments(IdTokenSchema)
    @blueprint.response(200, SignInAnswerSchema)
    def post(self, body: Mapping[str, Any], provider: str) -> dict[str, Any]:
        """Sign in with an ID token from a provider's native SDK.

        It must carry a nonce of `POST /login/<provider>/nonce`, which works once.
        """
        return logic.with_id_token(provider, **body)


@blueprint.route("/identities")
class ListIdentities(MethodView):
    @limited("read")
    @login_required
    @blueprint.response(200, IdentityListSchema)
    def get(self) -> dict[str, Any]:
        """List the providers that my account is linked to.

        All of them, oldest first; `next_cursor` is null.
        """
        return {"items": [_shown(one) for one in logic.mine()], "next_cursor": None}


@blueprint.route("/identities/<identity>", parameters=ONE)
class LinkIdentity(MethodView):
    @limited("change")
    @fresh_login_required()
    @blueprint.raises(ProviderUnknown, ProviderFailed, PublicUrlMissing, ValidationFailed)
    @blueprint.arguments(LinkRequestSchema, required=False)
    @blueprint.response(200, AuthorizationSchema)
    def post(self, body: Mapping[str, Any], identity: str) -> dict[str, Any]:
        """Begin to link a provider to my account.

        Send the browser to `authorization_url`, in which it must keep this answer's cookie. It returns to
        `redirect_uri`; with `?error=` it is not linked, and the value is a `code` of a problem.
        """
        return logic.start_linking(identity, **body)


@blueprint.route("/identities/<identity>", parameters=ONE)
class UnlinkIdentity(MethodView):
    @limited("change")
    @fresh_login_required()
    @blueprint.finds
    @blueprint.raises(LastLoginMethod)
    @blueprint.emits(ProviderUnlinked)
    @blueprint.response(200, UnlinkedSchema)
    def delete(self, identity: str) -> dict[str, Any]:
        """Unlink a provider from my account.

        The last way to sign in stays: set a password first.
        """
        logic.unlink(identity)
        return {"message": "The provider is unlinked."}


def _to(url: str) -> flask.Response:
    return flask.Response(status=302, headers={"Location": url})


def _shown(identity: Identity) -> dict[str, Any]:
    return {
        "id": identity.id,
        "provider": identity.provider,
        "label": registrations.label_of(identity.provider),
        "email": identity.email,
        "created_at": identity.created_at,
        "last_used_at": identity.last_used_at,
    }
