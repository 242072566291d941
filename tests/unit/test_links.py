"""Where links lead and where people may be sent."""

from collections.abc import Callable

import flask
import pytest

from flask_headless_auth import links
from flask_headless_auth.errors import PublicUrlMissing, ValidationFailed
from flask_headless_auth.links import Allowed, is_app_uri, origin_of, with_query
from flask_headless_auth.settings import CoreSettings

App = Callable[..., flask.Flask]

ORIGINS = {
    "https://app.example.com": "https://app.example.com",
    "https://app.example.com/": "https://app.example.com",
    "https://app.example.com:443/a?b=c#d": "https://app.example.com",
    "http://app.example.com:80": "http://app.example.com",
    "http://app.example.com:8080/x": "http://app.example.com:8080",
    "https://App.Example.COM/x": "https://app.example.com",
    "http://[::1]:5000/x": "http://[::1]:5000",
    "https://[2001:db8::1]": "https://[2001:db8::1]",
    "http://127.0.0.1:3000": "http://127.0.0.1:3000",
}


@pytest.mark.parametrize("url", ORIGINS)
def test_the_origin_is_as_browsers_write_it(url: str) -> None:
    assert origin_of(url) == ORIGINS[url]


NO_ORIGINS = [
    "", "/", "/path", "//evil.example", "app.example.com", "https:", "https:/app.example.com", "https://",
    "https:///app.example.com", "javascript:alert(1)", "data:text/html,x", "ftp://app.example.com",
    "https://user@app.example.com", "https://user:pass@app.example.com",
    "https://app.example.com@evil.example",
    "https://app.example.com:99999", "https://app.example.com:x", "https://[::1", "com.example.app:/in",
    "\thttps://app.example.com", " https://app.example.com", "https://@app.example.com",
]  # fmt: skip


@pytest.mark.parametrize("url", NO_ORIGINS)
def test_what_is_no_absolute_url_of_the_web_has_no_origin(url: str) -> None:
    assert origin_of(url) is None


LIST = Allowed(
    frozenset({"https://app.example.com", "http://localhost:3000"}), frozenset({"com.example.app:/in"})
)

GOOD = [
    "https://app.example.com", "https://app.example.com/", "https://app.example.com/reset?x=1#y",
    "https://app.example.com:443/x", "https://APP.example.com/x", "http://localhost:3000/in",
    "com.example.app:/in",
]  # fmt: skip

HOSTILE = [
    "https://evil.example", "//evil.example", "///evil.example", "/////evil.example", "\\\\evil.example",
    "/\\evil.example", "\\/evil.example", "https:evil.example", "https:/evil.example",
    "https:\\\\evil.example",
    "https://app.example.com.evil.example", "https://app.example.com@evil.example",
    "https://evil.example\\@app.example.com", "https://evil.example/https://app.example.com",
    "https://evil.example#https://app.example.com", "https://evil.example?https://app.example.com",
    "https://app.example.com%2eevil.example", "https://app.example.com%00.evil.example",
    "https://app.example.com\x00.evil.example", "https://app.example.com\t.evil.example",
    "https://app.example.com\n", "https://app.example.com\r\nLocation: https://evil.example",
    " https://app.example.com", "https://app.example.com ", "http://app.example.com",
    "https://app.example.com:8443", "http://localhost:3001", "http://localhost", "https://localhost:3000",
    "javascript:alert(1)", "JavaScript:alert(1)", "java\tscript:alert(1)", "data:text/html,<script>",
    "vbscript:x",
    "https://аpp.example.com", "https://app。example.com", "https://ａpp.example.com", "https://app.example.com。",
    "com.example.app:/in/other", "com.example.app:/in?x=1", "com.example.app:/IN", "com.example.app://in",
    "com.example.app:", "com.evil.app:/in", "", "/", "reset", "?x", "#x", "https://",
    "https://app.example.com" * 100,
]  # fmt: skip


@pytest.mark.parametrize("url", GOOD)
def test_what_is_on_the_list_is_allowed(url: str) -> None:
    assert LIST.allows(url)


@pytest.mark.parametrize("url", HOSTILE)
def test_R40_no_spelling_leads_anywhere_else(url: str) -> None:
    assert not LIST.allows(url)


def test_an_empty_list_allows_nothing() -> None:
    assert [one for one in (*GOOD, *HOSTILE) if Allowed(frozenset(), frozenset()).allows(one)] == []


@pytest.mark.parametrize(
    "text", ["com.example.app:/in", "myapp:in", "com.example.app://in?x=1", "x-y.z+1:/a"]
)
def test_a_scheme_of_its_own_makes_the_uri_of_an_app(text: str) -> None:
    assert is_app_uri(text)


@pytest.mark.parametrize(
    "text",
    ["https://app.example.com", "HTTP://x", "javascript:x", "JAVASCRIPT:x", "data:x", "vbscript:x", "file:///x",
     "blob:x", "about:blank", "ws://x", "wss://x", "ftp://x", "//x", "in", "", ":", "1app:/in", "my app:/in",
     "myapp:/i n", "myapp:/in\n", "мой:/in"],
)  # fmt: skip
def test_other_schemes_make_none(text: str) -> None:
    assert not is_app_uri(text)


def test_the_list_is_made_of_the_settings() -> None:
    # given settings that name front ends in every way
    core = CoreSettings(
        frontend_url="https://app.example.com",
        post_login_redirect_url="https://shop.example.com/welcome",
        redirect_urls=("https://other.example.com", "com.example.app:/in", "javascript:alert(1)"),
    )

    # when the list is made
    allowed = links.allowed_by(core, ("http://localhost:3000",))

    # then it has their origins, and exact URIs of apps
    assert allowed.origins == {
        "https://app.example.com",
        "https://shop.example.com",
        "https://other.example.com",
        "http://localhost:3000",
    }
    assert allowed.uris == {"com.example.app:/in"}


def test_a_target_that_is_not_on_the_list_is_named(build: App) -> None:
    # given an application with a front end
    app = build(FRONTEND_URL="https://app.example.com")

    # then its own pages pass, none passes, and others are refused by the name of the field
    with app.test_request_context():
        links.check("https://app.example.com/in", "redirect_url")
        links.check(None, "redirect_url")
        with pytest.raises(ValidationFailed) as refused:
            links.check("https://evil.example", "redirect_url")
    assert list(refused.value.errors or {}) == ["redirect_url"]


ASKED = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Origin": "https://evil.example",
         "Forwarded": "host=evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-Port": "1"}  # fmt: skip


def test_R41_a_link_is_made_of_the_settings_whatever_the_request_says(build: App) -> None:
    # given an application that knows where it is, and one with a front end
    alone = build(AUTHSVC_PUBLIC_URL="https://auth.example.com")
    fronted = build(AUTHSVC_PUBLIC_URL="https://auth.example.com", FRONTEND_URL="https://app.example.com")

    # when links are made in a poisoned request
    made = []
    for app, path in ((alone, "/in/{token}"), (fronted, "/in/{token}"), (fronted, "")):
        with app.test_request_context(headers=ASKED):
            made.append(links.to_page(path, "/magic-link/{token}", token="a/b?c#d %"))

    # then they lead where the settings say, and the token cannot end its place
    assert made == [
        "https://auth.example.com/api/auth/magic-link/a%2Fb%3Fc%23d%20%25",
        "https://app.example.com/in/a%2Fb%3Fc%23d%20%25",
        "https://auth.example.com/api/auth/magic-link/a%2Fb%3Fc%23d%20%25",
    ]


def test_without_an_address_there_is_no_link(build: App) -> None:
    # given an application that does not know where it is
    app = build(AUTHSVC_PUBLIC_URL=None)

    # then a link to itself cannot be made, whatever the request says
    with app.test_request_context(headers=ASKED), pytest.raises(PublicUrlMissing):
        links.to_page("", "/magic-link/{token}", token="x")


def test_under_development_keys_the_servers_port_completes_localhost(build: App) -> None:
    # given an application with development keys
    app = build(AUTHSVC_PUBLIC_URL=None, SECRET_KEY=None)

    # then links lead to this machine, at the port that the server has and not at what a header says
    for port, url in (("5000", "http://localhost:5000"), ("80", "http://localhost")):
        with app.test_request_context(headers=ASKED, environ_overrides={"SERVER_PORT": port}):
            assert links.public_url() == url


QUERIES = {
    "https://a.example": "https://a.example?token=x%2F1",
    "https://a.example/in": "https://a.example/in?token=x%2F1",
    "https://a.example/in?b=c": "https://a.example/in?b=c&token=x%2F1",
    "https://a.example/in#part": "https://a.example/in?token=x%2F1#part",
    "https://a.example/in?b=c#part?d": "https://a.example/in?b=c&token=x%2F1#part?d",
    "com.example.app:/in": "com.example.app:/in?token=x%2F1",
}


@pytest.mark.parametrize("url", QUERIES)
def test_a_member_is_added_to_the_query_and_nothing_is_lost(url: str) -> None:
    assert with_query(url, token="x/1") == QUERIES[url]
