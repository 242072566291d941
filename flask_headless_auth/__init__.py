"""Flask-Headless-Auth: `AuthSvc(app)` gives a Flask application a complete headless authentication API."""

from flask_headless_auth.database import register_drivers
from flask_headless_auth.manager import tell_defaults_apart

# Managers that a host makes before `AuthSvc(app)` must say what they filled in.
tell_defaults_apart()
# Plain `postgresql://` and `mysql://` addresses must find their driver before the host's own `db.init_app`.
register_drivers()

from flask_headless_auth.errors import AuthError, ConfigurationError  # noqa: E402
from flask_headless_auth.extension import AuthSvc  # noqa: E402
from flask_headless_auth.features.devices.events import NewDeviceSignedIn  # noqa: E402
from flask_headless_auth.features.email.events import (  # noqa: E402
    EmailChanged,
    EmailChangeRequested,
    EmailConfirmed,
    SignUpDenied,
)
from flask_headless_auth.features.mail.events import MailQueued  # noqa: E402
from flask_headless_auth.features.mfa.events import (  # noqa: E402
    MfaDisabled,
    MfaEnabled,
    SecondFactorGuessed,
)
from flask_headless_auth.features.notices.events import AccountReverted  # noqa: E402
from flask_headless_auth.features.oauth.events import ProviderLinked, ProviderUnlinked  # noqa: E402
from flask_headless_auth.features.passkeys.events import (  # noqa: E402
    PasskeyAdded,
    PasskeyRefused,
    PasskeyRemoved,
)
from flask_headless_auth.features.password.events import PasswordChanged, PasswordReset  # noqa: E402
from flask_headless_auth.features.profile.events import ProfileUpdated  # noqa: E402
from flask_headless_auth.features.recovery_codes.events import (  # noqa: E402
    RecoveryCodesRenewed,
    RecoveryCodeUsed,
)
from flask_headless_auth.features.roles.events import RoleGranted, RoleRevoked  # noqa: E402
from flask_headless_auth.features.sessions.events import (  # noqa: E402
    RefreshReused,
    SessionRevoked,
    SignedOut,
)
from flask_headless_auth.features.signin.events import (  # noqa: E402
    PresenceProved,
    SignedIn,
    SignInFailed,
)
from flask_headless_auth.features.signup.events import SignedUp  # noqa: E402
from flask_headless_auth.features.trusted_devices.events import (  # noqa: E402
    DeviceDistrusted,
    DeviceTrusted,
)
from flask_headless_auth.guards import (  # noqa: E402
    current_user,
    fresh_login_required,
    login_required,
    permissions_required,
    roles_required,
)
from flask_headless_auth.users import UserMixin, db  # noqa: E402

__all__ = [
    "AccountReverted",
    "AuthError",
    "AuthSvc",
    "ConfigurationError",
    "EmailChangeRequested",
    "EmailChanged",
    "EmailConfirmed",
    "MailQueued",
    "NewDeviceSignedIn",
    "DeviceDistrusted",
    "DeviceTrusted",
    "MfaDisabled",
    "MfaEnabled",
    "PasskeyAdded",
    "PasskeyRefused",
    "PasskeyRemoved",
    "PasswordChanged",
    "PasswordReset",
    "PresenceProved",
    "ProfileUpdated",
    "ProviderLinked",
    "ProviderUnlinked",
    "RecoveryCodeUsed",
    "RecoveryCodesRenewed",
    "RefreshReused",
    "RoleGranted",
    "RoleRevoked",
    "SecondFactorGuessed",
    "SessionRevoked",
    "SignInFailed",
    "SignUpDenied",
    "SignedIn",
    "SignedOut",
    "SignedUp",
    "UserMixin",
    "current_user",
    "db",
    "fresh_login_required",
    "login_required",
    "permissions_required",
    "roles_required",
]
