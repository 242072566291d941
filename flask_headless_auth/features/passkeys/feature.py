"""Passkeys: the manifest."""

from flask_headless_auth.feature import Challenge, Feature, Limit, Mail, Presence
from flask_headless_auth.features.passkeys import events, factors, logic, models, party, views
from flask_headless_auth.features.passkeys.settings import PasskeySettings

PASSKEYS = Feature(
    name="passkeys",
    needs=("mfa", "vouchers"),
    blueprint=views.blueprint,
    tables=(models.Passkey, models.PasskeyHandle),
    settings=(PasskeySettings,),
    limits={
        "passkey_options": Limit(
            "120/minute;2000/hour", "address", "Sign-ins by passkey begun at one address."
        ),
    },
    events=(events.PasskeyAdded, events.PasskeyRemoved, events.PasskeyRefused),
    mails=(
        Mail(
            "passkey_added",
            "A passkey was added to the account.",
            tells_of=events.PasskeyAdded,
            says=("maker",),
            can_be_undone=True,
        ),
        Mail(
            "passkey_removed",
            "A passkey was removed from the account.",
            tells_of=events.PasskeyRemoved,
            says=("maker",),
            can_be_undone=True,
        ),
        Mail(
            "passkey_refused",
            "A passkey may have been copied; nobody was let in.",
            tells_of=events.PasskeyRefused,
            says=("maker",),
        ),
    ),
    challenges=(
        Challenge(
            logic.PASSKEY, factors.is_asked_for, party.is_known, start=factors.ask, answer=factors.answers
        ),
    ),
    presences=(
        Presence(
            logic.PASSKEY,
            factors.can_show_presence,
            factors.shows_presence,
            start=factors.start_presence,
        ),
    ),
    forget=logic.forget_user,
    export=logic.export_user,
    disown=logic.forget_user,
    ways_in=logic.ways_in,
)
