"""Magic link: the manifest."""

from flask_headless_auth.feature import Feature, Limit, Mail
from flask_headless_auth.features.magic_link import logic, pages, views
from flask_headless_auth.features.magic_link.settings import MagicLinkSettings

MAGIC_LINK = Feature(
    name="magic_link",
    needs=("email", "signin"),
    blueprint=views.blueprint,
    pages=pages.pages,
    settings=(MagicLinkSettings,),
    limits={
        "magic_link": Limit("20/minute;100/hour", "address", "Requests for a magic link from one address."),
        "magic_link_account": Limit("5/hour;20/day", "account", "Magic links for one account."),
        "magic_code_account": Limit("20/day", "account", "Wrong codes from mails for one account."),
    },
    mails=(Mail("magic_link", "A link and a code that sign in."),),
    ways_in=logic.ways_in,
)
