"""The documentation in a browser: every operation renders, under a strict policy, and can be tried out."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.browser import node_programs, servers

PERSON = {"email": "ada@example.com", "password": "correct horse battery staple"}


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a reader of the documentation saw, who has an account."""
    node_programs.chromium()

    def look(folder: Path) -> dict[str, Any]:
        with servers.gunicorn(folder) as url:
            servers.post(f"{url}/api/auth/signup", PERSON)
            return node_programs.tell("docs.mjs", url=url, folder=str(folder), **PERSON)

    return node_programs.once(tmp_path_factory, "docs", look)


def test_every_operation_of_the_contract_opens_with_its_words_and_answers(visit: dict[str, Any]) -> None:
    # given a reader who opened every operation
    assert len(visit["documented"]) > 15

    # then each one of the contract was there, with a summary, and examples of its answers
    assert visit["shown"] == visit["documented"]
    assert visit["without_description"] == []
    assert visit["without_answers"] == []
    assert visit["failed_to_render"] == 0


def test_an_operation_can_be_tried_out(visit: dict[str, Any]) -> None:
    # given the reader's e-mail and password in the form of POST /login
    # when it was executed
    answer = json.loads(visit["tried_body"])

    # then it answered as it does everywhere, and the cookie it set is used by the next one
    assert visit["tried_status"] == "200"
    assert answer["status"] == "signed_in"
    assert answer["user"]["email"] == "ada@example.com"
    assert visit["cookie_then_works"] == "200"


def test_nothing_comes_from_elsewhere_and_nothing_breaks_the_policy(visit: dict[str, Any]) -> None:
    # given the policy of the page
    policy = dict(part.split(maxsplit=1) for part in visit["policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert "unsafe" not in visit["policy"]

    # then nothing went against it, to another server, or wrong
    seen = visit["seen"]
    assert seen["violations"] == []
    assert visit["console_at_docs"] == []
    assert seen["console"] == []
    assert seen["failures"] == []
    foreign = [
        url for url in seen["requests"] if not url.startswith((f"{visit['origin']}/", "data:", "blob:"))
    ]
    assert foreign == []


def test_each_refusal_has_a_page_for_people(visit: dict[str, Any]) -> None:
    # given the list of refusals, and the page of one
    # then the list has all of them, and the page says what happened and what to do
    assert visit["errors_title"] == "Refusals of this API"
    assert visit["errors_listed"] > 20
    assert "401" in visit["error_text"]
    assert "invalid_credentials" in visit["error_text"]
    assert "What happened" in visit["error_text"]
    assert "What to do" in visit["error_text"]

    # and its own style sheet
    assert visit["style_applies"] > 0

    # and nothing that keeps somebody from reading it
    assert visit["barriers"] == []


def test_the_documentation_can_be_switched_off_but_not_the_pages_of_refusals(tmp_path: Path) -> None:
    # given a server whose documentation is off
    with servers.gunicorn(tmp_path, application="without_docs") as url:
        # when somebody asks for it, for the contract, and for the page of a refusal
        names = ["docs", "docs/docs.js", "openapi.json", "errors/not_found", "docs/page.css"]
        found = {name: servers.status(f"{url}/api/auth/{name}") for name in names}

    # then only the documentation is not there
    assert found == {
        "docs": 404,
        "docs/docs.js": 404,
        "openapi.json": 200,
        "errors/not_found": 200,
        "docs/page.css": 200,
    }
