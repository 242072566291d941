"""Somebody's day with the generated client, many things at once: `python walk_async.py http://127.0.0.1:8000`."""

import asyncio
import sys
from typing import TypeVar

from flask_headless_auth_client import AuthenticatedClient, Client
from flask_headless_auth_client.api.password import update_password
from flask_headless_auth_client.api.profile import get_me
from flask_headless_auth_client.api.sessions import list_sessions, logout, refresh_token
from flask_headless_auth_client.api.signin import login
from flask_headless_auth_client.api.signup import sign_up
from flask_headless_auth_client.models import (
    Ended,
    LoginRequest,
    Message,
    PasswordUpdate,
    Problem,
    SessionList,
    SignedIn,
    SignUpRequest,
    Tokens,
    UserEnvelope,
)

T = TypeVar("T")
PASSWORD, NEW = "correct horse battery staple", "a quite different pass phrase"
BASE = sys.argv[1]


def sure(kind: type[T], answer: object) -> T:
    """The answer, which must be of this kind."""
    if not isinstance(answer, kind):
        raise SystemExit(f"{kind.__name__} expected, got {answer!r}")
    return answer


def signed_in(token: object) -> AuthenticatedClient:
    """A client with an access token, or with a refresh token for POST /token/refresh."""
    return AuthenticatedClient(base_url=BASE, token=sure(str, token), raise_on_unexpected_status=True)


async def main() -> None:
    """Sign up, sign in on five devices at once, refresh one twice at once, change the password, sign out."""
    async with Client(base_url=BASE, raise_on_unexpected_status=True) as nobody:
        account = SignUpRequest(email="bob@example.com", password=PASSWORD)
        first = sure(SignedIn, await sign_up.asyncio(client=nobody, body=account, x_auth_delivery="body"))

        right = LoginRequest(email="bob@example.com", password=PASSWORD)
        wrong = LoginRequest(email="bob@example.com", password="wrong")
        *devices, refused = await asyncio.gather(
            *(login.asyncio(client=nobody, body=right, x_auth_delivery="body") for _ in range(5)),
            login.asyncio(client=nobody, body=wrong),
        )
        assert sure(Problem, refused).code == "invalid_credentials"
        phones = [sure(SignedIn, one) for one in devices]

    async with signed_in(first.refresh_token) as tab:
        twice = await asyncio.gather(refresh_token.asyncio(client=tab), refresh_token.asyncio(client=tab))
    tokens, same = (sure(Tokens, one) for one in twice)
    assert tokens.refresh_token == same.refresh_token

    async with signed_in(tokens.access_token) as bob:
        me, page = await asyncio.gather(get_me.asyncio(client=bob), list_sessions.asyncio(client=bob))
        assert sure(UserEnvelope, me).user.email == "bob@example.com"
        assert len(sure(SessionList, page).items) == 6

        update = PasswordUpdate(current_password=PASSWORD, new_password=NEW)
        assert sure(Message, await update_password.asyncio(client=bob, body=update)).message
        async with signed_in(phones[0].access_token) as phone:
            assert sure(Problem, await get_me.asyncio(client=phone)).code == "session_ended"

        assert sure(Ended, await logout.asyncio(client=bob)).ended == 1
        assert sure(Problem, await get_me.asyncio(client=bob)).code == "session_ended"
    print("walked")


if __name__ == "__main__":
    asyncio.run(main())
