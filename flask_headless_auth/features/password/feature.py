"""Password: the manifest."""

from flask_headless_auth.feature import Feature, Limit, Mail
from flask_headless_auth.features.password import events, logic, pages, views

PASSWORD = Feature(
    name="password",
    needs=("signin", "vouchers", "mail"),
    optional=False,
    blueprint=views.blueprint,
    pages=pages.pages,
    limits={
        "password_account": Limit("10/15 minutes", "account", "Wrong current passwords of one account."),
        "reset": Limit("20/minute;60/hour", "address", "Requests for reset links from one address."),
        "reset_account": Limit(
            "5/hour;10/day", "account", "Reset links to one e-mail address, whether an account has it or not."
        ),
    },
    events=(events.PasswordChanged, events.PasswordReset),
    mails=(
        Mail("reset_password", "The link that somebody asked for who forgot the password."),
        Mail(
            "password_changed",
            "The password was changed by somebody who was signed in.",
            tells_of=events.PasswordChanged,
            can_be_undone=True,
        ),
        Mail(
            "password_reset",
            "A new password was chosen with a link from a mail.",
            tells_of=events.PasswordReset,
            can_be_undone=True,
        ),
    ),
    disown=logic.disown,
    public=logic.public,
    ways_in=logic.ways_in,
)
