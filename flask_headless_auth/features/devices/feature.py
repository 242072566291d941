"""Devices: the manifest."""

from flask_headless_auth.feature import Feature

DEVICES = Feature(
    name="devices",
    needs=("signin",),
)
