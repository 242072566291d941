"""Every feature, in reading order."""

from flask_headless_auth.feature import Feature
from flask_headless_auth.features.password.feature import PASSWORD
from flask_headless_auth.features.profile.feature import PROFILE
from flask_headless_auth.features.roles.feature import ROLES
from flask_headless_auth.features.sessions.feature import SESSIONS
from flask_headless_auth.features.signin.feature import SIGNIN
from flask_headless_auth.features.signup.feature import SIGNUP

ALL: tuple[Feature, ...] = (SESSIONS, ROLES, SIGNIN, SIGNUP, PROFILE, PASSWORD)
