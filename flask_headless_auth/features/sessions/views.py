"""Endpoints of sessions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask.views import MethodView

from flask_headless_auth import http
from flask_headless_auth.errors import ValidationFailed
from flask_headless_auth.features.sessions import logic
from flask_headless_auth.features.sessions.events import RefreshReused, SessionRevoked, SignedOut
from flask_headless_auth.features.sessions.models import Session
from flask_headless_auth.features.sessions.schemas import (
    EndedSchema,
    JwkSetSchema,
    PageQuerySchema,
    SessionListSchema,
    SignOutRequestSchema,
    TokensSchema,
)
from flask_headless_auth.guards import authenticate, login_required, signed_in_user
from flask_headless_auth.limits import limited
from flask_headless_auth.state import part
from flask_headless_auth.tickets import CURSOR_LIFE, TicketRefused, Tickets
from flask_headless_auth.tokens import KeySet

blueprint = http.Blueprint("sessions", __name__, description="Stay signed in, see your devices, sign out.")


@blueprint.route("/token/refresh")
class RefreshToken(MethodView):
    @limited("refresh")
    @blueprint.counts("refresh_session")
    @blueprint.reads_token("refresh")
    @blueprint.emits(RefreshReused)
    @blueprint.response(200, TokensSchema)
    def post(self) -> dict[str, Any]:
        """Get new tokens with the refresh token.

        Send it as it came: the cookie by itself, or `Authorization: Bearer <refresh token>`. The answer comes
        the same way. Each refresh token works once; the same one again within the grace gets the same answer,
        later it ends the session.
        """
        return logic.refresh().answer()


@blueprint.route("/logout")
class Logout(MethodView):
    @limited("logout")
    @blueprint.reads_token("either")
    @blueprint.emits(SignedOut)
    @blueprint.arguments(SignOutRequestSchema, required=False)
    @blueprint.response(200, EndedSchema)
    def post(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Sign out of this session, of all others, or of all.

        Access and refresh tokens end at once, everywhere. `this` works with an expired access token too.
        """
        return {"ended": logic.sign_out(body["scope"]), "message": "Signed out."}


@blueprint.route("/sessions")
class ListSessions(MethodView):
    @limited("read")
    @login_required
    @blueprint.arguments(PageQuerySchema, location="query")
    @blueprint.response(200, SessionListSchema)
    def get(self, query: Mapping[str, Any]) -> dict[str, Any]:
        """List my devices, newest first.

        Each is a sign-in that still stands. Ask for the next page with the `next_cursor` of this one; null
        means that it is the last.
        """
        claims = authenticate()
        found, more = logic.mine(query["limit"], _read_cursor(query.get("cursor"), claims["sub"]))
        items = [_shown(one, one.id == claims["sid"]) for one in found]
        return {"items": items, "next_cursor": _cursor(found[-1]) if more else None}


@blueprint.route("/sessions")
class EndOtherSessions(MethodView):
    @limited("change")
    @login_required
    @blueprint.emits(SessionRevoked)
    @blueprint.response(200, EndedSchema)
    def delete(self) -> dict[str, Any]:
        """Sign out everywhere else.

        Every session but this one ends at once, on every worker; `ended` says how many there were.
        """
        ended = logic.revoke_others(signed_in_user(), authenticate()["sid"])
        return {"ended": ended, "message": "All other sessions have ended."}


@blueprint.route(
    "/sessions/<session_id>",
    parameters=[{"in": "path", "name": "session_id", "description": "`id` of one of GET /sessions."}],
)
class EndSession(MethodView):
    @limited("change")
    @login_required
    @blueprint.finds
    @blueprint.emits(SessionRevoked)
    @blueprint.response(200, EndedSchema)
    def delete(self, session_id: str) -> dict[str, Any]:
        """Sign one device out.

        Its tokens are refused from the next request on. It may be the current one.
        """
        logic.revoke(signed_in_user(), session_id)
        return {"ended": 1, "message": "The session has ended."}


@blueprint.route("/.well-known/jwks.json")
class GetJwks(MethodView):
    @limited("read")
    @blueprint.response(200, JwkSetSchema)
    def get(self) -> dict[str, Any]:
        """Get the public keys that verify access tokens.

        A JWK Set (RFC 7517) for other services. It is empty where tokens are signed with a secret.
        """
        return part(KeySet).jwks()


def _shown(session: Session, is_current: bool) -> dict[str, Any]:
    return {
        "id": session.id,
        "created_at": session.created_at,
        "refreshed_at": session.refreshed_at,
        "expires_at": session.expires_at,
        "address": session.address,
        "user_agent": session.user_agent,
        "methods": list(dict.fromkeys(method for method, *_ in session.proofs)),
        "is_current": is_current,
    }


def _cursor(last: Session) -> str:
    place = [str(last.user_id), last.created_at.isoformat(), last.id]
    return part(Tickets).issue("sessions-cursor", place, CURSOR_LIFE)


def _read_cursor(cursor: str | None, user_id: Any) -> tuple[datetime, str] | None:
    if cursor is None:
        return None
    try:
        owner, created_at, session_id = part(Tickets).read("sessions-cursor", cursor)
    except TicketRefused:
        raise ValidationFailed(errors={"cursor": ["This cursor is not one of this list."]}) from None
    if owner != str(user_id):
        raise ValidationFailed(errors={"cursor": ["This cursor is not one of this list."]})
    return datetime.fromisoformat(created_at), session_id
