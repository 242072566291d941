"""The host's database: our tables beside its own, one transaction for a change and its events.

Our tables are templates (`Row`) that are mapped onto the metadata of the host's user model, with real
foreign keys of the user's own key type. They live in the host's `db.session`.
"""

import importlib.util
import logging
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal, TypeVar, cast

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.dialects import mysql, registry
from sqlalchemy.engine import Connection, CursorResult
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.pool import SingletonThreadPool, StaticPool

from flask_headless_auth.errors import ServiceUnavailable, TablesMissing
from flask_headless_auth.events import Event
from flask_headless_auth.state import State, state

log = logging.getLogger("flask_headless_auth")

W = TypeVar("W")

_BOUND = "flask_headless_auth.tables"
_EVENTS = "flask_headless_auth.events"


class Moment(sa.types.TypeDecorator[datetime]):
    """An aware moment, stored in UTC with microseconds on every engine."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def __repr__(self) -> str:
        """As a migration writes it; see below."""
        return "DateTime(timezone=True).with_variant(sa.dialects.mysql.DATETIME(fsp=6), 'mysql', 'mariadb')"

    def load_dialect_impl(self, dialect: Any) -> Any:
        if dialect.name in ("mysql", "mariadb"):
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return super().load_dialect_impl(dialect)

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


# Alembic writes a type as `<module>.<repr>` and imports only SQLAlchemy: migrations run without this package.
Moment.__module__ = "sqlalchemy.types"


class Row:
    """A template of one of our tables.

    `owned` says that each row belongs to a user: the mapped class then has `user_id`, a foreign key to the
    user model's primary key whose rows go with the user. With `"perhaps"` some rows belong to nobody.
    """

    __tablename__: ClassVar[str]
    owned: ClassVar[bool | Literal["perhaps"]] = True


def bind(templates: tuple[type, ...], user_table: sa.Table) -> dict[type, type]:
    """Each template's mapped class on the metadata of *user_table*; the same ones at every call.

    Raises:
        ValueError: the metadata already has our tables for another table of users.
    """
    metadata = user_table.metadata
    known = metadata.info.setdefault(_BOUND, {"users": user_table, "classes": {}})
    if known["users"] is not user_table:
        raise ValueError(
            f"This database already keeps sessions for {known['users'].name!r} and cannot keep them for "
            f"{user_table.name!r} too. Give the second application a SQLAlchemy() of its own."
        )
    classes: dict[type, type] = known["classes"]
    if "base" not in known:
        known["base"] = type("Base", (DeclarativeBase,), {"metadata": metadata})
    for template in templates:
        if template not in classes:
            classes[template] = _mapped(template, known["base"], user_table)
    return {template: classes[template] for template in templates}


def _mapped(template: type, base: type, user_table: sa.Table) -> type:
    body: dict[str, Any] = {"__module__": template.__module__, "__doc__": template.__doc__}
    owned = getattr(template, "owned", False)
    if owned:
        (key,) = user_table.primary_key.columns
        body["user_id"] = mapped_column(
            key.type, sa.ForeignKey(key, ondelete="CASCADE"), index=True, nullable=owned == "perhaps"
        )
        body["__annotations__"] = {"user_id": Mapped[Any]}
    return type(template.__name__, (template, base), body)


@contextmanager
def transaction() -> Iterator[Session]:
    """One change on the host's `db.session`: committed at the end, undone when anything raises.

    Events emitted inside reach their `during` listeners at once and their `after` listeners behind the
    commit. A transaction inside another joins it. On SQLite the write lock is taken first, on MariaDB the
    isolation is READ COMMITTED.

    Raises:
        ServiceUnavailable: the database does not answer, or is locked for longer than it waits.
    """
    current = state()
    session = current.db.session()
    if _EVENTS in session.info:
        yield session
        return
    events: list[Event] = []
    session.info[_EVENTS] = events
    try:
        _begin(session, current.user_model)
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(_EVENTS, None)
    for event in events:
        _tell(current, session, event)


def emit(event: Event) -> None:
    """Record that something happened, inside the transaction that makes it true.

    Raises:
        RuntimeError: no transaction is open.
    """
    current = state()
    events = current.db.session().info.get(_EVENTS)
    if events is None:
        raise RuntimeError(f"{type(event).__name__} was emitted outside a transaction.")
    for listener in current.bus.listeners_during(event):
        listener(event)
    events.append(event)


def _tell(current: State, session: Session, event: Event) -> None:
    for listener in current.bus.listeners_after(event):
        try:
            listener(event)
        except Exception:
            session.rollback()
            name = getattr(listener, "__qualname__", repr(listener))
            log.exception("The listener %s failed on %s.", name, type(event).__name__)


def _begin(session: Session, user_model: type) -> None:
    bind = session.get_bind(sa.inspect(user_model))
    dialect = bind.dialect.name
    if dialect == "sqlite":
        connection = session.connection(bind_arguments={"mapper": sa.inspect(user_model)})
        if not connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
            connection.exec_driver_sql("BEGIN IMMEDIATE")
    elif dialect in ("mysql", "mariadb") and not session.in_transaction():
        session.connection(
            bind_arguments={"mapper": sa.inspect(user_model)},
            execution_options={"isolation_level": "READ COMMITTED"},
        )


def once_more(work: Callable[[], W]) -> W:
    """The answer of *work*, tried a second time where the engine asks for that.

    MariaDB 1020 (record changed), 1213 (deadlock), SQLSTATE 40001 and 40P01 mean: nothing happened, repeat.
    """
    try:
        return work()
    except DBAPIError as problem:
        if not _asks_for_repeat(problem):
            raise
        state().db.session.rollback()
        return work()


def _asks_for_repeat(problem: DBAPIError) -> bool:
    code = problem.orig.args[0] if problem.orig is not None and problem.orig.args else None
    return code in (1020, 1213) or getattr(problem.orig, "sqlstate", None) in ("40001", "40P01")


@contextmanager
def reading() -> Iterator[Connection]:
    """A connection for one read that opens no transaction.

    It is the session's own connection where the session has one open, so that no second connection waits
    for what the first holds, and where the database lives in one connection (`sqlite://`).
    """
    current = state()
    session = current.db.session
    engine = current.parts.get(ReadingEngine) or _reading_engine(current)
    mapper = {"mapper": sa.inspect(current.user_model)}
    # A session that nobody has used yet is not even made.
    if session.registry.has() and session().in_transaction():
        yield session.connection(bind_arguments=mapper)
    elif engine.is_shared:
        yield session.connection(bind_arguments=mapper)
        session.rollback()
    else:
        with engine.engine.connect() as connection:
            yield connection.execution_options(**engine.options)


class ReadingEngine:
    """The user model's engine and how a read there opens no transaction."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.is_shared = isinstance(engine.pool, StaticPool | SingletonThreadPool)
        # psycopg would send a BEGIN; sqlite3 begins nothing for a SELECT, MariaDB nothing that is sent.
        self.options = {"isolation_level": "AUTOCOMMIT"} if engine.dialect.name == "postgresql" else {}


def lives_in_one_connection() -> bool:
    """Whether the database lives in one connection, which a second thread would share (`sqlite://`)."""
    current = state()
    return (current.parts.get(ReadingEngine) or _reading_engine(current)).is_shared


def _reading_engine(current: State) -> ReadingEngine:
    made = ReadingEngine(engine_of(current.db, current.user_model.__table__))
    current.parts[ReadingEngine] = made
    return made


def engine_of(db: SQLAlchemy, user_table: sa.Table) -> sa.Engine:
    """The engine that the user's table lives on. Needs an application context."""
    return db.engines[user_table.metadata.info.get("bind_key")]


def prepared(build: Callable[..., W], *details: Hashable) -> W:
    """What *build* makes of the current application's state and *details*, made once for the application.

    Building a statement costs more than running one by primary key.
    """
    current = state()
    key = (build, *details)
    if key not in current.statements:
        current.statements[key] = build(current, *details)
    return cast(W, current.statements[key])


def changed(session: Session, statement: Any, values: Mapping[str, Any] | None = None) -> int:
    """How many rows the UPDATE or DELETE met (MariaDB counts rows that its WHERE matched)."""
    result = session.execute(statement, values or {}, execution_options={"synchronize_session": False})
    return result.rowcount if isinstance(result, CursorResult) else 0


def swept(some: Callable[[], int], most: int) -> int:
    """Call *some*, which deletes at most *most* rows, until it finds fewer; how many went in all."""
    total = 0
    while True:
        count = some()
        total += count
        if count < most:
            return total


def our_tables(current: State) -> list[sa.Table]:
    """The user model's table and ours, in the order in which they can be created."""
    wanted = {current.user_model.__table__, *(one.__table__ for one in current.tables.values())}  # type: ignore[attr-defined]
    return [one for one in current.user_model.__table__.metadata.sorted_tables if one in wanted]


def missing_tables(current: State) -> list[str]:
    """Names of our tables that the database lacks. Needs an application context."""
    inspector = sa.inspect(engine_of(current.db, current.user_model.__table__))
    return [one.name for one in our_tables(current) if not inspector.has_table(one.name, schema=one.schema)]


def create_tables(current: State) -> list[str]:
    """Create what is missing, once however many processes try; answers the names of the new tables."""
    missing = missing_tables(current)
    if not missing:
        return []
    engine = engine_of(current.db, current.user_model.__table__)
    metadata = current.user_model.__table__.metadata
    with engine.connect() as connection:
        lock, unlock = _CREATION_LOCKS.get(engine.dialect.name, (None, None))
        if lock is not None:
            connection.exec_driver_sql(lock)
        try:
            metadata.create_all(connection, tables=our_tables(current), checkfirst=True)
            connection.commit()
        finally:
            if unlock is not None:
                connection.exec_driver_sql(unlock)
    return missing


_MARIADB_LOCK = ("SELECT GET_LOCK('flask_headless_auth', 30)", "SELECT RELEASE_LOCK('flask_headless_auth')")
_CREATION_LOCKS: Mapping[str, tuple[str, str | None]] = {
    # DDL is part of the transaction; SQLite's write lock and PostgreSQL's advisory lock end with it.
    "sqlite": ("BEGIN IMMEDIATE", None),
    "postgresql": ("SELECT pg_advisory_xact_lock(6711393)", None),
    "mysql": _MARIADB_LOCK,
    "mariadb": _MARIADB_LOCK,
}
"""How one process creates tables at a time: IF NOT EXISTS does not keep two from colliding."""


def refusal(problem: Exception) -> ServiceUnavailable | TablesMissing:
    """What a failure of the database looks like to a client; a look tells whether tables are missing."""
    try:
        current = state()
        current.db.session.rollback()
        missing = missing_tables(current)
    except Exception as second:
        log.error("The database does not answer: %s", type(second).__name__)
        return ServiceUnavailable()
    if missing:
        log.error("These tables are missing: %s", ", ".join(missing))
        return TablesMissing(tables=missing)
    log.error("The database failed: %s", type(problem).__name__)
    return ServiceUnavailable()


def is_failure(problem: Exception) -> bool:
    """Whether an exception means that the database cannot answer, rather than that the code is wrong."""
    if isinstance(problem, OperationalError | sa.exc.InterfaceError | sa.exc.TimeoutError):
        return True
    return isinstance(problem, DBAPIError) and (_is_read_only(problem) or _names_a_missing_table(problem))


def _is_read_only(problem: DBAPIError) -> bool:
    """PostgreSQL after a failover: it answers and takes no writes (SQLSTATE 25006)."""
    return getattr(problem.orig, "sqlstate", None) == "25006"


def _names_a_missing_table(problem: DBAPIError) -> bool:
    code = problem.orig.args[0] if problem.orig is not None and problem.orig.args else None
    return getattr(problem.orig, "sqlstate", None) in ("42P01", "42703") or code in (1146, 1054)


def register_drivers() -> None:
    """Let plain database addresses find the drivers that are installed.

    `postgresql://` and `postgres://` mean psycopg 3, or psycopg2 where only that is installed; `mysql://`
    means PyMySQL where mysqlclient is absent.
    """

    def has(module: str) -> bool:
        return importlib.util.find_spec(module) is not None

    driver = "psycopg2" if has("psycopg2") and not has("psycopg") else "psycopg"
    dialect = {"psycopg": "PGDialect_psycopg", "psycopg2": "PGDialect_psycopg2"}[driver]
    for name in ("postgresql", "postgres"):
        registry.register(name, f"sqlalchemy.dialects.postgresql.{driver}", dialect)
    if has("pymysql") and not has("MySQLdb"):
        registry.register("mysql", "sqlalchemy.dialects.mysql.pymysql", "MySQLDialect_pymysql")
