"""Profile: the manifest."""

from flask_headless_auth.feature import Feature
from flask_headless_auth.features.profile import events, logic, views

PROFILE = Feature(
    name="profile",
    needs=("sessions",),
    optional=False,
    blueprint=views.blueprint,
    events=(events.ProfileUpdated,),
    export=logic.export_user,
)
