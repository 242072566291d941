"""Magic links: sign in with a link or a six-digit code from a mail, without a password.

`POST /magic-link` sends both to the account's address, `POST /magic-link/verify` takes either. The page
`/magic-link/<token>` serves people without a front end.

- The answer is the same for every address, and so is the work behind it.
- Link and code are one: whichever is used first, by whoever is fastest, is used once and ends the other.
- Opening the link signs nobody in, because mail scanners open links; pressing the button does.
- A code has five tries, and an account a daily number of wrong codes. The link works beyond both.
- On an account that was never confirmed every other credential is dropped: whoever made it may be somebody
  else than the owner of the address.
- Second factors are asked for as everywhere. No account is made.
"""
