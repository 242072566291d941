"""The mails that an application has queued."""

from typing import Any

import flask
import sqlalchemy as sa

from flask_headless_auth.features.mail.logic import PURPOSE
from flask_headless_auth.features.mail.models import Letter
from flask_headless_auth.state import part, table
from flask_headless_auth.vault import Vault


def mails(app: flask.Flask) -> list[dict[str, Any]]:
    """What the outbox holds, oldest first: `mail` (its name), `to`, `context`, `locale`, `decoy`."""
    with app.app_context():
        letter: Any = table(Letter)
        session = app.extensions["sqlalchemy"].session
        rows = session.scalars(sa.select(letter).order_by(letter.created_at)).all()
        return [{"mail": row.mail, **part(Vault).open(PURPOSE, row.payload)} for row in rows if row.payload]
