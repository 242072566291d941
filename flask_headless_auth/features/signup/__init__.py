"""Sign-up: a new account with e-mail, password and the profile fields of the model.

`POST /signup` answers like a sign-in.

- Parallel sign-ups with one address make one account; the others get `email_taken`.
- With `REQUIRE_EMAIL_VERIFICATION` nobody is signed in and no address is told from another: free, unconfirmed
  and confirmed ones have the same answer at the same cost. A mail to the owner says what happens next.
- A second sign-up with an unconfirmed address waits. The link in its own mail replaces the first one's
  credentials by its own; the link of the first drops what waits.
- Names that nobody may set about themselves (`role`, `is_verified`, `id`, …) are a 422, always.
"""
