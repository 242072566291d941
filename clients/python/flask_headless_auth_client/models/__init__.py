"""Contains all the data models used in inputs/outputs"""

from .challenge import Challenge
from .challenge_status import ChallengeStatus
from .checked import Checked
from .config import Config
from .config_sign_up import ConfigSignUp
from .current_session import CurrentSession
from .delivery import Delivery
from .email_change_request import EmailChangeRequest
from .ended import Ended
from .error_code import ErrorCode
from .jwk_set import JwkSet
from .jwk_set_keys_item import JwkSetKeysItem
from .login_request import LoginRequest
from .magic_link_proof import MagicLinkProof
from .magic_link_request import MagicLinkRequest
from .magic_link_sent import MagicLinkSent
from .message import Message
from .new_password import NewPassword
from .password_reset_request import PasswordResetRequest
from .password_rules import PasswordRules
from .password_update import PasswordUpdate
from .presence_method import PresenceMethod
from .presence_options import PresenceOptions
from .presence_proof import PresenceProof
from .problem import Problem
from .problem_errors import ProblemErrors
from .profile_update import ProfileUpdate
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
from .user import User
from .user_envelope import UserEnvelope
from .verification_required import VerificationRequired
from .verification_required_status import VerificationRequiredStatus

__all__ = (
    "Challenge",
    "ChallengeStatus",
    "Checked",
    "Config",
    "ConfigSignUp",
    "CurrentSession",
    "Delivery",
    "EmailChangeRequest",
    "Ended",
    "ErrorCode",
    "JwkSet",
    "JwkSetKeysItem",
    "LoginRequest",
    "MagicLinkProof",
    "MagicLinkRequest",
    "MagicLinkSent",
    "Message",
    "NewPassword",
    "PasswordResetRequest",
    "PasswordRules",
    "PasswordUpdate",
    "PresenceMethod",
    "PresenceOptions",
    "PresenceProof",
    "Problem",
    "ProblemErrors",
    "ProfileUpdate",
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
    "User",
    "UserEnvelope",
    "VerificationRequired",
    "VerificationRequiredStatus",
)
