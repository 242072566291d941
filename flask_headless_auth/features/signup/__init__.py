"""Sign-up: a new account with e-mail, password and the profile fields of the model.

`POST /signup` answers like a sign-in.

- Parallel sign-ups with one address make one account; the others get `email_taken`.
- Names that nobody may set about themselves (`role`, `is_verified`, `id`, …) are a 422, always.
"""
