"""Every feature, in reading order."""

from flask_headless_auth.feature import Feature
from flask_headless_auth.features.challenges.feature import CHALLENGES
from flask_headless_auth.features.devices.feature import DEVICES
from flask_headless_auth.features.email.feature import EMAIL
from flask_headless_auth.features.email_code.feature import EMAIL_CODE
from flask_headless_auth.features.magic_link.feature import MAGIC_LINK
from flask_headless_auth.features.mail.feature import MAIL
from flask_headless_auth.features.mfa.feature import MFA
from flask_headless_auth.features.notices.feature import NOTICES
from flask_headless_auth.features.oauth.feature import OAUTH
from flask_headless_auth.features.passkey_signup.feature import PASSKEY_SIGNUP
from flask_headless_auth.features.passkeys.feature import PASSKEYS
from flask_headless_auth.features.password.feature import PASSWORD
from flask_headless_auth.features.profile.feature import PROFILE
from flask_headless_auth.features.recovery_codes.feature import RECOVERY_CODES
from flask_headless_auth.features.roles.feature import ROLES
from flask_headless_auth.features.sessions.feature import SESSIONS
from flask_headless_auth.features.signin.feature import SIGNIN
from flask_headless_auth.features.signup.feature import SIGNUP
from flask_headless_auth.features.totp.feature import TOTP
from flask_headless_auth.features.trusted_devices.feature import TRUSTED_DEVICES
from flask_headless_auth.features.vouchers.feature import VOUCHERS

ALL: tuple[Feature, ...] = (
    VOUCHERS,
    MAIL,
    SESSIONS,
    ROLES,
    CHALLENGES,
    SIGNIN,
    DEVICES,
    EMAIL,
    SIGNUP,
    PROFILE,
    PASSWORD,
    PASSKEYS,
    PASSKEY_SIGNUP,
    MAGIC_LINK,
    OAUTH,
    MFA,
    TOTP,
    EMAIL_CODE,
    RECOVERY_CODES,
    TRUSTED_DEVICES,
    NOTICES,
)
