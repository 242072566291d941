"""Sign-in: the manifest."""

from flask_headless_auth.feature import Feature, Limit, Presence
from flask_headless_auth.features.signin import events, logic, views

SIGNIN = Feature(
    name="signin",
    needs=("sessions", "challenges"),
    optional=False,
    blueprint=views.blueprint,
    limits={
        "login": Limit("60/minute;600/hour", "address", "Sign-ins from one address."),
        "login_account": Limit("10/15 minutes", "account", "Failed sign-ins of one account."),
        "login_device": Limit(
            "10/15 minutes", "account", "Failed sign-ins of one account from a device that it trusts."
        ),
        "reauthenticate_account": Limit(
            "10/15 minutes", "account", "Failed proofs of presence of one account."
        ),
    },
    events=(events.SignedIn, events.SignInFailed, events.PresenceProved),
    presences=(Presence(logic.PASSWORD, logic.has_password, logic.proves_password),),
    public=logic.public,
)
