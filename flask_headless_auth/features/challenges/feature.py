"""Challenges: the manifest."""

from flask_headless_auth.feature import Feature

CHALLENGES = Feature(name="challenges", needs=("vouchers",), optional=False)
