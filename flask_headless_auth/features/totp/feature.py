"""TOTP: the manifest."""

from flask_headless_auth.feature import Challenge, Feature, Presence
from flask_headless_auth.features.totp import logic, models, views
from flask_headless_auth.features.totp.settings import TotpSettings

TOTP = Feature(
    name="totp",
    needs=("mfa",),
    blueprint=views.blueprint,
    tables=(models.Authenticator,),
    settings=(TotpSettings,),
    challenges=(
        Challenge(
            logic.METHOD, logic.applies_to, answer=logic.use, confirm=logic.confirm, remove=logic.remove
        ),
    ),
    presences=(Presence(logic.METHOD, logic.applies_to, logic.use),),
    forget=logic.remove,
    export=logic.export_user,
    disown=logic.remove,
)
