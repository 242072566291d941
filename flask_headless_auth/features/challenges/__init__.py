"""Challenges: which second question a sign-in is asked, and the sign-ins that wait for the answer.

It has no endpoints of its own. Sign-in asks, the feature `mfa` takes the answers, and each second factor
declares its question as a `Challenge`.

- A second factor is asked for whatever the way in was, and never by what was proved already.
- One that is enrolled and cannot be asked for fails the sign-in closed.
- A sign-in that waits is worth nothing else, goes on once, and is over in ten minutes or as soon as the
  password changes.
"""
