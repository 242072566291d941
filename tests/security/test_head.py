"""HEAD asks for headers. Where GET uses something up, HEAD is refused instead of being a GET unseen."""

from typing import Any

import flask
import pytest
from flask.views import MethodView
from marshmallow import fields

from flask_headless_auth import http
from flask_headless_auth.feature import Feature
from flask_headless_auth.features import catalog
from flask_headless_auth.wire import Answer
from tests.support.apps import API, make_app

used: list[str] = []
blueprint = http.Blueprint("toy", __name__, description="Something that can be used up.")


class UsedSchema(Answer):
    """How often."""

    times = fields.Integer(required=True)


@blueprint.route("/toy/<token>")
class UseUp(MethodView):
    @blueprint.never_head
    @blueprint.response(200, UsedSchema)
    def get(self, token: str) -> dict[str, Any]:
        """Use something up."""
        used.append(token)
        return {"times": len(used)}


@blueprint.route("/toy/<token>")
class UseUpAgain(MethodView):
    @blueprint.response(200, UsedSchema)
    def post(self, token: str) -> dict[str, Any]:
        """Use it up by POST."""
        used.append(token)
        return {"times": len(used)}


@pytest.fixture
def app(database_url: str, monkeypatch: pytest.MonkeyPatch) -> flask.Flask:
    """An application with the operations above."""
    used.clear()
    toy = Feature(name="toy", needs=("signin",), blueprint=blueprint)
    monkeypatch.setattr(catalog, "ALL", (*catalog.ALL, toy))
    return make_app(database_url)


def test_head_of_what_uses_something_up_is_refused_and_uses_nothing_up(app: flask.Flask) -> None:
    # when the address is asked for its headers
    answer = app.test_client().head(f"{API}/toy/x")

    # then the refusal names what works, and the view was not called
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "OPTIONS", "POST"}
    assert answer.content_type == "application/problem+json"
    assert used == []


def test_get_and_post_of_it_work_and_are_documented(app: flask.Flask) -> None:
    # when the two are called
    client = app.test_client()
    answers = [client.get(f"{API}/toy/x"), client.post(f"{API}/toy/x")]

    # then they are as ever
    assert [one.json for one in answers] == [{"times": 1}, {"times": 2}]
    document = client.get(f"{API}/openapi.json").json
    assert document["paths"][f"{API}/toy/{{token}}"]["get"]["operationId"] == "useUp"


def test_head_of_an_ordinary_read_is_its_get_without_a_body(app: flask.Flask) -> None:
    # when the configuration is asked for its headers
    answer = app.test_client().head(f"{API}/config")

    # then they come
    assert (answer.status_code, answer.data) == (200, b"")
