"""Trusted devices: where a user has said not to be asked for the second factor again.

`GET /trusted-devices` lists them, `DELETE /trusted-devices/<id>` takes the trust back. A device is trusted by
`remember_device` at `POST /mfa/verify`.

- The trust is a random secret of 256 bits, in a cookie or with the client; the database has its digest.
- It is over after thirty days, with a change of the password or of a second factor, and counts only at
  sign-in: never for step-up, enrolment, or what a token says.
- A browser holds it for one user at a time.
"""
