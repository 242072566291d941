"""Sign-up with a passkey: an account that has no password.

`POST /passkeys/signup/options` takes what `POST /signup` takes but the password, and `POST /passkeys/signup`
makes the account and answers like a sign-in. Both are there where sign-up and passkeys are on.

- Nothing is written about anybody before the passkey is there: the form waits, sealed, in its challenge.
- The passkey must verify its user, since nothing else does.
- It makes no accounts that `POST /signup` would not make, and none where addresses are confirmed first.
"""
