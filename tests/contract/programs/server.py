"""The default application for a server of its own: `gunicorn tests.contract.programs.server:app`.

`DATABASE` is its database; where `MAIL_PORT` is set, its mails go there.
"""

import os

import flask

from flask_headless_auth import AuthSvc
from tests.support.apps import STRONG

app = flask.Flask(__name__)
app.config.update(STRONG, SQLALCHEMY_DATABASE_URI=os.environ["DATABASE"])
if "MAIL_PORT" in os.environ:
    app.config.update(
        EMAIL_SERVICE="smtp",
        MAIL_SERVER="127.0.0.1",
        MAIL_PORT=os.environ["MAIL_PORT"],
        MAIL_USE_TLS=False,
        MAIL_DEFAULT_SENDER="no-reply@example.com",
    )
AuthSvc(app)
