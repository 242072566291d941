"""Email: the manifest."""

from flask_headless_auth.feature import Feature, Limit, Mail
from flask_headless_auth.features.email import events, logic, pages, views
from flask_headless_auth.features.email.settings import EmailSettings

EMAIL = Feature(
    name="email",
    needs=("mail", "vouchers", "sessions"),
    optional=False,
    blueprint=views.blueprint,
    pages=pages.pages,
    settings=(EmailSettings,),
    limits={
        "resend": Limit("20/minute;60/hour", "address", "Confirmation mails asked for from one address."),
        "resend_account": Limit("5/hour;10/day", "account", "Confirmation mails to one e-mail address."),
        "email_change_account": Limit(
            "5/hour;10/day", "account", "Changes of address of one account, and to one e-mail address."
        ),
    },
    events=(
        events.EmailConfirmed,
        events.SignUpDenied,
        events.EmailChangeRequested,
        events.EmailChanged,
    ),
    mails=(
        Mail("confirm", "Asks the owner of a new account's address to confirm it."),
        Mail("already_registered", "Tells an owner that somebody tried to sign up with their address."),
        Mail("confirm_change", "Asks the owner of a new address to confirm it."),
        Mail("address_in_use", "Tells an owner that somebody tried to move an account to their address."),
        Mail(
            "email_change_requested",
            "Tells the old address that another one was asked for.",
            tells_of=events.EmailChangeRequested,
            says=("new_address",),
            can_be_undone=True,
        ),
        Mail(
            "email_changed",
            "Tells the old address that the account has another one.",
            tells_of=events.EmailChanged,
            says=("new_address",),
            can_be_undone=True,
        ),
    ),
    holds=logic.holds,
    waits=logic.waits,
)
