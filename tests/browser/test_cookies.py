"""Cookies in a real browser: what the page's script, other sites and a second tab can and cannot do."""

from pathlib import Path
from typing import Any

import pytest

from tests.browser import node_programs, servers

PERSON = {"email": "ada@example.com", "password": "correct horse battery staple"}


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What came of a browser at home, at another site, at a neighbour, and at a front end of the server's."""
    node_programs.chromium()

    def look(folder: Path) -> dict[str, Any]:
        with servers.blank_site() as other, servers.blank_site() as third, servers.blank_site() as front:
            origin = f"http://localhost:{front}"
            with servers.gunicorn(folder, TEST_ORIGINS=origin) as url:
                return node_programs.tell(
                    "cookies.mjs",
                    url=url,
                    foreign=f"http://127.0.0.1:{other}/",
                    neighbour=f"http://localhost:{third}/",
                    front=f"{origin}/",
                    **PERSON,
                )

    return node_programs.once(tmp_path_factory, "cookies", look)


def test_the_cookies_are_bound_to_host_path_and_http(visit: dict[str, Any]) -> None:
    # given somebody who signed up in a browser, at http://localhost
    assert visit["signed_up"]["status"] == 201

    # then the browser keeps both cookies, with all that binds them
    access, refresh = visit["cookies"]
    assert (access["name"], access["path"], access["domain"]) == ("__Host-access_token", "/", "localhost")
    assert (refresh["name"], refresh["path"]) == ("__Secure-refresh_token", "/api/auth")
    for cookie in (access, refresh):
        assert cookie["httpOnly"]
        assert cookie["secure"]
        assert cookie["sameSite"] == "Strict"
        assert cookie["expires"] > 0


def test_the_page_never_sees_a_token(visit: dict[str, Any]) -> None:
    # given a page that asked for cookies only
    # then no answer has a token, nor has what its script can read
    assert visit["script_sees"] == ""
    for answer in (
        visit["signed_up"],
        visit["refreshed"],
        visit["front"]["login"],
        visit["front"]["refresh"],
    ):
        assert {"access_token", "refresh_token"} & set(answer["body"]) == set()
        assert "eyJ" not in str(answer["body"])
    assert visit["me"]["body"]["user"]["email"] == "ada@example.com"


def test_a_refresh_by_cookie_renews_the_cookies_even_where_the_body_is_asked_for(
    visit: dict[str, Any],
) -> None:
    # given a script that asks for the tokens in the body, with the browser's cookie
    # then it gets none, and the cookies are new
    assert visit["refreshed"]["status"] == 200
    assert "access_token" not in visit["refreshed"]["body"]
    assert visit["cookies_changed"]
    assert visit["me_after_refresh"]["status"] == 200


def test_a_page_of_another_site_can_do_nothing(visit: dict[str, Any]) -> None:
    # given a page on 127.0.0.1, which is another site than localhost
    # then its script is blocked
    for attempt in visit["attack"].values():
        assert "blocked" in attempt

    # and its forms are refused, without a cookie
    assert visit["form_logout"] == {"status": 403, "code": "cross_site_request", "cookie_sent": False}
    assert visit["form_login"] == {"status": 403, "code": "cross_site_request", "cookie_sent": False}
    assert visit["blind_logout"].startswith("sent")

    # and the person is still signed in
    assert visit["still_signed_in"].get("status") == 200, visit["still_signed_in"]
    assert visit["cookies_after_attacks"] == 2


def test_a_neighbour_on_the_same_site_can_do_nothing_either(visit: dict[str, Any]) -> None:
    # given a page of another port of localhost: the same site, so that Strict cookies travel
    neighbour = visit["neighbour"]

    # then it can neither read nor sign out
    assert "blocked" in neighbour["read_me"]
    assert "blocked" in neighbour["logout"]
    assert neighbour["blind_logout"].startswith("sent")
    assert visit["still_signed_in_after_neighbour"].get("status") == 200, visit[
        "still_signed_in_after_neighbour"
    ]


def test_a_front_end_whose_origin_is_set_can_do_everything(visit: dict[str, Any]) -> None:
    # given a page whose origin is in AUTHSVC_CORS_ORIGINS
    front = visit["front"]

    # then it reads, refreshes, signs out and in, with the cookies
    assert front["read_me"]["body"]["user"]["email"] == "ada@example.com"
    assert front["refresh"]["status"] == 200
    assert front["logout"]["status"] == 200
    assert front["read_after"]["body"]["code"] == "token_missing"
    assert front["login"]["body"]["status"] == "signed_in"

    # and the server's own pages know about it
    assert visit["home_after_front"] == 200


def test_cookies_end_with_the_browser_where_that_is_asked_for_and_with_sign_out(
    visit: dict[str, Any],
) -> None:
    # given a sign-in that is not to be remembered
    assert visit["short"]["status"] == 200

    # then its cookies have no end of their own, and are gone when the person signs out
    assert visit["short_expiries"] == [-1, -1]
    assert visit["signed_out"]["status"] == 200
    assert visit["cookies_at_the_end"] == []


def test_two_tabs_that_refresh_at_once_stay_signed_in(server: str) -> None:
    # given one browser with two tabs, and two worker processes
    node_programs.chromium()

    # when both refresh at once, ten times
    seen = node_programs.tell("tabs.mjs", url=server, rounds=10, **PERSON)

    # then every refresh succeeds and everybody is known after it
    assert seen["rounds"] == [[200, 200, 200, 200]] * 10

    # and it is one session, whose tokens changed each time
    assert seen["sessions"] == 1
    assert seen["distinct_cookies"] >= 20
