"""User models that hosts bring: on another bind, in another schema, from scratch, with late relatives."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, configure_mappers, mapped_column

from flask_headless_auth import AuthSvc, ConfigurationError, UserMixin
from tests.embedding.hosts import bare, model
from tests.support.apps import OUR_TABLES, Person, make_app


def tables_in(path: Path) -> set[str]:
    """Names of the tables of an SQLite file."""
    engine = sa.create_engine(f"sqlite:///{path}")
    try:
        return set(sa.inspect(engine).get_table_names())
    finally:
        engine.dispose()


def test_our_tables_live_on_the_bind_of_the_user_model(tmp_path: Path, kind: str) -> None:
    # given a host with two databases, whose users are in the second
    db = SQLAlchemy()

    class Customer(db.Model, UserMixin):  # type: ignore[name-defined,misc]
        __bind_key__ = "people"
        __tablename__ = "customers"

    class Order(db.Model):  # type: ignore[name-defined,misc]
        id = db.Column(db.Integer, primary_key=True)

    main, people = tmp_path / "main.db", tmp_path / "people.db"
    app = make_app(
        f"sqlite:///{main}", user_model=Customer, SQLALCHEMY_BINDS={"people": f"sqlite:///{people}"}
    )

    # when somebody signs up, refreshes and signs out
    ada = Person(app, kind, "ada@example.com")
    assert ada.sign_up().status_code == 201
    assert ada.refresh().status_code == 200
    assert ada.sign_out().status_code == 200

    # then users and sessions are there, and nothing of ours is in the other database
    assert ada.me().status_code == 401
    assert tables_in(people) == {"customers", *OUR_TABLES}
    assert not tables_in(main)


def test_binds_alone_are_enough(tmp_path: Path) -> None:
    # given a host that has binds and no default database
    db = SQLAlchemy()

    class Customer(db.Model, UserMixin):  # type: ignore[name-defined,misc]
        __bind_key__ = "people"
        __tablename__ = "customers"

    app = bare("", SQLALCHEMY_BINDS={"people": f"sqlite:///{tmp_path / 'people.db'}"})
    del app.config["SQLALCHEMY_DATABASE_URI"]
    AuthSvc(app, user_model=Customer)

    # when somebody signs up
    ada = Person(app, "bearer", "ada@example.com")

    # then the bind has them
    assert ada.sign_up().status_code == 201
    assert ada.me().status_code == 200


def test_a_user_table_in_a_schema_of_its_own_works(any_database_url: str, kind: str) -> None:
    # given a user table that lives in a named schema (on SQLite: an attached database)
    db = SQLAlchemy()
    url = sa.make_url(any_database_url)
    schema = url.database if url.drivername.startswith("mysql") else "accounts_"

    class User(db.Model, UserMixin):  # type: ignore[name-defined,misc]
        __tablename__ = "people"
        __table_args__ = {"schema": schema}

    app = make_app(any_database_url, user_model=User)
    with app.app_context():
        engine = db.engine
        if engine.dialect.name == "sqlite":
            attached = Path(str(url.database)).with_name("accounts.db")

            @sa.event.listens_for(engine, "connect")
            def attach(connection: Any, _: Any) -> None:
                connection.execute(f"ATTACH DATABASE '{attached}' AS accounts_")

        elif engine.dialect.name == "postgresql":
            with engine.begin() as connection:
                connection.execute(sa.schema.CreateSchema("accounts_"))

    # when somebody signs up, refreshes, has a role and signs out
    ada = Person(app, kind, "ada@example.com")
    signed_up = ada.sign_up()

    # then that works
    assert signed_up.status_code == 201, signed_up.text
    assert ada.refresh().status_code == 200
    assert ada.me().json["user"]["roles"] == ["user"]
    assert ada.sign_out().status_code == 200
    assert ada.me().status_code == 401


def test_a_model_from_scratch_without_defaults_works(any_database_url: str) -> None:
    # given a user model that is no UserMixin, and whose columns have no defaults and may not be empty
    db = SQLAlchemy()

    class Person_(db.Model):  # type: ignore[name-defined,misc]
        __tablename__ = "persons"
        id = db.Column(db.Integer, primary_key=True)
        email = db.Column(db.String(255), unique=True, nullable=False)
        password_hash = db.Column(db.String(1024))
        is_verified = db.Column(db.Boolean, nullable=False)
        is_active = db.Column(db.Boolean, nullable=False)
        mfa_enabled = db.Column(db.Boolean, nullable=False)
        provider = db.Column(db.String(50), nullable=False)

    app = make_app(any_database_url, user_model=Person_)

    # when somebody signs up
    ada = Person(app, "bearer", "ada@example.com")
    shown = ada.sign_up().json["user"]

    # then they have the safe values, and can sign in again
    assert (shown["is_active"], shown["is_verified"], shown["mfa_enabled"]) == (True, False, False)
    assert shown["provider"] == "local"
    assert ada.sign_in().status_code == 200


def test_values_that_only_the_database_knows_are_kept(database_url: str) -> None:
    # given a user model whose defaults live in the database
    users = model(
        is_verified=sa.Column(sa.Boolean, nullable=False, server_default=sa.true()),
        plan=sa.Column(sa.String(20), nullable=False, server_default="trial"),
    )
    app = make_app(database_url, user_model=users)

    # when somebody signs up
    shown = Person(app, "bearer", "ada@example.com").sign_up().json["user"]

    # then other columns have what the database says, and nobody is verified by a slip of it
    assert shown["plan"] == "trial"
    assert shown["is_verified"] is False


def test_a_model_in_the_style_of_sqlalchemy_2_works(database_url: str) -> None:
    # given a model with annotated columns on a base class of the host's own
    class Base(DeclarativeBase):
        pass

    db = SQLAlchemy(model_class=Base)

    class Member(db.Model, UserMixin):  # type: ignore[name-defined,misc]
        __tablename__ = "members"
        id: Mapped[int] = mapped_column(primary_key=True)
        nickname: Mapped[str | None] = mapped_column(sa.String(20), info={"auth": "writable"})

    app = make_app(database_url, user_model=Member)

    # when somebody signs up with a nickname
    ada = Person(app, "bearer", "ada@example.com")

    # then it is theirs
    assert ada.sign_up(nickname="Ada").json["user"]["nickname"] == "Ada"


def test_a_role_column_of_the_model_is_the_first_role(database_url: str) -> None:
    # given a model that has a role column of its own
    app = make_app(database_url, user_model=model(role=sa.Column(sa.String(20), default="member")))
    ada = Person(app, "bearer", "ada@example.com")
    shown = ada.sign_up().json["user"]
    assert (shown["role"], shown["roles"]) == ("member", ["member"])

    # when the host writes the column and grants another role
    auth: AuthSvc = app.auth  # type: ignore[attr-defined]
    with app.app_context():
        session = app.extensions["sqlalchemy"].session
        user = session.scalars(sa.select(auth.user_model)).one()
        user.role = "admin"
        session.commit()
        auth.grant_role(user, "editor")

    # then the next request sees both, the column's first
    shown = ada.me().json["user"]
    assert (shown["role"], shown["roles"]) == ("admin", ["admin", "editor"])


def test_a_model_without_a_role_column_answers_the_hosts_question_for_it(database_url: str) -> None:
    # given a model that has no role column, and somebody who has been made an administrator
    app = make_app(database_url)
    ada = Person(app, "bearer", "ada@example.com")
    assert ada.sign_up().status_code == 201
    auth: AuthSvc = app.auth  # type: ignore[attr-defined]

    # when the host asks the user
    with app.app_context():
        user = app.extensions["sqlalchemy"].session.scalars(sa.select(auth.user_model)).one()
        before = (user.role, user.roles)
        auth.grant_role(user, "admin")
        after = (user.role, user.roles)

    # then the user answers
    assert before == ("user", ["user"])
    assert after == ("admin", ["admin"])


def test_relatives_that_are_defined_after_the_start_still_work(database_url: str) -> None:
    # given a user model that names a class which does not exist yet
    db = SQLAlchemy()

    class User(db.Model, UserMixin):  # type: ignore[name-defined,misc]
        __tablename__ = "users"
        posts = db.relationship("Post", back_populates="author", cascade="all, delete-orphan")

    app = make_app(database_url, user_model=User)

    # when the class is defined behind AuthSvc(app), and somebody signs up and writes
    class Post(db.Model):  # type: ignore[name-defined,misc]
        id = db.Column(db.Integer, primary_key=True)
        user_id = db.Column(db.ForeignKey("users.id"), nullable=False)
        text = db.Column(db.Text)
        author = db.relationship(User, back_populates="posts")

    with app.app_context():
        db.create_all()
    ada = Person(app, "bearer", "ada@example.com")
    assert ada.sign_up().status_code == 201
    with app.app_context():
        user = db.session.scalars(sa.select(User)).one()
        user.posts.append(Post(text="hello"))
        db.session.commit()

    # then both classes know each other, and the profile shows no relatives
    with app.app_context():
        assert db.session.scalars(sa.select(Post)).one().author.email == "ada@example.com"
    assert "posts" not in ada.me().json["user"]


def test_the_hosts_classes_and_ours_may_have_the_same_names(database_url: str) -> None:
    # given a host with classes called Session and RoleGrant on its own metadata, and a relationship to one
    db = SQLAlchemy()

    class User(db.Model, UserMixin):  # type: ignore[name-defined,misc]
        __tablename__ = "users"
        sessions = db.relationship("Session", back_populates="user")

    class Session(db.Model):  # type: ignore[name-defined,misc]
        __tablename__ = "workshops"
        id = db.Column(db.Integer, primary_key=True)
        user_id = db.Column(db.ForeignKey("users.id"))
        user = db.relationship("User", back_populates="sessions")

    class RoleGrant(db.Model):  # type: ignore[name-defined,misc]
        __tablename__ = "grants"
        id = db.Column(db.Integer, primary_key=True)

    # when the application starts and somebody signs up
    app = make_app(database_url, user_model=User)
    ada = Person(app, "bearer", "ada@example.com")
    assert ada.sign_up().status_code == 201
    configure_mappers()

    # then the host's names mean the host's classes
    with app.app_context():
        db.create_all()
        user = db.session.scalars(sa.select(User)).one()
        user.sessions.append(Session())
        db.session.commit()
        assert [type(one) for one in user.sessions] == [Session]
    assert ada.me().status_code == 200


def test_a_model_that_lacks_columns_stops_the_start_with_the_way_to_mend_it(any_database_url: str) -> None:
    # given a user model that forgets two columns
    db = SQLAlchemy()

    class User(db.Model):  # type: ignore[name-defined,misc]
        __tablename__ = "users"
        id = db.Column(db.Integer, primary_key=True)
        email = db.Column(db.String(255), unique=True, nullable=False)
        password_hash = db.Column(db.String(1024))
        is_verified = db.Column(db.Boolean, default=False)
        is_active = db.Column(db.Boolean, default=True)

    # when the application starts
    with pytest.raises(ConfigurationError) as refused:
        make_app(any_database_url, user_model=User)

    # then the message lists them, and its statements mend a real table on this engine
    message = str(refused.value)
    assert "  - mfa_enabled: Boolean, default=False" in message
    assert "  - provider: String(50), default='local'" in message
    statements = [line.strip() for line in message.splitlines() if line.strip().startswith("ALTER TABLE")]
    assert len(statements) == 2
    engine = sa.create_engine(any_database_url)
    User.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(sa.insert(User.__table__).values(email="old@example.com"))
        for statement in statements:
            connection.exec_driver_sql(statement)
        row = connection.exec_driver_sql("SELECT mfa_enabled, provider FROM users").one()
    engine.dispose()
    assert (bool(row[0]), row[1]) == (False, "local")


def test_a_user_model_of_another_sqlalchemy_object_is_refused_by_name(database_url: str) -> None:
    # given a host whose application uses one SQLAlchemy object and whose model is on another
    app = bare(database_url)
    SQLAlchemy().init_app(app)

    # when the application starts
    with pytest.raises(ConfigurationError) as refused:
        AuthSvc(app, user_model=model())

    # then the message says so
    assert "belongs to another SQLAlchemy()" in str(refused.value)


@pytest.mark.parametrize("wrong", [object, "User", 7], ids=["a class without a table", "a name", "a number"])
def test_what_is_no_model_is_refused_by_name(database_url: str, wrong: Any) -> None:
    # given something that is no mapped class
    app = bare(database_url)

    # when it is given as the user model
    with pytest.raises(ConfigurationError) as refused:
        AuthSvc(app, user_model=wrong)

    # then the message says so
    assert "not mapped to a table" in str(refused.value)


def test_a_host_that_has_a_users_table_and_passes_no_model_is_told_to_pass_it(database_url: str) -> None:
    # given a host whose SQLAlchemy object has a users table already
    db = SQLAlchemy()
    model_ = type("User", (db.Model, UserMixin), {"__tablename__": "users"})
    app = bare(database_url)
    db.init_app(app)

    # when AuthSvc gets no model
    with pytest.raises(ConfigurationError) as refused:
        AuthSvc(app)

    # then the message says what to pass
    assert "AuthSvc(app, user_model=User)" in str(refused.value)
    assert model_.__tablename__ == "users"
