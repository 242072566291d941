from typing import Literal

EnrolmentRequiredStatus = Literal["enrolment_required"]

ENROLMENT_REQUIRED_STATUS_VALUES: set[EnrolmentRequiredStatus] = {
    "enrolment_required",
}


def check_enrolment_required_status(value: str) -> EnrolmentRequiredStatus:
    if value in ENROLMENT_REQUIRED_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ENROLMENT_REQUIRED_STATUS_VALUES!r}")
