"""Sign-up: the manifest."""

from flask_headless_auth.feature import Feature, Limit
from flask_headless_auth.features.signup import events, logic, views

SIGNUP = Feature(
    name="signup",
    needs=("signin", "password"),
    blueprint=views.blueprint,
    limits={"signup": Limit("20/minute;50/hour", "address", "Sign-ups from one address.")},
    events=(events.SignedUp,),
    public=logic.public,
)
