from typing import Literal

VerificationRequiredStatus = Literal["verification_required"]

VERIFICATION_REQUIRED_STATUS_VALUES: set[VerificationRequiredStatus] = {
    "verification_required",
}


def check_verification_required_status(value: str) -> VerificationRequiredStatus:
    if value in VERIFICATION_REQUIRED_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {VERIFICATION_REQUIRED_STATUS_VALUES!r}")
