"""Sign-up with a passkey: the manifest."""

from flask_headless_auth.feature import Feature
from flask_headless_auth.features.passkey_signup import views

PASSKEY_SIGNUP = Feature(
    name="passkey_signup",
    only_with=("signup", "passkeys"),
    blueprint=views.blueprint,
)
