"""TOTP: codes of an authenticator app as a second factor (RFC 6238).

`POST /mfa/enable` begins; `POST /mfa/verify` with the first code finishes.

- Nothing changes before the first code is right, and a factor that is on is never replaced.
- A code works once, thirty seconds before and after its time at most. Of parallel tries one succeeds.
- The seed has 160 bits and is sealed in the database.
"""
