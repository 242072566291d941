"""Recovery codes: the manifest."""

from flask_headless_auth.feature import Challenge, Feature, Mail, Presence
from flask_headless_auth.features.recovery_codes import events, logic, models, views

RECOVERY_CODES = Feature(
    name="recovery_codes",
    needs=("signin",),
    optional=False,
    blueprint=views.blueprint,
    tables=(models.RecoveryCode,),
    events=(events.RecoveryCodesRenewed, events.RecoveryCodeUsed),
    mails=(
        Mail(
            "recovery_codes_renewed",
            "New recovery codes were made.",
            tells_of=events.RecoveryCodesRenewed,
            can_be_undone=True,
        ),
        Mail(
            "recovery_code_used",
            "A recovery code was used; says how many are left.",
            tells_of=events.RecoveryCodeUsed,
            says=("left",),
            can_be_undone=True,
        ),
    ),
    challenges=(Challenge(logic.METHOD, logic.applies_to, answer=logic.use, enrols=False),),
    presences=(Presence(logic.METHOD, logic.applies_to, logic.use),),
    forget=logic.drop_all,
    export=logic.export_user,
    disown=logic.drop_all,
)
