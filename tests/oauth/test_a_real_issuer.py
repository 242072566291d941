"""A certified OpenID Connect provider (`oidc-provider` for Node), by script and in a real browser."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx
import pytest

from tests.browser import node_programs, servers
from tests.oauth.browsers import FRONT, Traveller, query_of
from tests.support.apps import API, make_app

pytestmark = [pytest.mark.slow, pytest.mark.browser]

PROGRAMS = Path(__file__).resolve().parent / "node"
CLIENT, SECRET = "client-of-the-host", "a-secret-of-more-than-32-characters"


def provider(folder: Path, port: int, callback: str) -> Any:
    """The provider, for a client that comes back to *callback*."""
    node_programs.install(PROGRAMS)
    command = [node_programs.node(), str(PROGRAMS / "issuer.mjs"), str(port), callback]
    url = f"http://localhost:{port}/.well-known/openid-configuration"
    return servers.process(command, url, folder / "issuer.log")


def entry(port: int) -> dict[str, Any]:
    """Its entry in the configuration."""
    return {
        "issuer": f"http://localhost:{port}",
        "client_id": CLIENT,
        "client_secret": SECRET,
        "email_domains": ["example.com"],
    }


@pytest.fixture
def issuer(tmp_path: Path) -> Iterator[int]:
    """The port of a provider that sends people back to the test client's address."""
    port = servers.free_port()
    with provider(tmp_path, port, f"http://localhost{API}/callback/acme"):
        yield port


def sign_in_there(url: str, login: str, decision: str = "consent") -> dict[str, str]:
    """What a browser does at the provider: signs in, agrees or not; answers the query of the way back."""
    with httpx.Client() as browser:
        answer = browser.get(url)
        for _ in range(12):
            if answer.is_redirect:
                target = urljoin(str(answer.url), answer.headers["Location"])
                if target.startswith("http://localhost/"):
                    return dict(parse_qsl(urlsplit(target).query))
                answer = browser.get(target)
                continue
            page = answer.text
            if decision == "abort":
                abort = re.search(r'href="([^"]*/abort)"', page)
                assert abort, page
                answer = browser.get(urljoin(str(answer.url), abort[1]))
                continue
            form = re.search(r'<form[^>]*action="([^"]+)"', page)
            prompt = re.search(r'name="prompt" value="(\w+)"', page)
            assert form, page
            assert prompt, page
            data = {"prompt": prompt[1], "login": login, "password": "any"}
            answer = browser.post(urljoin(str(answer.url), form[1]), data=data)
    raise AssertionError("The provider never sent the browser back.")


def test_a_person_signs_in_at_a_certified_provider(issuer: int, database_url: str) -> None:
    # given an application that signs people in there; real time, since the provider has it too
    app = make_app(database_url, AUTHSVC_OAUTH_PROVIDERS={"acme": entry(issuer)}, FRONTEND_URL=FRONT)
    ada = Traveller(app)

    # when somebody goes there, signs in, agrees and comes back
    query = query_of(ada.come_back(sign_in_there(ada.leave(), "ada")))

    # then they are signed in with the address that its userinfo tells
    assert query == {}
    assert ada.me().json["user"]["email"] == "ada@example.com"
    assert ada.get("/config").json["providers"] == [{"name": "acme", "label": "Acme"}]


def test_a_person_proves_presence_there_by_signing_in_anew(issuer: int, database_url: str) -> None:
    # given somebody who signed in there
    app = make_app(database_url, AUTHSVC_OAUTH_PROVIDERS={"acme": entry(issuer)}, FRONTEND_URL=FRONT)
    ada = Traveller(app)
    assert query_of(ada.come_back(sign_in_there(ada.leave(), "ada"))) == {}

    # when they prove presence, as themselves and as somebody else
    def prove(login: str) -> dict[str, str]:
        begun = ada.post("/reauthenticate/options", {"method": "provider"})
        return query_of(ada.come_back(sign_in_there(begun.json["authorization_url"], login)))

    mine, others = prove("ada"), prove("mallory")

    # then the provider said that the sign-in is new, and only their own counts
    answer = ada.post("/reauthenticate", {"method": "provider", "code": mine["code"]})
    assert answer.status_code == 200
    assert others == {"error": "invalid_credentials"}


def test_a_person_who_does_not_agree_is_back_with_an_error(issuer: int, database_url: str) -> None:
    # given somebody at the provider
    app = make_app(database_url, AUTHSVC_OAUTH_PROVIDERS={"acme": entry(issuer)}, FRONTEND_URL=FRONT)
    ada = Traveller(app)

    # when they cancel
    query = query_of(ada.come_back(sign_in_there(ada.leave(), "ada", "abort")))

    # then the front end hears of it
    assert query == {"error": "provider_denied"}
    assert ada.me().status_code == 401


def test_in_chromium_the_cookies_arrive_where_they_should(tmp_path: Path) -> None:
    # given an application with safe cookies under gunicorn, and the provider
    node_programs.chromium()
    port, issuer = servers.free_port(), servers.free_port()
    url = f"http://localhost:{port}"
    variables = {
        "TEST_PORT": str(port),
        "TEST_DATABASE": f"sqlite:///{tmp_path / 'test.db'}",
        "TEST_ISSUER": str(issuer),
    }
    command = [
        sys.executable, "-m", "gunicorn", "--workers", "2", "--threads", "4", "--bind", f"127.0.0.1:{port}",
        "--worker-tmp-dir", str(tmp_path), "tests.oauth.applications:at_a_provider()",
    ]  # fmt: skip
    callback = f"{url}{API}/callback/acme"
    with (
        provider(tmp_path, issuer, callback),
        servers.process(command, f"{url}{API}/config", tmp_path / "gunicorn.log", **variables),
    ):
        # when somebody signs in there, links a second identity, and signs in once more
        seen = node_programs.tell("provider.mjs", url=url, login="ada")

    # then each way back worked, with nothing in the address and nothing for scripts to read
    assert seen["signed_in"] == {"address": f"{url}/", "email": "ada@example.com"}
    assert seen["linked"] == {"address": f"{url}/", "identities": 2}
    assert seen["cookies_seen_by_script"] == ""
    assert seen["attempts_left"] == []
