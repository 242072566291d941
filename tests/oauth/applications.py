"""An application for a real server that signs people in at the provider of TEST_ISSUER."""

import os

import flask

from tests.browser.applications import default
from tests.oauth.test_a_real_issuer import entry


def at_a_provider() -> flask.Flask:
    """The default application, with one provider."""
    return default(AUTHSVC_OAUTH_PROVIDERS={"acme": entry(int(os.environ["TEST_ISSUER"]))})
