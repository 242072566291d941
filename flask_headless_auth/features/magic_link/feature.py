"""Magic link: the manifest."""

from flask_headless_auth.feature import Feature

MAGIC_LINK = Feature(
    name="magic_link",
    needs=("email", "signin"),
)
