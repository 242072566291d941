"""OAuth: the manifest."""

from flask_headless_auth.feature import Feature, Limit, Mail, Presence
from flask_headless_auth.features.oauth import events, logic, models, registrations, views
from flask_headless_auth.features.oauth.settings import OAuthSettings

OAUTH = Feature(
    name="oauth",
    needs=("signin", "email"),
    blueprint=views.blueprint,
    tables=(models.Identity,),
    settings=(OAuthSettings,),
    makes=registrations.made_of,
    limits={
        "provider_login": Limit(
            "30/minute;300/hour", "address", "Sign-ins at providers begun at one address."
        ),
        "provider_callback": Limit("60/minute;600/hour", "address", "Returns from providers to one address."),
        "provider_exchange": Limit("60/minute;600/hour", "address", "Codes exchanged from one address."),
    },
    events=(events.ProviderLinked, events.ProviderUnlinked),
    mails=(
        Mail(
            "provider_linked",
            "A provider was linked to the account.",
            tells_of=events.ProviderLinked,
            says=("label",),
            can_be_undone=True,
        ),
        Mail(
            "provider_unlinked",
            "A provider was unlinked from the account.",
            tells_of=events.ProviderUnlinked,
            says=("label",),
            can_be_undone=True,
        ),
    ),
    presences=(Presence(logic.PROVIDER, logic.has_identity, logic.proves, logic.start_proof),),
    enumerations={"ProviderName": registrations.names},
    public=registrations.public,
    forget=logic.forget_user,
    export=logic.export_user,
    disown=logic.disown,
    ways_in=logic.ways_in,
)
