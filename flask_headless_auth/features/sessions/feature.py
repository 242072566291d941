"""Sessions: the manifest."""

from flask_headless_auth.feature import Feature, Limit, Mail
from flask_headless_auth.features.sessions import events, logic, models, views
from flask_headless_auth.features.sessions.settings import SessionSettings

SESSIONS = Feature(
    name="sessions",
    optional=False,
    blueprint=views.blueprint,
    tables=(models.Session,),
    settings=(SessionSettings,),
    limits={
        "refresh": Limit("300/minute", "address", "Refreshes from one address."),
        "refresh_session": Limit("60/minute", "account", "Refreshes of one session."),
        "logout": Limit("60/minute", "address", "Sign-outs from one address."),
        "read": Limit("600/minute", "address", "Reads from one address."),
        "change": Limit("120/minute", "address", "Changes from one address."),
    },
    events=(events.SignedOut, events.SessionRevoked, events.RefreshReused),
    mails=(
        Mail(
            "refresh_reused",
            "A session was ended because its refresh token was used a second time.",
            tells_of=events.RefreshReused,
            can_be_undone=True,
        ),
    ),
    admits=logic.admits,
    proofs=logic.proofs,
    forget=logic.forget_user,
    export=logic.export_user,
    disown=logic.disown,
    purge=logic.purge,
)
