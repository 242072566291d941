"""Password: changing it while signed in, and choosing a new one with a link from a mail.

`POST /password/update` asks for the current password, or, where the account has none, for a fresh sign-in.
`POST /request-password-reset` sends the link and `POST /reset-password/<token>` takes the new password;
people without a front end find a page at the same address.

- All other sessions end with a change, every session with a reset.
- Every address gets the same answer in the same time, and the same mails are written, whether an account has
  it or not.
- A link works once and for an hour, a newer one ends it, and a password that is refused leaves it good.
- A reset signs nobody in: second factors are asked for at the sign-in behind it.
- On an account whose address was never confirmed a reset drops every other credential: whoever made it with
  somebody else's address keeps no way in.
"""
