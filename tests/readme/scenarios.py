"""What is done with each block of the README published with version 0.x: a table.

A complete application runs as it was written. A fragment is completed with the least that it lacks, and what
is added can be read here beside it. `Of("heading", n)` stands for the text of a block, letter for letter.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from .blocks import Block

Key = tuple[str, int]


@dataclass(frozen=True)
class Of:
    """The text of a block; each of `edits` replaces a passage that must be there."""

    heading: str
    ordinal: int = 1
    edits: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> Key:
        return (self.heading, self.ordinal)


Part = str | Of
Files = Mapping[str, Sequence[Part]]


@dataclass(frozen=True)
class Program:
    """The files are put into a folder, and a check of `drive.py` runs there and must end well."""

    check: str
    files: Files
    given: Mapping[str, Any] = field(default_factory=dict)
    said: Of | None = None
    """The check's argument `says` is the text of this block."""
    env: Mapping[str, str] = field(default_factory=dict)
    needs_redis: bool = False
    warns: str = ""
    """A word that the developer must see on the terminal."""
    name: str = ""


@dataclass(frozen=True)
class Server:
    """A command line of the block is started for real, and the API visited over HTTP."""

    command: Callable[[str], list[str]]
    files: Files
    env: Mapping[str, str] = field(default_factory=dict)
    needs_redis: bool = False
    as_written: bool = False
    """Take the published port 5000, if nobody has it; otherwise a free one, always."""
    pages: Sequence[Of] = ()
    """Scripts of a page on http://localhost:3000, whose `fetch` calls this server must answer."""


@dataclass(frozen=True)
class Along:
    """The block has its part in what is done with that other one."""

    heading: str
    ordinal: int = 1


@dataclass(frozen=True)
class Endpoints:
    """Each listed method and path is in the spec of the app, but for `NOT_YET`."""


@dataclass(frozen=True)
class Requirements:
    """What pip is told to install is this distribution, with an extra that it has."""


@dataclass(frozen=True)
class Elsewhere:
    """Cannot run here; `where` says why, and what stands for it."""

    where: str


Treatment = Program | Server | Along | Endpoints | Requirements | Elsewhere

NOT_YET = frozenset(
    {
        "POST /api/auth/upload-profile-picture",
    }
)
"""Promised by the published README, not built yet. An entry that exists is a failure: it only shrinks."""

STRONG = {"SECRET_KEY": secrets.token_hex(32), "JWT_SECRET_KEY": secrets.token_hex(32)}
REDIS_URL = "redis://127.0.0.1:6379/0"
DEPLOYED = {
    **STRONG,
    "DATABASE_URL": "sqlite:///app.db",
    "REDIS_URL": REDIS_URL,
    "GOOGLE_CLIENT_ID": "google-client",
    "GOOGLE_CLIENT_SECRET": secrets.token_hex(16),
    "MICROSOFT_CLIENT_ID": "microsoft-client",
    "MICROSOFT_CLIENT_SECRET": secrets.token_hex(16),
    "ENCRYPTION_KEY": secrets.token_hex(32),
    # Nobody listens for mail there.
    "MAIL_SERVER": "127.0.0.1",
    "MAIL_USERNAME": "post@example.com",
    "MAIL_PASSWORD": secrets.token_hex(8),
}
"""The environment that the Production Config reads."""

APP = """\
from flask import Flask, request
from flask_jwt_extended import jwt_required
from flask_headless_auth import AuthSvc

app = Flask(__name__)
"""
URI = "app.config['SQLALCHEMY_DATABASE_URI'] = 'sqlite:///app.db'\n"
STRONG_KEYS = f"""\
app.config['SECRET_KEY'] = '{STRONG["SECRET_KEY"]}'
app.config['JWT_SECRET_KEY'] = '{STRONG["JWT_SECRET_KEY"]}'
"""
WITH_USER = "auth = AuthSvc(app, user_model=User)\n"

STEP_1 = Of("Step 1: Minimal Setup (5 lines)")
STEP_2 = Of("Step 2: Use in Your Frontend")
BASIC = Of("Basic Setup (Default User Model)")
MINIMAL = Of("Minimal Config (Secure Defaults)")
PRODUCTION = Of("Production Config (All Options)")
MODEL = Of("Method 2: Build From Scratch (Ensure Required Fields)")
COMPLETE = Of("Complete App Example")
REACT = Of("Frontend Integration (React)")


def docker_command(text: str) -> list[str]:
    """`CMD ["gunicorn", …]` of a Dockerfile."""
    [words] = re.findall(r"^CMD (\[.*\])$", text, re.MULTILINE)
    command: list[str] = json.loads(words)
    return command


def procfile_command(text: str) -> list[str]:
    """`web: gunicorn …` of a Procfile."""
    [words] = re.findall(r"^web: (.+)$", text, re.MULTILINE)
    return str(words).split()


def run_command(text: str) -> list[str]:
    """`run_command:` of the one service of an app spec."""
    [service] = yaml.safe_load(text)["services"]
    return str(service["run_command"]).split()


def main_command(text: str) -> list[str]:
    """What starts a file that ends with `app.run()`."""
    assert "app.run(" in text
    return ["python", "app.py"]


def one_line(line: str, keys: str = STRONG_KEYS) -> Files:
    """An app with nothing but its database, its keys, and one line of the section called Don't Do This."""
    cut = Of("❌ Don't Do This")
    return {"app.py": (APP, URI, keys, OnlyLine(cut.heading, line=line), "auth = AuthSvc(app)\n")}


@dataclass(frozen=True)
class OnlyLine(Of):
    """One line of a block, which must be there."""

    line: str = ""


TREATMENTS: Mapping[Key, Sequence[Treatment]] = {
    ("📦 Installation", 1): [Requirements()],
    ("Optional: Email support", 1): [Requirements()],
    STEP_1.key: [
        Program("account", {"app.py": [STEP_1]}),
        Server(main_command, {"app.py": [STEP_1]}, pages=[STEP_2]),
    ],
    STEP_2.key: [
        Along(*STEP_1.key),
        Elsewhere("the script itself: checked with the TypeScript client"),
    ],
    (STEP_2.heading, 2): [Elsewhere("npm: the React package is another project's")],
    (STEP_2.heading, 3): [Elsewhere("the React package: its requests are those of the script above")],
    BASIC.key: [Program("account", {"app.py": [BASIC], "config.py": [MINIMAL]})],
    ("Advanced Setup (Custom User Model)", 1): [
        Program(
            "account",
            {
                "app.py": [
                    Of(
                        "Advanced Setup (Custom User Model)",
                        edits=(("\ndb.init_app(app)\n", f"\n{URI}db.init_app(app)\n"),),
                    )
                ]
            },
            given={
                "profile": {"first_name": "Ada", "last_name": "Heron"},
                "shows": {"company": None, "subscription_tier": "free"},
            },
        )
    ],
    MINIMAL.key: [Along(*BASIC.key)],
    PRODUCTION.key: [
        Program("production", {"app.py": [BASIC], "config.py": [PRODUCTION]}, env=DEPLOYED, needs_redis=True)
    ],
    ("🔐 Authentication", 1): [Endpoints()],
    ("👤 User Management", 1): [Endpoints()],
    ("🔗 OAuth", 1): [Endpoints()],
    ("📧 Email & Verification", 1): [Endpoints()],
    ("🔒 MFA (Multi-Factor Auth)", 1): [Endpoints()],
    ("🔒 Protected Routes", 1): [Program("protected_routes", {"app.py": [Of("🔒 Protected Routes")]})],
    ("Method 1: Use Built-in Mixins", 1): [
        Program(
            "account",
            {"app.py": [APP, URI, Of("Method 1: Use Built-in Mixins"), WITH_USER]},
            given={
                "profile": {"first_name": "Ada", "last_name": "Heron"},
                "shows": {"company": None, "subscription": "free", "credits": 0},
            },
        )
    ],
    MODEL.key: [
        Program("account", {"app.py": [APP, URI, MODEL, WITH_USER]}, name="init_app left to AuthSvc"),
        Program(
            "account", {"app.py": [APP, URI, MODEL, "db.init_app(app)\n", WITH_USER]}, name="init_app called"
        ),
    ],
    (MODEL.heading, 2): [
        Program(
            "does_not_start",
            {
                "app.py": [
                    APP,
                    URI,
                    Of(*MODEL.key, edits=(("    mfa_enabled = db.Column(db.Boolean, default=False)\n", ""),)),
                    WITH_USER,
                ]
            },
            said=Of(MODEL.heading, 2),
        )
    ],
    ("Docker", 1): [Server(docker_command, {"app.py": [STEP_1]})],
    ("Docker", 2): [Elsewhere("a container engine: what the container starts is the block above")],
    ("Heroku", 1): [
        Server(procfile_command, {"app.py": [STEP_1]}),
        Requirements(),
        Elsewhere("git and heroku: a platform"),
    ],
    ("DigitalOcean App Platform", 1): [
        Server(
            run_command,
            {"app.py": [BASIC], "config.py": [PRODUCTION]},
            # The block sets no JWT_SECRET_KEY: one strong key suffices.
            env={name: value for name, value in DEPLOYED.items() if name != "JWT_SECRET_KEY"},
            needs_redis=True,
        )
    ],
    ("✅ Do This", 1): [
        Program(
            "login_hook",
            {
                "app.py": [
                    APP,
                    URI,
                    "import logging\nlogger = logging.getLogger('events')\nauth = AuthSvc()\n",
                    Of("✅ Do This"),
                    "auth.init_app(app)\n",
                ]
            },
            env=STRONG,
        )
    ],
    ("❌ Don't Do This", 1): [
        Program(
            "development_keys",
            one_line("app.config['SECRET_KEY'] = 'my-secret-123'", keys=""),
            warns="SECRET_KEY",
            name="a short secret means development keys",
        ),
        Program(
            "token_lifetime",
            one_line("app.config['JWT_ACCESS_TOKEN_EXPIRES'] = 86400"),
            given={"seconds": 86400},
            name="long access tokens are honoured",
        ),
        Program(
            "insecure_cookies",
            one_line("app.config['JWT_COOKIE_SECURE'] = False"),
            warns="JWT_COOKIE_SECURE",
            name="insecure cookies are honoured with a warning",
        ),
        Program(
            "does_not_start",
            {
                name: [*parts[:-1], "app.config['AUTHSVC_ENV'] = 'production'\n", *parts[-1:]]
                for name, parts in one_line("app.config['JWT_COOKIE_SECURE'] = False").items()
            },
            given={"says": "JWT_COOKIE_SECURE"},
            name="insecure cookies do not start in production",
        ),
        Program(
            "no_limits",
            one_line("app.config['RATELIMIT_ENABLED'] = False"),
            given={"tries": 14},
            name="no rate limiting is honoured",
        ),
    ],
    COMPLETE.key: [
        Program(
            "account",
            {"app.py": [COMPLETE]},
            given={
                "profile": {"first_name": "Ada", "last_name": "Heron"},
                "routes": {"/api/hello": {"message": "Hello World!"}},
            },
        ),
        Server(main_command, {"app.py": [COMPLETE]}, as_written=True, pages=[REACT]),
    ],
    REACT.key: [
        Along(*COMPLETE.key),
        Elsewhere("the component itself: checked with the TypeScript client"),
    ],
    (REACT.heading, 2): [Elsewhere("npm: the React package is another project's")],
    ("Can I use this with Next.js?", 1): [Elsewhere("npm: the React package is another project's")],
    ("Does this work with PostgreSQL/MySQL?", 1): [
        Program(
            "starts_with_driver",
            {
                "app.py": [
                    APP.replace("import AuthSvc", "import AuthSvc, db"),
                    OnlyLine("Does this work with PostgreSQL/MySQL?", line=line),
                    "app.config['SQLALCHEMY_DATABASE_URI'] = SQLALCHEMY_DATABASE_URI\nauth = AuthSvc(app)\n",
                ]
            },
            given={"drivers": drivers},
            name=name,
        )
        for name, line, drivers in (
            (
                "PostgreSQL",
                "SQLALCHEMY_DATABASE_URI = 'postgresql://user:pass@localhost/db'",
                ["psycopg", "psycopg2"],
            ),
            ("MySQL", "SQLALCHEMY_DATABASE_URI = 'mysql://user:pass@localhost/db'", ["pymysql", "mysqldb"]),
        )
    ],
    ("Can I use my existing User model?", 1): [
        Program(
            "account",
            {"app.py": [APP, URI, MODEL, "YourUserModel = User\n", Of("Can I use my existing User model?")]},
        )
    ],
    ("How do I add custom endpoints?", 1): [
        Program(
            "protected_route",
            {"app.py": [APP, URI, Of("How do I add custom endpoints?")]},
            given={"path": "/api/custom", "body": {"message": "Custom endpoint"}},
        )
    ],
}


def text_of(part: Part, blocks: Mapping[Key, Block]) -> str:
    """The text that `part` stands for; a passage that the block does not have raises `LookupError`."""
    if isinstance(part, str):
        return part
    text = blocks[part.key].text
    if isinstance(part, OnlyLine):
        for line in text.splitlines(keepends=True):
            if line.startswith(part.line):
                return line
        raise LookupError(f"{part.key} has no line {part.line!r}")
    for old, new in part.edits:
        if old not in text:
            raise LookupError(f"{part.key} does not say {old!r}")
        text = text.replace(old, new)
    return text


def assemble(files: Files, blocks: Mapping[Key, Block]) -> dict[str, str]:
    return {name: "\n".join(text_of(part, blocks) for part in parts) for name, parts in files.items()}
