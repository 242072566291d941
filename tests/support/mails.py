"""What stands in an application's outbox, opened."""

from typing import Any

import flask
import sqlalchemy as sa

from flask_headless_auth.features.mail.models import Letter
from flask_headless_auth.state import part, state, table
from flask_headless_auth.vault import Vault


def mails(app: flask.Flask) -> list[dict[str, Any]]:
    """The mails that wait, oldest first: `mail` (its name), `to`, `locale`, `context`, and `decoy`."""
    with app.app_context():
        letters: Any = table(Letter)
        session = state().db.session
        # Time may stand still, and SQLite knows in which order rows came.
        is_sqlite = session.get_bind(sa.inspect(state().user_model)).dialect.name == "sqlite"
        order = [sa.text("auth_outbox.rowid")] if is_sqlite else [letters.created_at, letters.id]
        rows = session.execute(sa.select(letters.mail, letters.payload).order_by(*order)).all()
        return [{"mail": name, **part(Vault).open("mail", sealed)} for name, sealed in rows if sealed]


def empty(app: flask.Flask) -> None:
    """Throw away what stands in the outbox, such as the mails of a sign-up that a story does not tell."""
    with app.app_context():
        state().db.session.execute(sa.delete(table(Letter)))
        state().db.session.commit()
