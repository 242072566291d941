from typing import Literal

PasskeyAddedStatus = Literal["passkey_added"]

PASSKEY_ADDED_STATUS_VALUES: set[PasskeyAddedStatus] = {
    "passkey_added",
}


def check_passkey_added_status(value: str) -> PasskeyAddedStatus:
    if value in PASSKEY_ADDED_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PASSKEY_ADDED_STATUS_VALUES!r}")
