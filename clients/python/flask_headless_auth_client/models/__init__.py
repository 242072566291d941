"""Contains all the data models used in inputs/outputs"""

from .authorization import Authorization
from .callback_form import CallbackForm
from .challenge import Challenge
from .challenge_answer import ChallengeAnswer
from .challenge_answer_credential import ChallengeAnswerCredential
from .challenge_options import ChallengeOptions
from .challenge_options_options import ChallengeOptionsOptions
from .challenge_request import ChallengeRequest
from .challenge_status import ChallengeStatus
from .checked import Checked
from .config import Config
from .config_sign_up import ConfigSignUp
from .creation_options import CreationOptions
from .creation_options_options import CreationOptionsOptions
from .credential import Credential
from .credential_response import CredentialResponse
from .current_session import CurrentSession
from .delivery import Delivery
from .distrusted import Distrusted
from .email_change_request import EmailChangeRequest
from .ended import Ended
from .enrolment_answer import EnrolmentAnswer
from .enrolment_required import EnrolmentRequired
from .enrolment_required_status import EnrolmentRequiredStatus
from .error_code import ErrorCode
from .exchange import Exchange
from .first_code import FirstCode
from .id_token import IdToken
from .identity import Identity
from .identity_list import IdentityList
from .jwk_set import JwkSet
from .jwk_set_keys_item import JwkSetKeysItem
from .link_request import LinkRequest
from .login_request import LoginRequest
from .magic_link_proof import MagicLinkProof
from .magic_link_request import MagicLinkRequest
from .magic_link_sent import MagicLinkSent
from .message import Message
from .mfa import Mfa
from .mfa_disabled import MfaDisabled
from .mfa_disabled_status import MfaDisabledStatus
from .mfa_enabled import MfaEnabled
from .mfa_enabled_status import MfaEnabledStatus
from .new_credential import NewCredential
from .new_credential_response import NewCredentialResponse
from .new_passkey import NewPasskey
from .new_password import NewPassword
from .nonce import Nonce
from .passkey import Passkey
from .passkey_added import PasskeyAdded
from .passkey_added_status import PasskeyAddedStatus
from .passkey_list import PasskeyList
from .passkey_login import PasskeyLogin
from .passkey_name import PasskeyName
from .passkey_request import PasskeyRequest
from .passkey_sign_up_answer import PasskeySignUpAnswer
from .passkey_sign_up_request import PasskeySignUpRequest
from .password_reset_request import PasswordResetRequest
from .password_rules import PasswordRules
from .password_update import PasswordUpdate
from .presence_options import PresenceOptions
from .presence_options_options import PresenceOptionsOptions
from .presence_proof import PresenceProof
from .presence_proof_credential import PresenceProofCredential
from .presence_request import PresenceRequest
from .problem import Problem
from .problem_errors import ProblemErrors
from .profile_update import ProfileUpdate
from .provider import Provider
from .recovery_codes import RecoveryCodes
from .request_options import RequestOptions
from .request_options_options import RequestOptionsOptions
from .resend_request import ResendRequest
from .session import Session
from .session_list import SessionList
from .sign_out_request import SignOutRequest
from .sign_out_scope import SignOutScope
from .sign_up_request import SignUpRequest
from .signed_in import SignedIn
from .signed_in_status import SignedInStatus
from .token_type import TokenType
from .tokens import Tokens
from .totp_enrolment import TotpEnrolment
from .totp_request import TotpRequest
from .trusted_device import TrustedDevice
from .trusted_device_list import TrustedDeviceList
from .unlinked import Unlinked
from .user import User
from .user_envelope import UserEnvelope
from .verification_required import VerificationRequired
from .verification_required_status import VerificationRequiredStatus

__all__ = (
    "Authorization",
    "CallbackForm",
    "Challenge",
    "ChallengeAnswer",
    "ChallengeAnswerCredential",
    "ChallengeOptions",
    "ChallengeOptionsOptions",
    "ChallengeRequest",
    "ChallengeStatus",
    "Checked",
    "Config",
    "ConfigSignUp",
    "CreationOptions",
    "CreationOptionsOptions",
    "Credential",
    "CredentialResponse",
    "CurrentSession",
    "Delivery",
    "Distrusted",
    "EmailChangeRequest",
    "Ended",
    "EnrolmentAnswer",
    "EnrolmentRequired",
    "EnrolmentRequiredStatus",
    "ErrorCode",
    "Exchange",
    "FirstCode",
    "Identity",
    "IdentityList",
    "IdToken",
    "JwkSet",
    "JwkSetKeysItem",
    "LinkRequest",
    "LoginRequest",
    "MagicLinkProof",
    "MagicLinkRequest",
    "MagicLinkSent",
    "Message",
    "Mfa",
    "MfaDisabled",
    "MfaDisabledStatus",
    "MfaEnabled",
    "MfaEnabledStatus",
    "NewCredential",
    "NewCredentialResponse",
    "NewPasskey",
    "NewPassword",
    "Nonce",
    "Passkey",
    "PasskeyAdded",
    "PasskeyAddedStatus",
    "PasskeyList",
    "PasskeyLogin",
    "PasskeyName",
    "PasskeyRequest",
    "PasskeySignUpAnswer",
    "PasskeySignUpRequest",
    "PasswordResetRequest",
    "PasswordRules",
    "PasswordUpdate",
    "PresenceOptions",
    "PresenceOptionsOptions",
    "PresenceProof",
    "PresenceProofCredential",
    "PresenceRequest",
    "Problem",
    "ProblemErrors",
    "ProfileUpdate",
    "Provider",
    "RecoveryCodes",
    "RequestOptions",
    "RequestOptionsOptions",
    "ResendRequest",
    "Session",
    "SessionList",
    "SignedIn",
    "SignedInStatus",
    "SignOutRequest",
    "SignOutScope",
    "SignUpRequest",
    "Tokens",
    "TokenType",
    "TotpEnrolment",
    "TotpRequest",
    "TrustedDevice",
    "TrustedDeviceList",
    "Unlinked",
    "User",
    "UserEnvelope",
    "VerificationRequired",
    "VerificationRequiredStatus",
)
