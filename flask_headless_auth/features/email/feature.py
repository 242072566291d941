"""Email: the manifest."""

from flask_headless_auth.feature import Feature

EMAIL = Feature(
    name="email",
    needs=("mail", "vouchers", "sessions"),
)
