"""E-mailed codes: the manifest."""

from flask_headless_auth.feature import Challenge, Feature, Mail, Presence
from flask_headless_auth.features.email_code import logic
from flask_headless_auth.features.email_code.settings import EmailCodeSettings

EMAIL_CODE = Feature(
    name="email_code",
    needs=("challenges", "mail", "vouchers"),
    settings=(EmailCodeSettings,),
    mails=(
        Mail("sign_in_code", "A six-digit code as the second factor of a sign-in."),
        Mail("presence_code", "A six-digit code with which somebody signed in proves presence."),
    ),
    challenges=(
        Challenge(
            logic.METHOD,
            logic.is_factor_of,
            is_available=logic.is_factor,
            start=logic.send_for_sign_in,
            answer=logic.finishes_sign_in,
            enrols=False,
        ),
    ),
    presences=(
        Presence(
            logic.METHOD, logic.proves_presence_of, logic.proves_presence, start=logic.send_for_presence
        ),
    ),
)
