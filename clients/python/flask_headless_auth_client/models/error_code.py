from typing import Literal, cast

ErrorCode = Literal[
    "bad_request",
    "body_too_large",
    "conflict",
    "cross_site_request",
    "email_taken",
    "insecure_configuration",
    "internal_error",
    "invalid_credentials",
    "malformed_body",
    "method_not_allowed",
    "not_found",
    "permission_denied",
    "refresh_reused",
    "second_factor_unavailable",
    "service_unavailable",
    "session_ended",
    "step_up_required",
    "tables_missing",
    "token_expired",
    "token_invalid",
    "token_missing",
    "too_many_requests",
    "unauthenticated",
    "unavailable",
    "unsupported_media_type",
    "username_taken",
    "validation_failed",
    "weak_password",
]

ERROR_CODE_VALUES: set[ErrorCode] = {
    "bad_request",
    "body_too_large",
    "conflict",
    "cross_site_request",
    "email_taken",
    "insecure_configuration",
    "internal_error",
    "invalid_credentials",
    "malformed_body",
    "method_not_allowed",
    "not_found",
    "permission_denied",
    "refresh_reused",
    "second_factor_unavailable",
    "service_unavailable",
    "session_ended",
    "step_up_required",
    "tables_missing",
    "token_expired",
    "token_invalid",
    "token_missing",
    "too_many_requests",
    "unauthenticated",
    "unavailable",
    "unsupported_media_type",
    "username_taken",
    "validation_failed",
    "weak_password",
}


def check_error_code(value: str) -> ErrorCode:
    if value in ERROR_CODE_VALUES:
        return value
    # Servers learn new refusals; a client that does not know one must still be able to read it.
    return cast(ErrorCode, value)
