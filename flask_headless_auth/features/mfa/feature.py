"""Multi-factor authentication: the manifest."""

from flask_headless_auth.feature import Feature, Limit, Mail
from flask_headless_auth.features.mfa import events, logic, views
from flask_headless_auth.features.mfa.settings import MfaSettings

MFA = Feature(
    name="mfa",
    needs=("signin",),
    blueprint=views.blueprint,
    settings=(MfaSettings,),
    limits={
        "second_factor": Limit("60/minute;600/hour", "address", "Second factors from one address."),
        "second_factor_account": Limit(
            "10/15 minutes;100/day",
            "account",
            "Wrong second factors of one account, and questions asked of it.",
        ),
    },
    events=(events.MfaEnabled, events.MfaDisabled, events.SecondFactorGuessed),
    mails=(
        Mail(
            "mfa_enabled",
            "A second factor was switched on.",
            tells_of=events.MfaEnabled,
            can_be_undone=True,
        ),
        Mail(
            "mfa_disabled",
            "The second factors were switched off.",
            tells_of=events.MfaDisabled,
            can_be_undone=True,
        ),
        Mail(
            "second_factor_guessed",
            "Somebody who gave the first factor tries second ones.",
            tells_of=events.SecondFactorGuessed,
            says=("tries",),
            can_be_undone=True,
        ),
    ),
    demands=logic.demands,
    disown=logic.disown,
)
