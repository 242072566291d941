"""Begin, refresh and end sessions."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request

from flask_headless_auth import clock, cookies, errors, limits, users
from flask_headless_auth.cookies import Channel
from flask_headless_auth.database import emit, once_more, swept, transaction
from flask_headless_auth.errors import (
    NotFound,
    SessionEnded,
    TokenExpired,
    TokenInvalid,
    TokenMissing,
    Unauthenticated,
)
from flask_headless_auth.feature import Proof
from flask_headless_auth.features.sessions import memory, models
from flask_headless_auth.features.sessions.events import RefreshReused, SessionRevoked, SignedOut
from flask_headless_auth.features.sessions.settings import SessionSettings
from flask_headless_auth.guards import authenticate
from flask_headless_auth.settings import TokenSettings
from flask_headless_auth.state import part, settings, state
from flask_headless_auth.tokens import Expired, Grant, Issued, KeySet, Unreadable, issue, seconds

SWEEP_ONE_IN, SWEEP_MOST = 100, 200
"""One sign-in in a hundred deletes at most two hundred sessions that ended long ago."""


@dataclass(frozen=True)
class Opened:
    """A session that has begun or gone on: its id, its tokens by channel, how it is kept."""

    session_id: str
    issued: Mapping[Channel, Issued]
    remember: bool

    def answer(self) -> dict[str, Any]:
        """Set the cookies and answer the members of the body."""
        life = next(iter(self.issued.values())).access_ttl
        tokens = cookies.deliver(self.issued, persistent=self.remember)
        return {"session_id": self.session_id, "expires_in": life, **tokens}


def begin(user: Any, proofs: Sequence[Proof], channels: Sequence[Channel], *, remember: bool) -> Opened:
    """A new session of *user*, in the open transaction. Only the one door calls this."""
    now = clock.now()
    second = seconds(now)
    session = models.add(
        id=secrets.token_urlsafe(32),
        user_id=users.key_of(user),
        created_at=now,
        refreshed_at=now,
        expires_at=now + settings(SessionSettings).absolute_lifetime,
        remember=remember,
        proofs=[[proof.method, proof.at, None] for proof in proofs],
        address=request.remote_addr or "",
        user_agent=request.headers.get("User-Agent", "")
        .encode("ascii", "replace")
        .decode()[:255]
        .replace("\x00", "?"),
        **{f"{channel}_generation": 1 for channel in channels},
        **{f"{channel}_rotated_at": second for channel in channels},
    )
    # A sweep now and then keeps the table small where nobody runs the purge command.
    if secrets.randbelow(SWEEP_ONE_IN) == 0:
        models.sweep(now - settings(SessionSettings).keep_ended, SWEEP_MOST)
    issued = {channel: _issue(session, channel, user) for channel in channels}
    return Opened(session.id, issued, remember)


def _issue(session: models.Session, channel: Channel, user: Any = None) -> Issued:
    proofs = session.proofs_on(channel)
    return _tokens(
        Grant(
            session_id=session.id,
            subject=str(session.user_id),
            channel=channel,
            generation=session.generation(channel) or 0,
            rotated_at=session.rotated_at(channel),
            auth_time=max(at for _, at in proofs),
            amr=list(dict.fromkeys(method for method, _ in proofs)),
            remember=session.remember,
            ends_at=seconds(session.expires_at),
        ),
        user,
    )


def _tokens(grant: Grant, user: Any = None) -> Issued:
    tokens, ours = settings(TokenSettings), settings(SessionSettings)
    idle = tokens.refresh_ttl if grant.remember else min(tokens.refresh_ttl, ours.transient_lifetime)
    return issue(
        part(KeySet),
        grant,
        access_ttl=int(tokens.access_ttl.total_seconds()),
        refresh_ttl=int(idle.total_seconds()),
        extra=_extra_claims(grant, user),
    )


def _extra_claims(grant: Grant, user: Any) -> list[Mapping[str, Any]]:
    hooks = [feature.claims for feature in state().features if feature.claims is not None]
    hook = state().hooks.get("claims")
    hooks += [hook] if hook is not None else []
    if not hooks:
        return []
    if user is None:
        user = users.by_id(users.by_subject(grant.subject))
    return [claims(user) for claims in hooks]


def admits(claims: Mapping[str, Any]) -> bool:
    """Whether the session of verified claims stands: not ended, not past its end, its user active.

    A refresh token must also be its channel's newest.
    """
    known = part(memory.Remembered).memory
    is_access = claims["type"] == "access"
    if known is not None and is_access and known.owner(claims["sid"]) == str(claims["sub"]):
        return True
    with_user = is_access and users.is_wanted()
    rows = models.standing(claims["sid"], claims["sub"], clock.now(), with_user=with_user)
    if not rows:
        return False
    if with_user:
        users.see(rows)
    if is_access:
        if known is not None:
            known.remember(claims["sid"], str(claims["sub"]))
        return True
    newest = rows[0].auth_cookie_newest if claims.get("ch") == "cookie" else rows[0].auth_body_newest
    return claims["type"] == "refresh" and newest is not None and claims.get("gen") == newest


def refresh() -> Opened:
    """The next generation of the request's refresh token, on the channel it came by.

    Raises:
        TokenMissing, TokenInvalid, TokenExpired: of the token.
        SessionEnded: the session is over, or the token is newer than the database (a lost commit).
        RefreshReused: the token was used before; the session ends.
    """
    token, channel = cookies.present("refresh")
    claims = _read(token, "refresh")
    if channel == "cookie":
        cookies.check_double_submit(claims)
    if claims["ch"] != channel:
        raise TokenInvalid
    owner = _owner(claims)
    limits.count("refresh_session", claims["sid"])
    now = clock.now()
    if once_more(lambda: _rotated(claims, owner, channel, now)):
        grant = Grant(
            session_id=claims["sid"],
            subject=claims["sub"],
            channel=channel,
            generation=claims["gen"] + 1,
            rotated_at=seconds(now),
            auth_time=claims["auth_time"],
            amr=claims["amr"],
            remember=claims["keep"],
            ends_at=claims["end"],
        )
        return Opened(grant.session_id, {channel: _tokens(grant)}, grant.remember)
    return once_more(lambda: _after_lost_race(claims, channel, now))


def _read(token: str, kind: str, *, even_expired: bool = False) -> dict[str, Any]:
    try:
        _, claims = part(KeySet).read(token, clock.timestamp(), even_expired=even_expired)
    except Expired:
        raise TokenExpired from None
    except Unreadable:
        raise TokenInvalid from None
    if claims["type"] != kind:
        raise TokenInvalid
    return claims


def _owner(claims: Mapping[str, Any]) -> Any:
    try:
        return users.by_subject(claims["sub"])
    except (ValueError, TypeError):
        raise TokenInvalid from None


def _rotated(claims: Mapping[str, Any], owner: Any, channel: Channel, now: datetime) -> bool:
    with transaction():
        return models.rotate(claims["sid"], owner, channel, claims["gen"], now, request.remote_addr or "")


def _after_lost_race(claims: Mapping[str, Any], channel: Channel, now: datetime) -> Opened:
    """What a refresh token gets that is not its channel's newest; looked at in a transaction of its own."""
    with transaction():
        session = models.find(claims["sid"])
        user = users.by_id(session.user_id) if session is not None else None
        newest = session.generation(channel) if session is not None else None
        # A channel that a new sign-in closed is over; its old cookie proves nothing about the other one.
        if session is None or user is None or newest is None or not _stands(session, user, now):
            raise SessionEnded
        if str(session.user_id) != claims["sub"]:
            raise TokenInvalid
        behind = newest - claims["gen"]
        if behind == 1 and _in_grace(now, session.rotated_at(channel)):
            return Opened(session.id, {channel: _issue(session, channel, user)}, session.remember)
        reused = behind > 0
        ended = models.end(session.id, "reused" if reused else "rolled_back", now)
        # Of parallel losers all see the session stand, and one ends it: the user is told once.
        if reused and ended:
            emit(RefreshReused(user=user, session_id=session.id))
    _forget(claims["sid"])
    raise errors.RefreshReused if reused else SessionEnded


def _stands(session: models.Session, user: Any, now: datetime) -> bool:
    return session.revoked_at is None and session.expires_at > now and user.is_active is True


def _in_grace(now: datetime, rotated_at: int) -> bool:
    grace = settings(SessionSettings).refresh_grace.total_seconds()
    return grace > 0 and now.timestamp() - rotated_at <= grace


def _forget(*session_ids: str) -> None:
    """Let the next requests of these sessions ask the database, where there is a lag."""
    known = part(memory.Remembered).memory
    if known is not None:
        for session_id in session_ids:
            known.forget(session_id)


def renew(user: Any, session_id: str, channel: Channel, proofs: Sequence[Proof]) -> Opened:
    """New tokens of the same session on *channel* that carry new proofs; the other channel is untouched.

    Raises:
        SessionEnded: the session is over, or another user's.
    """
    now = clock.now()
    with transaction():
        session = models.find(session_id, lock=True)
        if session is None or session.user_id != users.key_of(user) or not _stands(session, user, now):
            raise SessionEnded
        generation = session.generation(channel)
        if generation is None:
            raise SessionEnded
        session.add_proofs(channel, proofs)
        setattr(session, f"{channel}_generation", generation + 1)
        setattr(session, f"{channel}_rotated_at", seconds(now))
        issued = _issue(session, channel, user)
    return Opened(session_id, {channel: issued}, session.remember)


def proofs(claims: Mapping[str, Any]) -> list[Proof]:
    """What the bearer of an access token has proved on the token's channel, and when."""
    session, (_, channel) = models.find(claims["sid"]), cookies.present("access")
    return [Proof(method, at) for method, at in session.proofs_on(channel)] if session is not None else []


def replace_cookie_session() -> None:
    """End the cookie channel of the session that the browser's cookie names, in the open transaction."""
    token = request.cookies.get(part(cookies.Transport).refresh, "")
    if not token:
        return
    try:
        claims = _read(token, "refresh", even_expired=True)
    except TokenInvalid:
        return
    models.close_channel(claims["sid"], "cookie", clock.now())
    _forget(claims["sid"])


def sign_out(scope: str) -> int:
    """End this session, all others, or all; how many ended. The cookies go in any case.

    `this` takes an expired token too, as long as its signature names the session.

    Raises:
        TokenMissing, TokenInvalid: no token names a session.
    """
    try:
        claims = _any_token() if scope == "this" else authenticate()
        user_id = claims["sub"] if scope != "this" else _owner(claims)
    except Unauthenticated:
        _clear_cookies(scope)
        raise
    _clear_cookies(scope)
    now, session_id = clock.now(), claims["sid"]
    keep = session_id if scope == "others" else None
    with transaction():
        if scope == "this":
            ending, count = [session_id], models.end(session_id, "signed_out", now, user_id)
        else:
            ending = _ids_of(user_id, keep)
            count = models.end_all(user_id, "signed_out", now, keep)
        user = users.by_id(user_id) if count else None
        if user is not None:
            emit(SignedOut(user=user, session_id=session_id, scope=scope, count=count))
    _forget(*ending)
    return count


def _clear_cookies(scope: str) -> None:
    if scope != "others":
        cookies.clear()


def _ids_of(user_id: Any, keep: str | None) -> list[str]:
    return [one.id for one in models.all_of(user_id) if one.id != keep]


def _any_token() -> dict[str, Any]:
    """The claims of whichever of our tokens came along, expired or not."""
    refused: TokenInvalid | None = None
    found = [cookies.presented("access"), cookies.presented("refresh")]
    for token, channel in [one for one in found if one is not None]:
        for kind in ("access", "refresh"):
            try:
                claims = _read(token, kind, even_expired=True)
            except TokenInvalid as problem:
                refused = problem
                continue
            if channel == "cookie":
                cookies.check_double_submit(claims)
            return claims
    raise refused or TokenMissing()


def mine(limit: int, after: tuple[datetime, str] | None) -> tuple[list[models.Session], bool]:
    """The signed-in user's sessions that stand, newest first, and whether there are more."""
    found = list(models.open_sessions_of(authenticate()["sub"], clock.now(), after, limit + 1))
    return found[:limit], len(found) > limit


def revoke(user: Any, session_id: str) -> None:
    """End one session of *user*.

    Raises:
        NotFound: there is none of this id that is theirs and stands.
    """
    with transaction():
        count = models.end(session_id, "revoked", clock.now(), users.key_of(user))
        if not count:
            raise NotFound("You have no such session.")
        emit(SessionRevoked(user=user, count=count))
    _forget(session_id)


def revoke_others(user: Any, keep: str | None, reason: str = "revoked") -> int:
    """End all sessions of *user* but *keep*; how many that were. Joins an open transaction."""
    with transaction():
        ending = _ids_of(users.key_of(user), keep)
        count = models.end_all(users.key_of(user), reason, clock.now(), keep)
        if count:
            emit(SessionRevoked(user=user, count=count))
    _forget(*ending)
    return count


def purge() -> dict[str, int]:
    """Delete the sessions that ended longer ago than AUTHSVC_SESSIONS_KEEP_ENDED."""
    before = clock.now() - settings(SessionSettings).keep_ended

    def some() -> int:
        with transaction():
            return models.sweep(before, 1000)

    return {"sessions": swept(some, 1000)}


def disown(user: Any) -> dict[str, int]:
    """End the user's sessions: they are not the owner's of the address."""
    return {"sessions": revoke_others(user, None, "disowned")}


def forget_user(user: Any) -> dict[str, int]:
    """Erase the user's sessions."""
    return {"sessions": models.erase_all_of(users.key_of(user))}


def export_user(user: Any) -> dict[str, Any]:
    """The user's sessions as they are told to the user."""
    return {
        "sessions": [
            {
                "created_at": one.created_at.isoformat(),
                "last_seen_at": one.refreshed_at.isoformat(),
                "address": one.address,
                "user_agent": one.user_agent,
                "methods": list(dict.fromkeys(method for method, *_ in one.proofs)),
                "ended_at": one.revoked_at.isoformat() if one.revoked_at else None,
            }
            for one in models.all_of(users.key_of(user))
        ]
    }
