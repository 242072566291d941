"""The default application: every feature, the built-in user model, and no settings but a key and a database.

Its contract is the published one:

    flask --app docs/examples/default/app.py auth spec

The key and the database are gone when the process ends.
"""

import secrets

from flask import Flask

from flask_headless_auth import AuthSvc

app = Flask(__name__)
app.config["SECRET_KEY"] = secrets.token_hex(32)
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///:memory:"

auth = AuthSvc(app)
