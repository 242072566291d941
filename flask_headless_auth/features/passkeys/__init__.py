"""Passkeys: signing in without a password (WebAuthn level 3), and showing presence again.

`POST /passkeys/register/options` and `POST /passkeys/register` add one, `POST /passkeys/login/options` and
`POST /passkeys/login` sign in, `GET /passkeys`, `PATCH /passkeys/<id>` and `DELETE /passkeys/<id>` keep the
list.

- Nobody is asked for an address: the passkey says whose it is, and the options are alike for everybody.
- A challenge is used up once, for the purpose and the user it was made for, before anything is judged.
- Where a passkey stands alone it must have verified its user (a PIN, a fingerprint); then it counts as two
  factors. As a second factor, presence is enough.
- A passkey whose counter goes back may have been copied: that sign-in is refused and its owner is told.
- The last way to sign in cannot be removed.
"""
