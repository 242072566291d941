"""E-mail addresses on the wire."""

import marshmallow as ma

from flask_headless_auth.wire import Email


class ResendRequestSchema(ma.Schema):
    """Where the link goes; without it, to the signed-in user."""

    email = Email()


class EmailChangeRequestSchema(ma.Schema):
    """The new address."""

    email = Email(required=True)
