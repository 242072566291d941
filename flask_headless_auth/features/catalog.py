"""Every feature, in reading order."""

from flask_headless_auth.feature import Feature
from flask_headless_auth.features.devices.feature import DEVICES
from flask_headless_auth.features.email.feature import EMAIL
from flask_headless_auth.features.magic_link.feature import MAGIC_LINK
from flask_headless_auth.features.mail.feature import MAIL
from flask_headless_auth.features.notices.feature import NOTICES
from flask_headless_auth.features.oauth.feature import OAUTH
from flask_headless_auth.features.password.feature import PASSWORD
from flask_headless_auth.features.profile.feature import PROFILE
from flask_headless_auth.features.roles.feature import ROLES
from flask_headless_auth.features.sessions.feature import SESSIONS
from flask_headless_auth.features.signin.feature import SIGNIN
from flask_headless_auth.features.signup.feature import SIGNUP
from flask_headless_auth.features.vouchers.feature import VOUCHERS

ALL: tuple[Feature, ...] = (
    VOUCHERS,
    MAIL,
    SESSIONS,
    ROLES,
    SIGNIN,
    DEVICES,
    EMAIL,
    SIGNUP,
    PROFILE,
    PASSWORD,
    MAGIC_LINK,
    OAUTH,
    NOTICES,
)
