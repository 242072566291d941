"""The generated Python client: its types hold, and somebody lives a day with it at a live server."""

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.browser.servers import free_port, process
from tests.contract.applications import APPLICATIONS, document_of
from tests.support import smtp
from tests.support.apps import PASSWORD

ROOT = Path(__file__).parents[2]
CLIENT = ROOT / "clients" / "python"
PROGRAMS = Path(__file__).parent / "programs"


def run(*command: str, path: Path = CLIENT, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """A program that has nothing of this repository but a client."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(path),
        "PYTHONSAFEPATH": "1",
        "MYPYPATH": str(path),
        # The generator calls ruff by name.
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    return subprocess.run(
        [sys.executable, *command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """A live server with two workers."""
    with serving(tmp_path) as url:
        yield url


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[str]:
    """A live server with two workers, its database in a folder."""
    address = f"127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "gunicorn", "--bind", address, "--workers", "2", "--threads", "4"]
    with process(
        [*command, "tests.contract.programs.server:app"],
        f"http://{address}/api/auth/config",
        folder / "server.log",
        DATABASE=f"sqlite:///{folder / 'server.db'}",
        **settings,
    ):
        yield f"http://{address}"


@pytest.mark.slow
@pytest.mark.parametrize("program", ["walk.py", "walk_async.py"])
def test_somebody_lives_a_day_with_the_client(program: str, server: str) -> None:
    # given a live server
    # when a program signs up, in, looks around, refreshes, changes the password and signs out
    done = run(str(PROGRAMS / program), server)

    # then every answer was of the type that it expected
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == "walked\n"


@pytest.mark.slow
def test_the_snippet_in_its_readme_works(server: str, tmp_path: Path) -> None:
    # given somebody who has signed up, and the program that the client's page shows
    account = {"email": "ada@example.com", "password": PASSWORD}
    assert httpx.post(f"{server}/api/auth/signup", json=account).status_code == 201
    snippet = (CLIENT / "README.md").read_text().partition("```python\n")[2].partition("```")[0]
    program = tmp_path / "snippet.py"
    program.write_text(snippet.replace("https://api.example.com", server))

    # when it is checked and run
    types = run("-m", "mypy", "--strict", f"--cache-dir={tmp_path}", str(program), cwd=tmp_path)
    done = run(str(program))

    # then its types are sound, and it prints who is signed in
    assert types.returncode == 0, types.stdout
    assert "email='ada@example.com'" in done.stdout, done.stderr


@pytest.mark.slow
def test_the_client_and_programs_that_use_it_have_sound_types(tmp_path: Path) -> None:
    # given the client and the programs of the test above
    programs = [str(PROGRAMS / one) for one in ("walk.py", "walk_async.py", "walk_mail.py")]

    # when mypy reads them strictly
    strict = ("-m", "mypy", "--strict", f"--cache-dir={tmp_path}")
    package = run(*strict, "-p", "flask_headless_auth_client", cwd=tmp_path)
    users = run(*strict, *programs, cwd=tmp_path)

    # then it finds nothing
    assert package.returncode == 0, package.stdout + package.stderr
    assert users.returncode == 0, users.stdout + users.stderr


@pytest.mark.slow
def test_columns_of_a_custom_model_are_in_the_types_of_its_own_client(tmp_path: Path) -> None:
    # given the document of an application whose user has a UUID key and columns of its own
    document = tmp_path / "openapi.json"
    document.write_text(json.dumps(document_of(APPLICATIONS["own user model"]())))
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)

    # when a client is generated from it, and a program is written with it
    generated = run(
        *("-m", "openapi_python_client", "generate", "--path", str(document), "--meta", "none"),
        *("--config", str(CLIENT / "config.yaml"), "--custom-template-path", str(CLIENT / "templates")),
        *("--output-path", str(tmp_path / "flask_headless_auth_client"), "--fail-on-warning"),
    )
    assert generated.returncode == 0, generated.stdout + generated.stderr
    said = run("-m", "mypy", "--strict", f"--cache-dir={tmp_path}", str(program), path=tmp_path, cwd=tmp_path)

    # then the columns have their types; the private one is not there, and not every one can be set
    assert '"User" has no attribute "notes"' in said.stdout, said.stdout
    assert 'Unexpected keyword argument "tier"' in said.stdout
    assert said.stdout.count("error:") == 2


PROGRAM = """\
from typing import Literal, assert_type
from flask_headless_auth_client.models import ProfileUpdate, User

def show(user: User) -> None:
    assert_type(user.id, str)
    assert_type(user.tier, Literal["free", "pro"])
    assert_type(user.balance, str | None)
    assert_type(user.nickname, str | None)
    ProfileUpdate(nickname="Lady L")
    user.notes
    ProfileUpdate(tier="pro")
"""


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The package of the client, imported as a program imports it."""
    monkeypatch.syspath_prepend(str(CLIENT))
    return importlib.import_module("flask_headless_auth_client")


def answers(client: Any, status: int, kind: str, body: str, **options: Any) -> Any:
    """A client whose server, or the proxy in front of it, always answers this."""
    transport = httpx.MockTransport(
        lambda _: httpx.Response(status, headers={"Content-Type": kind}, content=body.encode())
    )
    return client.Client(base_url="http://localhost", httpx_args={"transport": transport}, **options)


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        pytest.param(502, "text/html", "<h1>Bad Gateway</h1>", id="a page"),
        pytest.param(503, "text/html", "<h1>Come back later</h1>", id="a page with a status of ours"),
        pytest.param(500, "application/json", '{"message": "Internal"}', id="the proxy's own JSON"),
        pytest.param(200, "text/html", "<h1>Sign in to the hotel</h1>", id="a page instead of an answer"),
    ],
)
def test_what_a_proxy_answers_is_no_answer_of_the_api(status: int, kind: str, body: str, client: Any) -> None:
    # given a proxy that answers in the server's place
    get_config = importlib.import_module("flask_headless_auth_client.api.signin.get_config")
    unexpected = importlib.import_module("flask_headless_auth_client.errors").UnexpectedStatus

    # when the client calls through it
    quiet = get_config.sync_detailed(client=answers(client, status, kind, body))

    # then there is no answer but the status and the bytes, or an exception where that is wished
    assert (quiet.parsed, quiet.status_code, quiet.content) == (None, status, body.encode())
    with pytest.raises(unexpected):
        get_config.sync(client=answers(client, status, kind, body, raise_on_unexpected_status=True))


def test_a_refusal_that_the_client_does_not_know_yet_can_be_read(client: Any) -> None:
    # given a newer server, which refuses with a code that this client has never heard of
    get_config = importlib.import_module("flask_headless_auth_client.api.signin.get_config")
    body = {"type": "/e", "title": "Closed", "status": 503, "detail": "Closed.", "code": "closed_today"}
    server = answers(client, 503, "application/problem+json", json.dumps({**body, "error": "Closed."}))

    # when the client is refused
    refused = get_config.sync(client=server)

    # then it can say why
    assert (refused.code, refused.detail) == ("closed_today", "Closed.")


@pytest.mark.slow
def test_everything_that_goes_by_mail_works_with_the_client(tmp_path: Path) -> None:
    # given a live server with a mail server
    mails = tmp_path / "mails"
    mails.mkdir()
    with smtp.sink() as sink, smtp.laid_out(sink, mails), serving(tmp_path, MAIL_PORT=str(sink.port)) as url:
        # when a program confirms, resets, moves, takes back, signs in by link and code, and denies
        done = run(str(PROGRAMS / "walk_mail.py"), url, str(mails))

    # then every answer was of the type that it expected
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == "walked\n"
