"""The TypeScript client: current, strictly typed, and at home with a live server, for any user model."""

import filecmp
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.browser import node_programs, servers
from tests.browser.node_programs import CLIENT, ROOT

PERSON = {"email": "ada@example.com", "password": "correct horse battery staple"}


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the client saw at a live server, in Node."""
    node_programs.build_client()

    def look(folder: Path) -> dict[str, Any]:
        with servers.gunicorn(folder) as url:
            return node_programs.tell("client.mjs", url=url, closed_port=servers.free_port(), **PERSON)

    return node_programs.once(tmp_path_factory, "client", look)


def test_the_client_signs_up_in_refreshes_and_out(visit: dict[str, Any]) -> None:
    # given the client in Node, which carries tokens in the header
    assert visit["signed_up"] == {"status": 201, "answer": "signed_in"}
    assert visit["signed_in"] == {"status": "signed_in", "type": "Bearer", "user": "ada@example.com"}

    # when it reads, edits, lists and refreshes
    # then everything is what the contract says
    assert visit["me"] == "Ada"
    assert visit["edited"] == "Lovelace"
    assert sorted(visit["sessions"]) == [False, True]
    assert visit["refreshed"] == {"same_session": True, "new_access": True, "new_refresh": True}
    assert visit["me_after_refresh"] == 200

    # and the sign-out ends the session
    assert visit["signed_out"] == 1
    assert visit["refusals"]["after_sign_out"]["code"] == "session_ended"
    assert visit["refusals"]["refresh_after_sign_out"]["code"] == "session_ended"


def test_outside_of_browsers_each_token_goes_where_it_belongs_and_no_cookie_anywhere(
    visit: dict[str, Any],
) -> None:
    # given everything that the client sent
    sent = visit["sent"]

    # then it asked for tokens in the body, with no cookies
    assert {one["delivery"] for one in sent} == {"body"}
    assert {one["credentials"] for one in sent} == {"omit"}
    assert {one["cookie"] for one in sent} == {None}
    assert visit["cookies_set"] == []

    # and the refresh token went to the refresh only, the access token wherever one is asked for
    assert visit["right_tokens"]
    open_to_all = {one["path"] for one in sent if one["authorization"] is None and one != sent[-1]}
    assert open_to_all == {"/api/auth/signup", "/api/auth/login"}


@pytest.mark.parametrize(
    ("attempt", "status", "code"),
    [
        ("wrong_password", 401, "invalid_credentials"),
        ("taken", 409, "email_taken"),
        ("weak", 422, "weak_password"),
        ("unknown_field", 422, "validation_failed"),
        ("no_such_session", 404, "not_found"),
        ("nobody", 401, "token_missing"),
    ],
)
def test_a_refusal_is_a_problem_with_a_code(
    visit: dict[str, Any], attempt: str, status: int, code: str
) -> None:
    # given a call that the server refuses
    refusal = visit["refusals"][attempt]

    # then `error` is the problem document, and there are no data
    assert refusal["is_problem"]
    assert (refusal["status"], refusal["http"], refusal["code"]) == (status, status, code)
    assert refusal["detail"]
    assert refusal["data"] is None
    assert refusal["fields"] == {"weak": ["password"], "unknown_field": ["role"]}.get(attempt, [])


def test_no_answer_and_a_proxys_answer_are_problems_too(visit: dict[str, Any]) -> None:
    # given a server that is not there, and a proxy's HTML page in its stead
    unreachable, gateway = visit["refusals"]["unreachable"], visit["refusals"]["bad_gateway"]

    # then both are problems, so that a client that switches on `code` needs nothing else
    assert (unreachable["code"], unreachable["status"]) == ("service_unavailable", 0)
    assert (gateway["code"], gateway["status"]) == ("service_unavailable", 502)
    assert visit["thrown"] == {"code": "invalid_credentials", "is_problem": True}


def test_a_browser_gets_cookies_unless_the_caller_says_otherwise(visit: dict[str, Any]) -> None:
    # given clients with a delivery of the caller's choice, by default in Node, and by default in a browser
    chosen, node, browser = visit["wires"]

    # then each travels its way, with the caller's own headers
    assert chosen == {"delivery": "cookies", "credentials": "include", "language": "de"}
    assert node == {"delivery": "body", "credentials": "omit", "language": "fr"}
    assert browser == {"delivery": "cookies", "credentials": "include", "language": None}


def test_the_committed_client_is_the_one_that_the_contract_gives(tmp_path: Path) -> None:
    # given the contract as committed
    node_programs.install(CLIENT)
    contract = ROOT / "openapi" / "openapi.json"

    # when the client is generated from it
    node_programs.run([str(CLIENT / "generate.sh"), str(contract), str(tmp_path)])

    # then it is the one in the repository, file by file
    stale = _differences(tmp_path / "generated", CLIENT / "src" / "generated")
    assert stale == [], "Run clients/typescript/generate.sh and commit what it makes."


def test_the_package_needs_nothing_at_run_time_and_pins_what_builds_it() -> None:
    # given what the package says of itself
    package = json.loads((CLIENT / "package.json").read_text())
    locks = [folder / "package-lock.json" for folder in (CLIENT, node_programs.DEMO, node_programs.PROGRAMS)]

    # then it has no dependency, exact versions of its tools, and locks that name no host
    assert "dependencies" not in package
    assert package["type"] == "module"
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in package["devDependencies"].values())
    for lock in locks:
        assert "https://registry" not in lock.read_text()
        assert '"resolved": "http' not in lock.read_text()


def _differences(made: Path, committed: Path) -> list[str]:
    files = {path.relative_to(one) for one in (made, committed) for path in one.rglob("*") if path.is_file()}
    return sorted(
        str(path)
        for path in files
        if not (made / path).exists()
        or not (committed / path).exists()
        or not filecmp.cmp(made / path, committed / path, shallow=False)
    )


USES = """
import { createAuthClient, type ErrorCode, type Problem, type User } from './client/index.js';

const auth = createAuthClient({ baseUrl: 'http://localhost:5000' });

export async function story(): Promise<string> {
  const answer = await auth.signUp({ body: { email: 'ada@example.com', password: 'x', nickname: 'Ada' } });
  if (answer.error !== undefined) {
    const problem: Problem = answer.error;
    const code: ErrorCode = problem.code;
    return code === 'username_taken' ? problem.detail : problem.title;
  }
  if (answer.data.status !== 'signed_in') return answer.data.status;
  const user: User = answer.data.user;
  const tier: 'free' | 'pro' = user.tier;
  const nickname: string | null = user.nickname;
  const balance: string | null = user.balance;
  await auth.updateMe({ body: { nickname: null } });
  return [user.id, tier, nickname, balance].join();
}
"""

MISUSES = {
    "an unknown value of an enumeration": "export const tier: User['tier'] = 'gold';",
    "a column of another type": "export const nickname: User['nickname'] = 7;",
    "a private column": "export const notes = (user: User): unknown => user.notes;",
    "a secret column": "export const hash = (user: User): unknown => user.password_hash;",
    "a field that only the server writes": "void auth.updateMe({ body: { tier: 'pro' } });",
    "a missing field": "void auth.signUp({ body: { email: 'ada@example.com' } });",
    "tokens of an answer that may be a challenge": (
        "export const token = (answer: SignInAnswer): unknown => answer.access_token;"
    ),
    "data without a look at the error": (
        "export const name = async (): Promise<string> => (await auth.getMe()).data.user.email;"
    ),
    "a code that does not exist": "export const code: ErrorCode = 'wrong_password';",
}


def test_the_columns_of_a_custom_user_model_are_typed_in_its_client(tmp_path: Path) -> None:
    # given a client generated from the contract of an application with a user model of its own
    folder = _custom_client(tmp_path)
    (folder / "uses.ts").write_text(USES)

    # when a program uses its columns as they are, under the package's own strict settings
    complaints = _compile(folder, "uses.ts", fails=False)

    # then it compiles
    assert complaints == []


def test_a_program_that_misuses_the_columns_does_not_compile(tmp_path: Path) -> None:
    # given the same client
    folder = _custom_client(tmp_path)
    head = [
        "import { createAuthClient, type ErrorCode, type SignInAnswer, type User } from './client/index.js';",
        "const auth = createAuthClient();",
    ]
    (folder / "misuses.ts").write_text("\n".join([*head, *MISUSES.values()]))

    # when each line of a program is a mistake
    complaints = _compile(folder, "misuses.ts", fails=True)

    # then the compiler points at each of them and at nothing else
    lines = dict(enumerate(MISUSES, start=len(head) + 1))
    wrong = {int(line.split("(")[1].split(",")[0]) for line in complaints}
    assert {lines.get(line, f"line {line}") for line in wrong} == set(MISUSES), complaints


def test_the_examples_of_its_readme_compile(tmp_path: Path) -> None:
    # given the examples in the package's README
    node_programs.build_client()
    examples = re.findall(r"^ *```ts\n(.*?)^ *```", (CLIENT / "README.md").read_text(), re.S | re.M)
    assert len(examples) == 2
    for number, example in enumerate(examples):
        (tmp_path / f"example{number}.ts").write_text(example)

    # when they are compiled against the package as it is published
    package = tmp_path / "node_modules" / "@flask-headless-auth" / "client"
    package.parent.mkdir(parents=True)
    package.symlink_to(CLIENT)
    complaints = _compile(tmp_path, "example*.ts", fails=False, exactOptionalPropertyTypes=True)

    # then the compiler has nothing to say
    assert complaints == []


def _custom_client(folder: Path) -> Path:
    """A folder with `client/`, generated for an application whose users have a tier and a nickname."""
    node_programs.install(CLIENT)
    spec = node_programs.run(
        [sys.executable, "-m", "flask", "--app", "tests.browser.applications:custom", "auth", "spec"],
        TEST_DATABASE=f"sqlite:///{folder / 'test.db'}",
    )
    (folder / "openapi.json").write_text(spec)
    node_programs.run([str(CLIENT / "generate.sh"), str(folder / "openapi.json"), str(folder / "client")])
    return folder


def _compile(folder: Path, name: str, *, fails: bool, **options: Any) -> list[str]:
    """The lines in which TypeScript complains about a program."""
    config = {
        "extends": os.path.relpath(CLIENT / "tsconfig.json", folder),
        "compilerOptions": {"noEmit": True, "rootDir": ".", "typeRoots": [], **options},
        "include": [name],
    }
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "tsconfig.json").write_text(json.dumps(config))
    printed = node_programs.run(
        [str(CLIENT / "node_modules" / ".bin" / "tsc"), "--pretty", "false", "-p", str(folder)], fails=fails
    )
    return [line for line in printed.splitlines() if "error TS" in line]
