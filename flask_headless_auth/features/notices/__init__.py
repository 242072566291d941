"""Notices: users are told of what changes about their account, and can say "this was not me".

A mail of any feature that declares what it tells of is sent whenever that happens, in the same transaction.
`POST /security/revert/<token>` takes back what happened, with the link of such a mail; people without a front
end find a page at the same address.

- A notice goes to the address that the account had before: whoever takes an account over cannot keep its
  owner from hearing of it.
- The link works for three days. It ends every session, makes the password void and never restores an old one,
  makes void what is on its way, brings back the address that the notice went to, and mails a link for a new
  password there. It signs nobody in and removes no second factor.
- An earlier notice outlasts a later one: what came behind the moment that is taken back can undo nothing.
- No text that a user wrote goes into a notice.
"""
