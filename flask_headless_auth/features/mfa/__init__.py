"""Multi-factor authentication: the base that every second factor stands on.

`POST /mfa/verify` takes the answer to a challenge, and the first code of a new factor; `POST /mfa/challenge`
asks for an e-mailed code or a passkey's options; `GET /mfa` says what is on; `POST /mfa/disable` switches it
off.

- Wrong second factors are counted for the account, over all challenges and addresses, and told to the owner.
- `AUTHSVC_MFA_REQUIRED_FOR` demands a second factor of some roles, or of all: who has none enrols one at the
  next sign-in, with a token that opens nothing else.
- With a new factor, or without one, all other sessions end and no device is trusted any more.
"""
