"""Notices: the manifest."""

from flask_headless_auth.feature import Feature

NOTICES = Feature(
    name="notices",
    needs=("password", "mail"),
)
