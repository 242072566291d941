"""Recovery codes: ten one-time codes for the day on which the second factor is lost.

`POST /mfa/recovery-codes` makes new ones. The first ten come with the first second factor.

- They are shown once; the database has only digests of them.
- Each works once, of parallel tries one. Its use is told to the owner, with how many are left.
- They are asked for only beside another second factor, and are counted as it is.
"""
