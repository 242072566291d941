"""Make accounts whose only credential is a passkey."""

from collections.abc import Mapping
from typing import Any

from flask_headless_auth import clock, user_schemas
from flask_headless_auth.errors import PasskeySignUpClosed
from flask_headless_auth.feature import MULTIPLE, Proof
from flask_headless_auth.features.email import logic as confirmation
from flask_headless_auth.features.passkeys import logic as passkeys
from flask_headless_auth.features.signup import logic as signup

PURPOSE = "passkey_signup"


def start(*, email: str, **profile: Any) -> dict[str, Any]:
    """Options to make the passkey of a new account; the form waits in their challenge.

    Raises:
        PasskeySignUpClosed: addresses are confirmed first.
        EmailTaken, UsernameTaken, Conflict: somebody has this already.
        PublicUrlMissing: nobody said which site it would be for.
    """
    _refuse_if_closed()
    signup.refuse_taken({"email": email, **profile})
    form = user_schemas.PasskeySignUpSchema().dump({"email": email, **profile})
    return passkeys.offer(PURPOSE, email, form)


def finish(*, credential: Mapping[str, Any]) -> dict[str, Any]:
    """A new account with this passkey, signed in.

    Raises:
        PasskeyRefused: the answer does not hold, the passkey did not verify its user, or somebody has it.
        PasskeySignUpClosed: addresses are confirmed first.
        EmailTaken, UsernameTaken, Conflict: somebody has this already.
    """
    _refuse_if_closed()
    new, content = passkeys.accept(PURPOSE, credential, must_verify=True)
    values = {**user_schemas.PasskeySignUpSchema().load(content["form"]), "password_hash": None}
    now = clock.timestamp()
    proofs = [Proof(passkeys.PASSKEY, now), Proof(MULTIPLE, now)]
    return signup.open_account(
        values, proofs, with_it=lambda user: passkeys.keep_first(user, new, content["handle"])
    )


def _refuse_if_closed() -> None:
    """What waits for a confirmation is a password; without one a taken address is told from a free one."""
    if confirmation.is_required():
        raise PasskeySignUpClosed
