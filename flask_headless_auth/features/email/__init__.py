"""E-mail addresses: confirmed, changed, and never taken from their owner.

`POST /confirm/<token>` confirms (`GET` too, for a program that asks for JSON), `POST /confirm/<token>/not-me`
says "I did not sign up", `POST /resend-verification` sends the link again. `POST /email/change` asks for
another address, `POST /email/change/<token>` makes it the user's. With `REQUIRE_EMAIL_VERIFICATION` nobody is
signed in before their address is confirmed.

- Opening a link changes nothing: mail scanners open links. A button does, and a confirmation signs nobody in.
- No answer, and no mail to anybody but its owner, says whether an address has an account.
- Whoever signs up with an address that is not theirs gains nothing once its owner appears: every other proof
  of the address than the sign-up's own link drops what the account was made with.
- An address changes when its new owner opens the link that was sent there, and the old one is told.
"""
