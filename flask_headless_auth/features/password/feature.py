"""Password: the manifest."""

from flask_headless_auth.feature import Feature, Limit
from flask_headless_auth.features.password import events, logic, views

PASSWORD = Feature(
    name="password",
    needs=("signin",),
    optional=False,
    blueprint=views.blueprint,
    limits={"password_account": Limit("10/15 minutes", "account", "Wrong current passwords of one account.")},
    events=(events.PasswordChanged,),
    public=logic.public,
    ways_in=logic.ways_in,
)
