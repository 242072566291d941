"""Notices: the manifest."""

from flask_headless_auth.feature import Feature, Limit
from flask_headless_auth.features.notices import events, pages, views
from flask_headless_auth.features.notices.settings import NoticeSettings

NOTICES = Feature(
    name="notices",
    needs=("password", "vouchers", "mail"),
    blueprint=views.blueprint,
    pages=pages.pages,
    settings=(NoticeSettings,),
    limits={
        "revert": Limit("30/minute", "address", "Tries of links from notices from one address."),
        "notice": Limit("20/day", "account", "Notices of one kind to one account; more are not sent."),
    },
    events=(events.AccountReverted,),
)
