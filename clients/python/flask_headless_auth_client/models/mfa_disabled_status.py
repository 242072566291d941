from typing import Literal

MfaDisabledStatus = Literal["mfa_disabled"]

MFA_DISABLED_STATUS_VALUES: set[MfaDisabledStatus] = {
    "mfa_disabled",
}


def check_mfa_disabled_status(value: str) -> MfaDisabledStatus:
    if value in MFA_DISABLED_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {MFA_DISABLED_STATUS_VALUES!r}")
