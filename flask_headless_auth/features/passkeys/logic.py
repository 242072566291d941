"""Add, use and remove passkeys."""

import hmac
import logging
import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError

from flask_headless_auth import clock, users
from flask_headless_auth.database import emit, once_more, transaction
from flask_headless_auth.errors import NotFound, TooManyPasskeys
from flask_headless_auth.errors import PasskeyRefused as Refused
from flask_headless_auth.feature import MULTIPLE, Proof
from flask_headless_auth.features.challenges import logic as challenges
from flask_headless_auth.features.mfa import logic as mfa
from flask_headless_auth.features.passkeys import ceremony, models
from flask_headless_auth.features.passkeys.ceremony import Asserted, Created, Credential, Unproven
from flask_headless_auth.features.passkeys.events import PasskeyAdded, PasskeyRefused, PasskeyRemoved
from flask_headless_auth.features.passkeys.party import relying_party
from flask_headless_auth.features.passkeys.settings import PasskeySettings
from flask_headless_auth.features.sessions import logic as sessions
from flask_headless_auth.features.signin import logic as signin
from flask_headless_auth.features.signin.events import SignInFailed
from flask_headless_auth.features.vouchers import logic as vouchers
from flask_headless_auth.guards import authenticate, check_factor, signed_in_user
from flask_headless_auth.state import settings

log = logging.getLogger("flask_headless_auth")

PASSKEY = "passkey"
"""The method of the proof that somebody had a passkey at hand."""

REGISTER, LOGIN = "passkey_register", "passkey_login"
"""What a challenge is for: one for one purpose is none for another."""

LIFE = timedelta(minutes=5)
SECONDS = int(LIFE.total_seconds())
"""How long a challenge works."""


def start_adding(enrolment: str | None = None) -> dict[str, Any]:
    """Options to add a passkey to the signed-in user, or to that of a sign-in that waits for a factor.

    Raises:
        StepUpRequired: second factors are on, and none was proved lately.
        EnrolmentExpired: no sign-in waits for it.
        TooManyPasskeys: there are as many as one may have.
        PublicUrlMissing: nobody said which site it would be for.
    """
    try:
        return once_more(lambda: _start_adding(enrolment))
    except IntegrityError:
        # Two tabs at once: the other one has given the user their handle.
        return _start_adding(enrolment)


def _start_adding(enrolment: str | None) -> dict[str, Any]:
    party = relying_party()
    if enrolment is None:
        check_factor(authenticate())
    with transaction():
        user = mfa.enrolling(enrolment)
        kept = _kept_by(user)
        handle = models.handle_of(users.key_of(user))
        if handle is None:
            handle = new_handle()
            models.add_handle(users.key_of(user), handle)
        challenge = vouchers.issue(REGISTER, LIFE, {}, user=user).token
        options = ceremony.creation_options(
            party,
            challenge,
            handle=handle,
            name=user.email,
            exclude=[one.descriptor for one in kept],
            verification="preferred",
            seconds=SECONDS,
        )
    return {"options": options, "expires_in": SECONDS}


def new_handle() -> str:
    """A handle for a user: 64 random bytes."""
    return secrets.token_urlsafe(64)


def _kept_by(user: Any) -> Sequence[models.Passkey]:
    kept = models.all_of(users.key_of(user))
    if len(kept) >= settings(PasskeySettings).max_per_user:
        raise TooManyPasskeys
    return kept


def add(*, credential: Credential, name: str | None = None, enrolment: str | None = None) -> dict[str, Any]:
    """Add the passkey of this answer to the signed-in user, all of whose other sessions end.

    With *enrolment* it is the second factor that a sign-in waits for, which goes on: a sign-in answer.

    Raises:
        StepUpRequired: second factors are on, and none was proved lately.
        EnrolmentExpired: no sign-in waits for it.
        PasskeyRefused: the answer does not hold, or somebody has this credential already.
        TooManyPasskeys: there are as many as one may have.
    """
    claims = authenticate() if enrolment is None else None
    if claims is not None:
        check_factor(claims)
    user = mfa.enrolling(enrolment)
    new, _ = accept(REGISTER, credential, user_id=users.key_of(user))
    with transaction():
        users.locked(users.key_of(user))
        _kept_by(user)
        passkey = _keep(user, new, name)
        emit(PasskeyAdded(user=user, passkey_id=passkey.id, maker=passkey.maker))
        if enrolment is not None:
            return mfa.complete(enrolment, PASSKEY)
        sessions.revoke_others(user, claims["sid"] if claims else None, "passkey_added")
    return {"status": "passkey_added", "passkey": passkey}


def accept(
    purpose: str, credential: Credential, *, user_id: Any = None, must_verify: bool = False
) -> tuple[Created, Mapping[str, Any]]:
    """The new credential of an answer, and what its challenge stood for.

    Raises:
        PasskeyRefused: the answer does not hold.
    """
    try:
        challenge, content = _redeemed(purpose, credential, user_id)
        new = ceremony.created(credential, challenge, relying_party(), must_verify=must_verify)
    except Unproven as problem:
        raise refused(problem) from None
    return new, content


def offer(purpose: str, email: str, form: Mapping[str, Any]) -> dict[str, Any]:
    """Options to make the first passkey of an account that does not exist yet; *form* waits in the challenge.

    Raises:
        PublicUrlMissing: nobody said which site it would be for.
    """
    party, handle = relying_party(), new_handle()
    with transaction():
        challenge = vouchers.issue(purpose, LIFE, {"form": dict(form), "handle": handle}).token
    options = ceremony.creation_options(
        party, challenge, handle=handle, name=email, exclude=[], verification="required", seconds=SECONDS
    )
    return {"options": options, "expires_in": SECONDS}


def keep_first(user: Any, new: Created, handle: str) -> None:
    """A new credential as the first passkey of a new user, in the open transaction.

    Raises:
        PasskeyRefused: somebody has it already.
    """
    models.add_handle(users.key_of(user), handle)
    _keep(user, new)


def _keep(user: Any, new: Created, name: str | None = None) -> models.Passkey:
    try:
        return models.add(
            credential_id=new.credential_id,
            public_key=new.public_key,
            sign_count=new.sign_count,
            transports=new.transports,
            aaguid=new.aaguid,
            name=name or models.MAKERS.get(new.aaguid, models.UNKNOWN),
            verifies_user=new.is_user_verified,
            is_backup_eligible=new.is_backup_eligible,
            is_backed_up=new.is_backed_up,
            created_at=clock.now(),
            user_id=users.key_of(user),
        )
    except IntegrityError:
        # Whose it is already is nobody's business (WebAuthn L3 §7.1 step 26).
        raise refused("it is kept already") from None


def refused(reason: object, user: Any = None, *, while_signing_in: bool = False) -> Refused:
    """The refusal to raise; the log has the reason, and a failed sign-in is recorded."""
    log.info("A passkey was refused: %.200r", str(reason))
    if while_signing_in:
        with transaction():
            emit(SignInFailed(user=user, method=PASSKEY))
    return Refused()


def start_sign_in() -> dict[str, Any]:
    """Options to sign in with whichever passkey is at hand: the same for everybody (WebAuthn L3 §14.6.2).

    Raises:
        PublicUrlMissing: nobody said which site this is.
    """
    return options(LOGIN, "preferred")


def sign_in(*, credential: Credential, remember: bool = True) -> dict[str, Any]:
    """Sign in with a passkey: as two factors if it verified its user, else as the first of two.

    Raises:
        PasskeyRefused: the answer does not hold, the account is inactive, or a passkey that did not verify
            its user would be the only factor.
        SecondFactorUnavailable: a factor is enrolled that cannot be asked for.
    """
    try:
        passkey, said = _checked(LOGIN, credential)
    except Unproven as problem:
        raise refused(problem, _owner_of(credential), while_signing_in=True) from None
    now = clock.timestamp()
    is_verified = said.is_user_verified and passkey.verifies_user
    proofs = [Proof(PASSKEY, now), *([Proof(MULTIPLE, now)] if is_verified else [])]
    with transaction():
        user = users.by_id(passkey.user_id)
        may_enter = user is not None and _used(user, passkey, said) and user.is_active is True
        # Whoever finds a key that asked for no PIN must not get in by it alone, nor with the device.
        if may_enter and (is_verified or challenges.asked(user, proofs)):
            return signin.finish(user, proofs, remember=remember, trusting=is_verified)
    raise refused("it may not sign in", user, while_signing_in=True)


def _owner_of(credential: Credential) -> Any:
    passkey = models.find(models.digest(ceremony.id_of(credential)))
    return users.by_id(passkey.user_id) if passkey is not None else None


def options(purpose: str, verification: ceremony.Verification, user: Any = None) -> dict[str, Any]:
    """Options to use a passkey, of *user* where one is given.

    Raises:
        PublicUrlMissing: nobody said which site this is.
    """
    party = relying_party()
    with transaction():
        kept = models.all_of(users.key_of(user)) if user is not None else []
        usable = [one for one in kept if one.verifies_user or verification != "required"]
        asked = ceremony.request_options(
            party,
            vouchers.issue(purpose, LIFE, {}, user=user).token,
            allowed=[one.descriptor for one in usable],
            verification=verification,
            seconds=SECONDS,
        )
    return {"options": asked, "expires_in": SECONDS}


def _redeemed(purpose: str, credential: Credential, user_id: Any) -> tuple[str, Mapping[str, Any]]:
    """The challenge of an answer, used up from now on, and what it stood for."""
    challenge = ceremony.challenge_of(credential)
    with transaction():
        redeemed = vouchers.redeem(purpose, challenge)
    if redeemed is None or redeemed.user_id != user_id:
        raise Unproven("the challenge is old, used, or not for this")
    return challenge, redeemed.content


def _checked(purpose: str, credential: Credential, user_id: Any = None) -> tuple[models.Passkey, Asserted]:
    """The passkey that gave an answer and what it says; of the user *user_id* where one is given.

    Raises:
        Unproven: the answer does not hold.
    """
    challenge, _ = _redeemed(purpose, credential, user_id)
    passkey = models.find(models.digest(ceremony.id_of(credential)))
    if passkey is None or user_id not in (None, passkey.user_id):
        raise Unproven("not a passkey of this user")
    handle = ceremony.handle_in(credential)
    # A passkey found without a name must say whose it is; one that was asked for by its id need not.
    if (handle or user_id is None) and not _is_handle(handle, passkey.user_id):
        raise Unproven("the handle of another user")
    said = ceremony.asserted(credential, challenge, relying_party(), passkey.public_key)
    if said.is_backup_eligible != passkey.is_backup_eligible:
        raise Unproven("another kind of passkey than it was")
    return passkey, said


def _is_handle(handle: str, user_id: Any) -> bool:
    known = models.handle_of(user_id)
    given = handle.encode("utf-8", "surrogatepass")
    return known is not None and hmac.compare_digest(known.encode(), given)


def _used(user: Any, passkey: models.Passkey, said: Asserted, *, beside_another: bool = False) -> bool:
    """Keep what a passkey said, in the open transaction; False, and told, if its counter went back."""
    if models.use(
        passkey.id,
        said.sign_count,
        clock.now(),
        is_backed_up=said.is_backed_up,
        # Only beside another factor may a passkey begin to count as two: whoever finds one without a PIN
        # could give it one (WebAuthn L3 §7.2, uvInitialized).
        verifies_user=beside_another and said.is_user_verified,
    ):
        return True
    if models.find(passkey.id) is not None:
        emit(PasskeyRefused(user=user, passkey_id=passkey.id, maker=passkey.maker))
    return False


def shows(purpose: str, user: Any, answer: Mapping[str, Any], *, beside_another: bool = False) -> bool:
    """Whether the `credential` of an answer shows a passkey of *user*.

    It must have verified them, unless it stands beside another factor.
    """
    credential = answer.get("credential")
    if not isinstance(credential, Mapping):
        return False
    try:
        passkey, said = _checked(purpose, credential, users.key_of(user))
    except Unproven as problem:
        refused(problem)
        return False
    with transaction():
        is_used = _used(user, passkey, said, beside_another=beside_another)
    return is_used and (beside_another or (said.is_user_verified and passkey.verifies_user))


def mine() -> Sequence[models.Passkey]:
    """The signed-in user's passkeys, oldest first."""
    return models.all_of(authenticate()["sub"])


def rename(passkey_id: str, name: str) -> models.Passkey:
    """A passkey of the signed-in user under another name.

    Raises:
        NotFound: there is none of this id that is theirs.
    """
    with transaction():
        is_theirs = models.rename(passkey_id, authenticate()["sub"], name)
        passkey = models.find(passkey_id)
    if passkey is None or not is_theirs:
        raise NotFound("You have no such passkey.")
    return passkey


def remove(passkey_id: str) -> None:
    """Remove a passkey of the signed-in user; all other sessions end.

    Raises:
        NotFound: there is none of this id that is theirs.
        LastLoginMethod: nothing would be left to sign in with.
        StepUpRequired: second factors are on, and none was proved lately.
    """
    claims = authenticate()
    with transaction():
        # Nothing is read in front of the lock: on MariaDB an older read would hide what others remove.
        users.locked(claims["sub"])
        user = signed_in_user()
        check_factor(claims)
        passkey = models.find(passkey_id)
        if passkey is None or passkey.user_id != claims["sub"] or not models.remove(passkey_id):
            raise NotFound("You have no such passkey.")
        users.keep_a_way_in(user)
        emit(PasskeyRemoved(user=user, passkey_id=passkey_id, maker=passkey.maker))
        sessions.revoke_others(user, claims["sid"], "passkey_removed")
        mfa.settle(user, keep=claims["sid"])


def ways_in(user: Any) -> int:
    """How many passkeys a user can sign in with alone."""
    return sum(one.verifies_user for one in models.all_of(users.key_of(user)))


def forget_user(user: Any) -> dict[str, int]:
    """Erase the user's passkeys and their handle."""
    return {"passkeys": models.erase_all_of(users.key_of(user))}


def export_user(user: Any) -> dict[str, Any]:
    """The user's passkeys as they are told to the user; their keys are the authenticators' business."""
    return {
        "passkeys": [
            {
                "name": one.name,
                "maker": one.maker,
                "created_at": one.created_at.isoformat(),
                "last_used_at": one.last_used_at.isoformat() if one.last_used_at else None,
                "is_backed_up": one.is_backed_up,
            }
            for one in models.all_of(users.key_of(user))
        ]
    }
