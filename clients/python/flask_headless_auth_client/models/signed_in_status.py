from typing import Literal

SignedInStatus = Literal["signed_in"]

SIGNED_IN_STATUS_VALUES: set[SignedInStatus] = {
    "signed_in",
}


def check_signed_in_status(value: str) -> SignedInStatus:
    if value in SIGNED_IN_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SIGNED_IN_STATUS_VALUES!r}")
