"""Endpoints of the profile."""

from typing import Any

from flask.views import MethodView

from flask_headless_auth import http
from flask_headless_auth.errors import Conflict, UsernameTaken
from flask_headless_auth.features.profile import logic
from flask_headless_auth.features.profile.events import ProfileUpdated
from flask_headless_auth.features.profile.schemas import UserEnvelopeSchema
from flask_headless_auth.guards import login_required, seen_user, signed_in_user, user_shown
from flask_headless_auth.limits import limited
from flask_headless_auth.user_schemas import ProfileSchema

blueprint = http.Blueprint("profile", __name__, description="What I see and change about myself.")


@blueprint.route("/user/@me")
class GetMe(MethodView):
    @limited("read")
    @user_shown
    @blueprint.response(200, UserEnvelopeSchema)
    def get(self) -> dict[str, Any]:
        """Get the signed-in user.

        `role` is the first of `roles`. The other members are columns of the application's user model.
        """
        return {"user": seen_user()}


@blueprint.route("/user/@me")
class UpdateMe(MethodView):
    @limited("change")
    @login_required
    @blueprint.raises(UsernameTaken, Conflict)
    @blueprint.emits(ProfileUpdated)
    @blueprint.arguments(ProfileSchema)
    @blueprint.response(200, UserEnvelopeSchema)
    def put(self, body: dict[str, Any]) -> dict[str, Any]:
        """Change my profile.

        Send only what changes. An unknown or read-only field is a 422 that names it, and nothing changes.
        """
        return {"user": logic.update(signed_in_user(), body)}


@blueprint.route("/user/@me")
class PatchMe(MethodView):
    @limited("change")
    @login_required
    @blueprint.raises(UsernameTaken, Conflict)
    @blueprint.emits(ProfileUpdated)
    @blueprint.arguments(ProfileSchema)
    @blueprint.response(200, UserEnvelopeSchema)
    def patch(self, body: dict[str, Any]) -> dict[str, Any]:
        """Change my profile, the same as PUT.

        Send only what changes. An unknown or read-only field is a 422 that names it, and nothing changes.
        """
        return {"user": logic.update(signed_in_user(), body)}
