"""Sign-up: the manifest."""

from flask_headless_auth.feature import Feature, Limit
from flask_headless_auth.features.signup import events, logic, views

SIGNUP = Feature(
    name="signup",
    needs=("signin", "password", "email"),
    blueprint=views.blueprint,
    limits={
        "signup": Limit("20/minute;50/hour", "address", "Sign-ups from one address."),
        "signup_account": Limit(
            "5/hour;10/day", "account", "Sign-ups with one e-mail address, where it is confirmed first."
        ),
    },
    events=(events.SignedUp,),
    public=logic.public,
)
