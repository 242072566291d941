"""E-mailed codes: six digits that prove who reads an account's mail.

It has no endpoints of its own. `POST /reauthenticate/options` mails a code with which accounts without a
password prove presence; `POST /mfa/challenge` mails one as a second factor.

- As a second factor it counts only where `AUTHSVC_EMAIL_CODE_IS_FACTOR` says so, only for confirmed
  addresses, and never after an e-mailed link.
- A code is bound to one sign-in or one session, has five tries, and is over in ten minutes.
"""
