from typing import Literal

MfaEnabledStatus = Literal["mfa_enabled"]

MFA_ENABLED_STATUS_VALUES: set[MfaEnabledStatus] = {
    "mfa_enabled",
}


def check_mfa_enabled_status(value: str) -> MfaEnabledStatus:
    if value in MFA_ENABLED_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {MFA_ENABLED_STATUS_VALUES!r}")
