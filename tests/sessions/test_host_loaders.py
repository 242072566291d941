"""A host's own loaders are asked as well as ours, and its answers are given on its own routes."""

from collections.abc import Callable
from typing import Any

import flask
import pytest
from flask_jwt_extended import JWTManager, current_user, get_jwt_identity, jwt_required

from tests.sessions.at_the_wire import access_token_of, claims_of, copy_of, user_row
from tests.sessions.hosts import (
    OwnManager,
    Step,
    admitted,
    everywhere,
    hosted,
    late,
    nothing,
)
from tests.support.apps import Clock, Person, make_app, plain_user, uuid_user


def test_the_hosts_blocklist_is_asked_as_well(database_url: str, kind: str, moment: str) -> None:
    # given a host with a blocklist of its own
    blocked: set[str] = set()

    def with_blocklist(app: flask.Flask) -> None:
        manager = JWTManager(app)
        manager.token_in_blocklist_loader(lambda header, claims: claims["jti"] in blocked)
        manager.revoked_token_loader(lambda header, claims: ({"told": "the host blocked this"}, 418))

    app = hosted(database_url, moment, with_blocklist)
    ada = Person(app, kind, "ada@example.com")
    ada.sign_up()
    assert admitted(ada) == everywhere(200)

    # when it blocks a token of a session that stands
    blocked.add(claims_of(access_token_of(ada))["jti"])

    # then the host's routes answer in its words, ours in ours, and who skips its check skips only that
    found = admitted(ada)
    assert {name: found[name] for name in ("plain", "optional", "any-type", "inside")} == dict.fromkeys(
        ("plain", "optional", "any-type", "inside"), 418
    )
    assert (found["unchecked"], found["ours"]) == (200, 401)
    assert ada.me().json["code"] == "session_ended"


def test_the_hosts_answers_are_given_on_the_hosts_routes_and_ours_on_ours(
    clock: Clock, database_url: str, moment: str
) -> None:
    # given a host with an answer of its own for each refusal
    def with_answers(app: flask.Flask) -> None:
        manager = JWTManager(app)
        manager.unauthorized_loader(lambda why: ({"host": "nobody"}, 401))
        manager.invalid_token_loader(lambda why: ({"host": "invalid"}, 401))
        manager.expired_token_loader(lambda header, claims: ({"host": "expired", "of": claims["sub"]}, 401))
        manager.revoked_token_loader(lambda header, claims: ({"host": "revoked", "of": claims["sub"]}, 401))

    app = hosted(database_url, moment, with_answers)
    ada = Person(app, "bearer", "ada@example.com")
    ada.sign_up()
    phone = Person(app, "bearer", ada.email)
    phone.sign_in()
    phone.sign_out()
    expired = copy_of(ada)

    # when each refusal happens, on both kinds of routes
    tokens = {"nobody": None, "invalid": "nonsense", "revoked": phone.access}
    answers = {name: _both(app, token) for name, token in tokens.items()}
    clock.forward(hours=1)
    answers["expired"] = _both(app, expired.access)

    # then each answers in its own words
    assert {name: host_says["host"] for name, (host_says, _) in answers.items()} == {
        name: name for name in answers
    }
    assert {name: we_say["code"] for name, (_, we_say) in answers.items()} == {
        "nobody": "token_missing",
        "invalid": "token_invalid",
        "revoked": "session_ended",
        "expired": "token_expired",
    }
    assert {str(answers[name][0]["of"]) for name in ("expired", "revoked")} == {"1"}


def _both(app: flask.Flask, token: str | None) -> tuple[dict[str, Any], dict[str, Any]]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    client = app.test_client()
    return tuple(client.get(path, headers=headers).json for path in ("/host/plain", "/api/auth/user/@me"))  # type: ignore[return-value]


@pytest.mark.parametrize("make", [nothing, JWTManager, late(OwnManager)], ids=["none", "plain", "derived"])
def test_a_host_without_answers_of_its_own_gives_problem_documents(
    clock: Clock, database_url: str, moment: str, make: Step
) -> None:
    # given a host that has said nothing about refusals
    app = hosted(database_url, moment, make)
    ada = Person(app, "bearer", "ada@example.com")
    ada.sign_up()
    ada.sign_out()

    # when its routes refuse
    headers = {"Authorization": f"Bearer {ada.access}"}
    answers = [
        app.test_client().get("/host/plain"),
        app.test_client().get("/host/plain", headers={"Authorization": "Bearer x.y.z"}),
        app.test_client().get("/host/plain", headers=headers),
    ]

    # then the answers are ours
    assert [answer.json["code"] for answer in answers] == ["token_missing", "token_invalid", "session_ended"]
    assert {answer.status_code for answer in answers} == {401}
    assert {answer.content_type for answer in answers} == {"application/problem+json"}
    assert all(answer.json["detail"].startswith("401 ") for answer in answers)


def test_the_hosts_user_loader_gives_the_hosts_routes_their_user(
    database_url: str, kind: str, moment: str
) -> None:
    # given a host that loads its users itself, by their own type of key
    asked: list[Any] = []
    banned: set[int] = set()

    def with_loader(app: flask.Flask) -> None:
        manager = JWTManager(app)

        @manager.user_lookup_loader
        def load(header: dict[str, Any], claims: dict[str, Any]) -> Any:
            asked.append(claims["sub"])
            model = app.auth.user_model  # type: ignore[attr-defined]
            return None if claims["sub"] in banned else model.query.filter_by(id=claims["sub"]).one()

        @manager.user_lookup_error_loader
        def refuse(header: dict[str, Any], claims: dict[str, Any]) -> Any:
            return {"host": "no such user"}, 403

    app = hosted(database_url, moment, with_loader)
    app.add_url_rule("/host/me", "me", jwt_required()(lambda: {"email": current_user.email}))
    ada = Person(app, kind, "ada@example.com")
    ada.sign_up()

    # when a route asks for the user, and again once the host finds them no more
    found = _at(ada, "/host/me")
    banned.add(1)
    refused = _at(ada, "/host/me")

    # then the host's loader was asked, with the key and not its text, and its refusal counts
    assert found.json == {"email": "ada@example.com"}
    assert set(asked) == {1}
    assert (refused.status_code, refused.json) == (403, {"host": "no such user"})
    assert ada.me().json["code"] == "session_ended"


def _at(person: Person, path: str) -> Any:
    headers = {"Authorization": f"Bearer {person.access}"} if person.kind == "bearer" else {}
    return person.http.get(path, headers=headers)


def test_claims_that_the_host_demands_are_demanded_on_its_routes(database_url: str, moment: str) -> None:
    # given a host that wants to see a claim
    def with_demand(app: flask.Flask) -> None:
        manager = JWTManager(app)
        manager.token_verification_loader(lambda header, claims: claims.get("tenant") == "blue")
        manager.token_verification_failed_loader(lambda header, claims: ({"host": "wrong tenant"}, 400))

    app = hosted(database_url, moment, with_demand)
    tenants = ["blue", "red"]
    hook: Callable[[Any], dict[str, str]] = lambda user: {"tenant": tenants.pop(0)}  # noqa: E731
    app.auth.claims(hook)  # type: ignore[attr-defined]

    # when tokens with the right and the wrong claim come
    ada, bob = Person(app, "bearer", "ada@example.com"), Person(app, "bearer", "bob@example.com")
    ada.sign_up()
    bob.sign_up()

    # then only the right one passes
    assert _at(ada, "/host/plain").status_code == 200
    assert _at(bob, "/host/plain").json == {"host": "wrong tenant"}
    assert bob.me().status_code == 401


@pytest.mark.parametrize("make_model", [plain_user, uuid_user], ids=["integer", "uuid"])
def test_routes_of_the_host_get_the_key_in_its_own_type(
    database_url: str, kind: str, make_model: Callable[[], Any]
) -> None:
    # given a model with this type of key, and a route that wants to know whose token it is
    seen: list[Any] = []
    app = make_app(database_url, user_model=make_model())
    app.add_url_rule("/host/who", "who", jwt_required()(lambda: {"n": seen.append(get_jwt_identity())}))
    ada = Person(app, kind, "ada@example.com")
    ada.sign_up()

    # when somebody comes, before and after a refresh
    answers = [_at(ada, "/host/who")]
    ada.refresh()
    answers.append(_at(ada, "/host/who"))

    # then the route can look the user up by it, while the wire has text
    assert [answer.status_code for answer in answers] == [200, 200]
    key = user_row(app, ada.email).id
    assert seen == [key, key]
    assert {type(one) for one in seen} == {type(key)}
    assert claims_of(access_token_of(ada))["sub"] == str(key) == ada.me().json["user"]["id"]
