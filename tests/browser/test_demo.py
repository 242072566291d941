"""The demo: a person signs up, sees and changes who they are, signs out, and in again."""

import re
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.browser import node_programs, servers


def run_demo(folder: Path, port: int) -> Any:
    """A demo that is started for the first time, with its data in *folder*."""
    node_programs.build_demo()
    variables = {"PORT": str(port), "PYTHON": sys.executable, "DEMO_FOLDER": str(folder / "data")}
    command = [str(node_programs.DEMO / "run")]
    return servers.process(command, f"http://localhost:{port}", folder / "demo.log", **variables)


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What was seen when somebody who had not been there before used all of the demo, with a few slips."""
    node_programs.chromium()

    def look(folder: Path) -> dict[str, Any]:
        with run_demo(folder, servers.free_port()) as url:
            return node_programs.tell(
                "demo.mjs",
                url=url,
                folder=str(folder),
                email="ada@example.com",
                password="correct horse battery staple",
                new_password="another long and good one",
            )

    return node_programs.once(tmp_path_factory, "demo", look)


def test_somebody_signs_up_edits_their_profile_signs_out_and_in_again(visit: dict[str, Any]) -> None:
    # given a visit to the demo
    # when they signed up, they were greeted
    assert visit["who"] == "Signed in as ada@example.com"

    # then what they changed was kept, and they could leave and come back
    assert visit["after_edit"] == "Your profile has been saved."
    assert visit["last_name_after_reload"] == "King"
    assert visit["after_sign_out"] == "You are signed out."


def test_each_slip_is_told_where_it_was_made(visit: dict[str, Any]) -> None:
    # given a visit to the demo with a broken address, a common password and wrong ones
    # then each message stands at its field, and the keyboard is there
    assert "@-sign" in visit["wrong_email"]
    assert visit["focus_at_wrong_field"] == "up-email"
    assert "most common" in visit["weak_password"]
    assert visit["email_is_fine_now"]

    # and those of no one field stand above the form
    assert visit["wrong_current_password"] == "The current password is wrong."
    assert visit["wrong_password"] == "E-mail or password is wrong."
    assert visit["focus_after_wrong_password"] == "in-password"


def test_a_device_that_is_ended_in_the_list_is_out_at_once(visit: dict[str, Any]) -> None:
    # given one device, and then another
    assert (visit["devices"], visit["elsewhere_before"]) == (1, 200)

    # then the other one was out when its button was pressed
    assert (visit["devices_after_ending_one"], visit["elsewhere_after"]) == (1, 401)


def test_the_demo_asks_nobody_else_and_shows_no_token(visit: dict[str, Any]) -> None:
    # given a visit to the demo
    seen = visit["seen"]

    # then every request went to its own server, and its content security policy was kept
    assert seen["requests"]
    assert [url for url in seen["requests"] if not url.startswith(f"{visit['origin']}/")] == []
    assert seen["failures"] == []
    assert seen["violations"] == []
    assert [line for line in seen["console"] if "status of 4" not in line] == []

    # and no script saw a token
    assert visit["cookies_seen_by_script"] == ""
    assert not visit["tokens_on_the_wire"]


def test_the_demo_fits_a_phone(visit: dict[str, Any]) -> None:
    # given a visit to the demo whose end was on a narrow screen
    # then nothing stuck out
    assert not visit["scrolls_sideways"]


def test_nothing_keeps_anybody_from_using_the_demo(visit: dict[str, Any]) -> None:
    # given each view of the demo, in light and dark, on a wide and a narrow screen
    # then what a program can check of WCAG 2.2 AA holds
    assert visit["barriers"] == []


def test_the_demo_takes_the_next_port_when_its_own_is_taken(tmp_path: Path) -> None:
    # given a server at the port that the demo would take
    with servers.blank_site() as taken, run_demo(tmp_path, taken):
        # when the demo is started
        printed = servers.await_line(tmp_path / "demo.log", r"The demo: +http://localhost:(\d+)/")

    # then it says at which other port it is
    assert taken < int(printed) < taken + 50


def test_the_demo_serves_only_this_machine(tmp_path: Path) -> None:
    # given the demo
    port = servers.free_port()
    with run_demo(tmp_path, port) as url:
        # when it is asked by another name than this machine's
        here = servers.status(f"{url}/api/auth/config")
        elsewhere = servers.status(f"{url}/api/auth/config", host="demo.example.com")

    # then it refuses
    assert (here, elsewhere) == (200, 503)


def test_the_page_names_no_address_but_its_own() -> None:
    # given the page's files
    page = node_programs.DEMO / "page"
    texts = [path.read_text() for path in [page / "index.html", page / "style.css", *page.glob("*.ts")]]

    # then nothing in them is loaded from another origin
    found = [url for text in texts for url in re.findall(r"https?://[\w.:-]+", text)]
    assert [url for url in found if not url.startswith("http://localhost")] == []
