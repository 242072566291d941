"""Every refusal of the API, as RFC 9457 problems.

    AuthError
    ├── BadRequest                  400
    │   ├── MalformedBody           malformed_body
    │   ├── ConfirmationLinkExpired confirmation_link_expired
    │   ├── ResetLinkExpired        reset_link_expired
    │   ├── EmailChangeLinkExpired  email_change_link_expired
    │   ├── RevertLinkExpired       revert_link_expired
    │   ├── MagicLinkExpired        magic_link_expired
    │   ├── ChallengeExpired        challenge_expired
    │   ├── EnrolmentExpired        enrolment_expired
    │   ├── PasskeyRefused          passkey_refused
    │   ├── OAuthStateInvalid       oauth_state_invalid
    │   ├── OAuthCodeInvalid        oauth_code_invalid
    │   └── ProviderTokenRefused    provider_token_refused
    ├── Unauthenticated             401, `detail` begins with "401 "
    │   ├── TokenMissing            token_missing
    │   ├── TokenInvalid            token_invalid
    │   ├── TokenExpired            token_expired
    │   ├── SessionEnded            session_ended
    │   └── RefreshReused           refresh_reused
    ├── InvalidCredentials          401  invalid_credentials
    ├── StepUpRequired              401  step_up_required
    ├── SecondFactorUnavailable     403  second_factor_unavailable
    ├── PasskeySignUpClosed         403  passkey_sign_up_closed
    ├── CrossSiteRequest            403  cross_site_request
    ├── PermissionDenied            403  permission_denied
    ├── ProviderDenied              403  provider_denied
    ├── EmailMissing                403  email_missing
    ├── SignUpClosed                403  sign_up_closed
    ├── NotFound                    404  not_found
    │   └── ProviderUnknown         provider_unknown
    ├── MethodNotAllowed            405  method_not_allowed
    ├── Conflict                    409  conflict
    │   ├── EmailTaken              email_taken
    │   ├── UsernameTaken           username_taken
    │   ├── FactorActive            factor_active
    │   ├── FactorMissing           factor_missing
    │   ├── LastLoginMethod         last_login_method
    │   ├── TooManyPasskeys         too_many_passkeys
    │   ├── AccountNotLinked        account_not_linked
    │   └── IdentityTaken           identity_taken
    ├── BodyTooLarge                413  body_too_large
    ├── UnsupportedMediaType        415  unsupported_media_type
    ├── ValidationFailed            422  validation_failed
    │   └── WeakPassword            weak_password
    ├── ProviderFailed              424  provider_failed
    ├── TooManyRequests             429  too_many_requests
    ├── InternalError               500  internal_error
    └── Unavailable                 503
        ├── ServiceUnavailable      service_unavailable
        ├── TablesMissing           tables_missing
        ├── PublicUrlMissing        public_url_missing
        ├── MailMissing             mail_missing
        └── InsecureConfiguration   insecure_configuration

`code` is for ever: clients switch on it. `detail` is a sentence for a person and may change. The class
docstring says what happened and `mend` what to do about it; both stand on the error's page.
`ConfigurationError` is not an answer: it stops the application at start-up.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

Messages = Mapping[str, Any]


class AuthError(Exception):
    """A refusal that becomes an `application/problem+json` answer.

    `facts` are extra members of the problem, `errors` maps a field to its messages, `headers` go with the
    answer.
    """

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_request"
    detail: str = "The request cannot be answered."
    mend: ClassVar[str] = "Correct the request."

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: Messages | None = None,
        headers: Mapping[str, str] | None = None,
        **facts: Any,
    ) -> None:
        if detail is not None:
            self.detail = detail
        super().__init__(self.detail)
        self.errors = errors
        self.facts = facts
        self.headers: dict[str, str] = dict(headers or {})

    @classmethod
    def title(cls) -> str:
        """The code as words: `email_taken` is "Email taken"."""
        return cls.code.replace("_", " ").capitalize()


def every() -> list[type[AuthError]]:
    """Each refusal of this package, once, sorted by status and code; a host's own are the host's."""
    found: dict[str, type[AuthError]] = {}
    queue: list[type[AuthError]] = [AuthError]
    while queue:
        kind = queue.pop()
        queue.extend(kind.__subclasses__())
        if "code" in vars(kind) and kind.__module__ == __name__:
            found[kind.code] = kind
    return sorted(found.values(), key=lambda kind: (kind.status, kind.code))


class BadRequest(AuthError):
    """The request is not one that HTTP allows here."""

    status, code = 400, "bad_request"


class MalformedBody(BadRequest):
    """The body is not JSON in UTF-8: broken syntax, a repeated key, NaN, or nested too deep."""

    code, detail = "malformed_body", "The request body is not valid JSON."
    mend = "Send one JSON object in UTF-8, each key once, numbers finite."


class ConfirmationLinkExpired(BadRequest):
    """The link is old, forged or already used for something else; the three are never told apart."""

    code, detail = "confirmation_link_expired", "This link no longer works. Ask for a new one."
    mend = "Ask for a new mail at `POST /resend-verification`."


class ResetLinkExpired(BadRequest):
    """The link is old, forged or already used; the three are never told apart."""

    code, detail = "reset_link_expired", "This link no longer works. Ask for a new one."
    mend = "Ask for a new mail at `POST /request-password-reset`."


class EmailChangeLinkExpired(BadRequest):
    """The link is old, forged or already used; the three are never told apart."""

    code, detail = "email_change_link_expired", "This link no longer works. Change the address once more."
    mend = "Ask for the change again at `POST /email/change`."


class RevertLinkExpired(BadRequest):
    """The link is older than its time, forged or already used; the three are never told apart."""

    code, detail = "revert_link_expired", "This link no longer works. Reset your password instead."
    mend = "Reset the password at `POST /request-password-reset`, or ask an administrator."


class MagicLinkExpired(BadRequest):
    """Link or code are old, forged, wrong, tried too often or already used; these are never told apart."""

    code, detail = "magic_link_expired", "This link or code does not work. Ask for a new one."
    mend = "Ask for a new mail at `POST /magic-link`."


class ChallengeExpired(BadRequest):
    """The challenge is old, forged, already answered, or of another password; these are never told apart."""

    code, detail = "challenge_expired", "This took too long. Sign in again."
    mend = "Sign in again, and answer the new challenge within ten minutes, once."


class EnrolmentExpired(BadRequest):
    """There is no enrolment to go on with: it is old, forged, finished, or was never begun."""

    code, detail = "enrolment_expired", "This enrolment is over. Begin again."
    mend = "Begin at `POST /mfa/enable`; where `enrolment` was sent, sign in again for a new one."


class PasskeyRefused(BadRequest):
    """The passkey's answer does not hold, or the challenge is old or used; these are never told apart."""

    code, detail = "passkey_refused", "This passkey could not be used. Try again."
    mend = (
        "Ask for new options and answer them once, within five minutes. A passkey that does not verify its "
        "user opens nothing alone. If every one is refused, see AUTHSVC_PASSKEYS_RP_ID and "
        "AUTHSVC_PASSKEYS_ORIGINS."
    )


class OAuthStateInvalid(BadRequest):
    """What came back is unknown, old, used, another provider's, or was begun in another browser."""

    code, detail = "oauth_state_invalid", "This sign-in was not begun here, or took too long. Begin again."
    mend = "Begin again at `GET /login/<provider>`, in the same browser and with cookies on."


class OAuthCodeInvalid(BadRequest):
    """The code is old, forged, used, or came without what belongs to it; these are never told apart."""

    code, detail = "oauth_code_invalid", "This code does not work. Begin the sign-in again."
    mend = (
        "Send the `code` of the redirect once, within 60 seconds, with the `code_verifier` whose "
        "`code_challenge` began the sign-in, or from the browser that began it."
    )


class ProviderTokenRefused(BadRequest):
    """The ID token is forged, expired, for somebody else, or without a good nonce; never told apart."""

    code, detail = "provider_token_refused", "This ID token is not accepted."
    mend = "Get a nonce at `POST /login/<provider>/nonce`, and with it a new ID token from the provider."


class Unauthenticated(AuthError):
    """No valid access token came with the request."""

    status, code, detail = 401, "unauthenticated", "401 Sign in to continue."
    mend = "Refresh once with the refresh token; if that is refused too, sign in again."

    def __init__(self, detail: str | None = None, **facts: Any) -> None:
        super().__init__(detail, **facts)
        error = "" if self.code == "token_missing" else ' error="invalid_token"'
        self.headers.setdefault("WWW-Authenticate", f"Bearer{error}")


class TokenMissing(Unauthenticated):
    """The request carries no token where one is needed."""

    code, detail = "token_missing", "401 Sign in to continue."
    mend = "Send the access token as a cookie or as `Authorization: Bearer …`."


class TokenInvalid(Unauthenticated):
    """The token is not one this server issued for this use: forged, altered, of another type or issuer."""

    code, detail = "token_invalid", "401 This token is not valid here."
    mend = "Drop the token and sign in again."


class TokenExpired(Unauthenticated):
    """The token's time is over."""

    code, detail = "token_expired", "401 This token has expired."
    mend = "Refresh; an expired refresh token means: sign in again."


class SessionEnded(Unauthenticated):
    """The session of this token is over: signed out, revoked, past its end, or the account is inactive."""

    code, detail = "session_ended", "401 This session has ended."
    mend = "Sign in again."


class RefreshReused(Unauthenticated):
    """A refresh token was used a second time, so the whole session has been ended (RFC 9700 §4.14)."""

    code, detail = "refresh_reused", "401 This refresh token was already used; the session has been ended."
    mend = "Sign in again. If it was not you who used it, change the password."


class InvalidCredentials(AuthError):
    """E-mail and password do not fit together. Unknown, wrong and inactive are never told apart."""

    status, code, detail = 401, "invalid_credentials", "E-mail or password is wrong."
    mend = "Try again with other words."

    def __init__(self, detail: str | None = None) -> None:
        # Every 401 names a scheme (RFC 9110 §15.5.2); a bare `Bearer` opens no dialogue in browsers.
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"})


class StepUpRequired(AuthError):
    """The sign-in is too old for this operation (RFC 9470). A refresh does not help."""

    status, code, detail = 401, "step_up_required", "Confirm that it is you to continue."
    mend = "Prove presence at `POST /reauthenticate` with one of `methods`, then repeat the request."

    def __init__(self, *, max_age: int, methods: Sequence[str] = (), detail: str | None = None) -> None:
        super().__init__(detail, max_age=max_age, methods=list(methods))
        self.headers["WWW-Authenticate"] = (
            f'Bearer error="insufficient_user_authentication", max_age="{max_age}"'
        )


class SecondFactorUnavailable(AuthError):
    """The account demands a second factor that this server cannot ask for now. The sign-in fails closed."""

    status, code = 403, "second_factor_unavailable"
    detail = "This account needs a second factor that cannot be asked for at the moment."
    mend = "The operator has to switch the factor on again."


class PasskeySignUpClosed(AuthError):
    """Addresses are confirmed before anybody is signed in here, and a sign-up waits with a password only."""

    status, code, detail = 403, "passkey_sign_up_closed", "Nobody signs up with a passkey alone here."
    mend = "Sign up with a password at `POST /signup`, confirm the address, and add a passkey then."


class CrossSiteRequest(AuthError):
    """A page of another site made this request with the browser's cookies (CSRF)."""

    status, code, detail = 403, "cross_site_request", "This request came from another site."
    mend = "Call from an origin listed in AUTHSVC_CORS_ORIGINS, or send a bearer token instead of cookies."


class PermissionDenied(AuthError):
    """The signed-in user may not do this."""

    status, code, detail = 403, "permission_denied", "You may not do this."
    mend = "Ask an administrator for the role or permission."


class ProviderDenied(AuthError):
    """The provider says that the sign-in was refused there, mostly by the person themselves."""

    status, code, detail = 403, "provider_denied", "The sign-in was cancelled at the provider."
    mend = "Offer to try again, or another way to sign in."


class EmailMissing(AuthError):
    """No account belongs to this identity, and the provider tells no e-mail address to make one with."""

    status, code, detail = 403, "email_missing", "The provider tells no e-mail address of yours."
    mend = "Let the provider share an address, or sign up another way and link the provider then."


class SignUpClosed(AuthError):
    """No account belongs to this identity, and nobody makes accounts here by themselves."""

    status, code, detail = 403, "sign_up_closed", "There is no account for you here."
    mend = "Ask an administrator for an account."


class NotFound(AuthError):
    """There is nothing here, or nothing that belongs to the signed-in user."""

    status, code, detail = 404, "not_found", "There is nothing at this address."
    mend = "See the paths in the API's docs."


class ProviderUnknown(NotFound):
    """This application does not sign people in with that provider."""

    code, detail = "provider_unknown", "There is no such provider here."
    mend = "See `providers` of GET /config. A provider is on when its client ID and secret are set."


class MethodNotAllowed(AuthError):
    """The path exists, the method does not."""

    status, code, detail = 405, "method_not_allowed", "This address does not take that method."
    mend = "Use one of the methods in the `Allow` header."


class Conflict(AuthError):
    """The request contradicts what is stored."""

    status, code, detail = 409, "conflict", "This contradicts what is already stored."


class EmailTaken(Conflict):
    """Somebody has an account with this e-mail address."""

    code, detail = "email_taken", "An account with this e-mail address exists already."
    mend = "Sign in, or reset the password."


class UsernameTaken(Conflict):
    """Somebody has this user name."""

    code, detail = "username_taken", "This user name is taken."
    mend = "Choose another one."


class FactorActive(Conflict):
    """This second factor is on already, and is never replaced silently."""

    code, detail = "factor_active", "This second factor is on already."
    mend = "Switch it off first at `POST /mfa/disable`, then enrol the new one."


class FactorMissing(Conflict):
    """The account has no second factor."""

    code, detail = "factor_missing", "No second factor is switched on."
    mend = "Enrol one at `POST /mfa/enable`."


class LastLoginMethod(Conflict):
    """Without it nothing would be left to sign in with."""

    code, detail = "last_login_method", "This is your last way to sign in."
    mend = "Add a password, another passkey or a linked account first."


class TooManyPasskeys(Conflict):
    """The account has as many passkeys as one may have."""

    code, detail = "too_many_passkeys", "This account has as many passkeys as it may have."
    mend = "Remove one that is not used any more."


class AccountNotLinked(Conflict):
    """An account has the address that the provider tells, and may not be linked by the address alone."""

    code = "account_not_linked"
    detail = "An account with this address exists, and this provider is not linked to it."
    mend = "Sign in the usual way, then link the provider at `POST /identities/<provider>`."


class IdentityTaken(Conflict):
    """Another account is linked to this identity."""

    code, detail = "identity_taken", "This identity belongs to another account."
    mend = "Sign in with it, or unlink it there first."


class BodyTooLarge(AuthError):
    """The body is larger than this operation reads."""

    status, code, detail = 413, "body_too_large", "The request body is too large."
    mend = "Send less. The limit for JSON is AUTHSVC_MAX_BODY_BYTES."


class UnsupportedMediaType(AuthError):
    """The body is of a type that this operation does not read."""

    status, code, detail = 415, "unsupported_media_type", "Send JSON with `Content-Type: application/json`."
    mend = "Set the `Content-Type` header to `application/json`."


class ValidationFailed(AuthError):
    """A field is missing, unknown, read-only or malformed; `errors` names each."""

    status, code, detail = 422, "validation_failed", "Some fields are not as they should be."
    mend = "Correct the fields named in `errors`."


class WeakPassword(ValidationFailed):
    """The new password is too short, too long, too common, or says something about its owner."""

    code, detail = "weak_password", "This password is too easy to guess."
    mend = "Choose another one; `errors` says what is wrong with it, and GET /config what is asked."


class ProviderFailed(AuthError):
    """The provider does not answer, or not as it should. The log says more."""

    status, code, detail = 424, "provider_failed", "The provider does not answer as it should."
    mend = "Try again in a moment, or offer another way to sign in."


class TooManyRequests(AuthError):
    """Too many tries in too short a time."""

    status, code, detail = 429, "too_many_requests", "Too many tries. Wait a moment."
    mend = "Wait `retry_after` seconds."

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after=retry_after, headers={"Retry-After": str(retry_after)})


class InternalError(AuthError):
    """Something broke on the server. The log has the details; the answer never does."""

    status, code, detail = 500, "internal_error", "Something went wrong on the server."
    mend = "Try again later, and tell the operator."


class Unavailable(AuthError):
    """The server cannot answer now."""

    status, code, detail = 503, "unavailable", "The service is not available now."
    mend = "Try again later."


class ServiceUnavailable(Unavailable):
    """A part that this operation needs, such as the database, does not answer."""

    code, detail = "service_unavailable", "The service is not available now. Try again in a moment."

    def __init__(self, detail: str | None = None, *, retry_after: int = 5) -> None:
        super().__init__(detail, retry_after=retry_after, headers={"Retry-After": str(retry_after)})


class TablesMissing(Unavailable):
    """The database answers, but has not all of the tables and columns."""

    code = "tables_missing"
    detail = (
        "The database tables are missing. Run `flask auth create-tables`, set AUTHSVC_CREATE_TABLES = True, "
        "or make a migration with Flask-Migrate."
    )
    mend = "Create the tables in one of the three ways."


class PublicUrlMissing(Unavailable):
    """The operation needs the address of this server, and nobody said it."""

    code, detail = "public_url_missing", "This server does not know its own address."
    mend = "Set AUTHSVC_PUBLIC_URL to the origin of this server as the world sees it."


class MailMissing(Unavailable):
    """The operation sends a mail, and nobody said how."""

    code, detail = "mail_missing", "This server sends no mail."
    mend = "Set EMAIL_SERVICE and the settings it needs, or register a function with `@auth.send_mail`."


class InsecureConfiguration(Unavailable):
    """The server runs with development keys, and those serve only this machine."""

    code = "insecure_configuration"
    detail = "This server runs with development keys and answers only requests from its own machine."
    mend = (
        "Set the named keys to random values of at least 32 bytes, for example from `openssl rand -hex 32`."
    )


class ConfigurationError(Exception):
    """The application cannot start; the message lists every problem at once."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))
