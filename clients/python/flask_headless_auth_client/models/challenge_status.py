from typing import Literal

ChallengeStatus = Literal["challenge"]

CHALLENGE_STATUS_VALUES: set[ChallengeStatus] = {
    "challenge",
}


def check_challenge_status(value: str) -> ChallengeStatus:
    if value in CHALLENGE_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CHALLENGE_STATUS_VALUES!r}")
