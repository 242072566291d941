"""The endpoint of "this was not me"."""

from typing import Any

from flask.views import MethodView

from flask_headless_auth import http
from flask_headless_auth.errors import RevertLinkExpired
from flask_headless_auth.features.notices import logic
from flask_headless_auth.features.notices.events import AccountReverted
from flask_headless_auth.features.sessions.events import SessionRevoked
from flask_headless_auth.limits import limited
from flask_headless_auth.wire import MessageSchema

blueprint = http.Blueprint("notices", __name__, description="Take back what was not me.")


@blueprint.route("/security/revert/<token>", parameters=http.LINK)
class RevertAccount(MethodView):
    @limited("revert")
    @blueprint.finds
    @blueprint.raises(RevertLinkExpired)
    @blueprint.emits(AccountReverted, SessionRevoked)
    @blueprint.response(200, MessageSchema)
    def post(self, token: str) -> dict[str, Any]:
        """Take back what a notice told of: "this was not me".

        Every session ends, the password is void, the address that the notice went to is the account's again,
        and a mail with a link for a new password goes there. Nobody is signed in. The link works once, for
        three days.
        """
        logic.revert(token)
        return {"message": "Every device has been signed out. A mail with a link for a new password follows."}
