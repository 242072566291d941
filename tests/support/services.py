"""Databases for tests: SQLite in a file, and PostgreSQL, MariaDB and Redis where they answer.

`TEST_POSTGRESQL_URL`, `TEST_MARIADB_URL` and `TEST_REDIS_URL` say where they are; the defaults are the usual
places on this machine. Each test gets a database of its own, which is dropped behind it.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

import flask_headless_auth  # noqa: F401  (registers the plain names of drivers)

ENGINES = ("sqlite", "postgresql", "mariadb")
SERVERS = {
    "postgresql": os.environ.get("TEST_POSTGRESQL_URL", "postgresql://postgres@127.0.0.1:5432/postgres"),
    "mariadb": os.environ.get("TEST_MARIADB_URL", "mysql://root@127.0.0.1:3306/test?charset=utf8mb4"),
}
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
REQUIRED = os.environ.get("REQUIRE_SERVICES") == "1"


def skip(reason: str) -> None:
    """Skip for want of a service; where services are required, that is a failure."""
    if REQUIRED:
        pytest.fail(f"REQUIRE_SERVICES=1, but: {reason}")
    pytest.skip(reason)


@contextmanager
def database(engine: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database on *engine*, gone at the end."""
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'test.db'}"
        return
    server = sa.create_engine(SERVERS[engine], isolation_level="AUTOCOMMIT", connect_args=_patience(engine))
    try:
        server.connect().close()
    except sa.exc.OperationalError:
        server.dispose()
        skip(f"{engine} does not answer at {SERVERS[engine]}")
    name = f"fha_test_{secrets.token_hex(6)}"
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    url = sa.make_url(SERVERS[engine]).set(database=name)
    try:
        yield url.render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            force = " WITH (FORCE)" if engine == "postgresql" else ""
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name}{force}")
        server.dispose()


def _patience(engine: str) -> dict[str, int]:
    return {"connect_timeout": 3}


def redis_url() -> str:
    """The URL of a Redis that answers; without one the test is skipped."""
    import redis

    try:
        redis.Redis.from_url(REDIS, socket_connect_timeout=2).ping()
    except redis.RedisError:
        skip(f"Redis does not answer at {REDIS}")
    return REDIS
