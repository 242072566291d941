from typing import Literal

SignOutScope = Literal["all", "others", "this"]

SIGN_OUT_SCOPE_VALUES: set[SignOutScope] = {
    "all",
    "others",
    "this",
}


def check_sign_out_scope(value: str) -> SignOutScope:
    if value in SIGN_OUT_SCOPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SIGN_OUT_SCOPE_VALUES!r}")
