"""The default application for a server of its own: `gunicorn tests.contract.programs.server:app`.

`DATABASE` is its database.
"""

import os

import flask

from flask_headless_auth import AuthSvc
from tests.support.apps import STRONG

app = flask.Flask(__name__)
app.config.update(STRONG, SQLALCHEMY_DATABASE_URI=os.environ["DATABASE"])
AuthSvc(app)
